/** Reads a regular expression in JavaScript's syntax into instructions for the matcher. Nothing in here ever runs a RegExp of the user's. */
import { unreachable } from '../shared/assert.ts';
import { err, ok, type Result } from '../shared/result.ts';

export type Instruction =
  | { readonly kind: 'char'; readonly accepts: (code: number) => boolean }
  | { readonly kind: 'split'; readonly first: number; readonly second: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'match' };

type Accepts = (code: number) => boolean;

type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'char'; readonly accepts: Accepts }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number };

/** Repetition is written out, so that this also bounds `{n,m}`. */
const MAX_INSTRUCTIONS = 5000;
const MAX_NESTING = 100;

/** The program of a pattern, or a sentence that says what is wrong with it. */
export function parsePattern(source: string): Result<readonly Instruction[], string> {
  const ignoreCase = source.startsWith('(?i)');
  const parser = new PatternParser(ignoreCase ? source.slice(4) : source, ignoreCase);
  const node = parser.parse();
  if (!node.ok) return node;
  const program: Instruction[] = [];
  if (!emit(node.value, program)) return err('is too large: repetitions are written out');
  program.push({ kind: 'match' });
  return ok(program);
}

/** False when the program grows beyond its bound. */
function emit(node: Node, into: Instruction[]): boolean {
  if (into.length > MAX_INSTRUCTIONS) return false;
  switch (node.kind) {
    case 'empty':
      return true;
    case 'char':
    case 'assert':
      into.push(node);
      return true;
    case 'sequence':
      return node.nodes.every((part) => emit(part, into));
    case 'choice':
      return emitChoice(node.nodes, into);
    case 'repeat':
      return emitRepeat(node, into);
    default:
      return unreachable(node);
  }
}

function emitChoice(nodes: readonly Node[], into: Instruction[]): boolean {
  const exits: number[] = [];
  for (const [i, node] of nodes.entries()) {
    const isLast = i === nodes.length - 1;
    const split = into.length;
    if (!isLast) into.push({ kind: 'match' });
    if (!emit(node, into)) return false;
    if (isLast) break;
    exits.push(into.length);
    into.push({ kind: 'match' });
    into[split] = { kind: 'split', first: split + 1, second: into.length };
  }
  for (const exit of exits) into[exit] = { kind: 'jump', to: into.length };
  return true;
}

function emitRepeat(node: Extract<Node, { kind: 'repeat' }>, into: Instruction[]): boolean {
  for (let i = 0; i < node.min; i++) if (!emit(node.node, into)) return false;
  if (node.max === Infinity) {
    const split = into.length;
    into.push({ kind: 'match' });
    if (!emit(node.node, into)) return false;
    into.push({ kind: 'jump', to: split });
    into[split] = { kind: 'split', first: split + 1, second: into.length };
    return true;
  }
  const splits: number[] = [];
  for (let i = node.min; i < node.max; i++) {
    splits.push(into.length);
    into.push({ kind: 'match' });
    if (!emit(node.node, into)) return false;
  }
  for (const split of splits) into[split] = { kind: 'split', first: split + 1, second: into.length };
  return true;
}

const isDigit: Accepts = (code) => code >= 48 && code <= 57;
const isWord: Accepts = (code) => isDigit(code) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
const isSpace: Accepts = (code) =>
  (code >= 9 && code <= 13) || code === 32 || code === 160 || code === 0xfeff || code === 0x2028 || code === 0x2029;
const isNewline: Accepts = (code) => code === 10 || code === 13 || code === 0x2028 || code === 0x2029;
const not =
  (accepts: Accepts): Accepts =>
  (code) =>
    !accepts(code);

const CLASSES: Readonly<Record<string, Accepts>> = { d: isDigit, D: not(isDigit), w: isWord, W: not(isWord), s: isSpace, S: not(isSpace) };
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

function atWordBoundary(text: string, at: number): boolean {
  const before = at > 0 && isWord(text.charCodeAt(at - 1));
  return before !== (at < text.length && isWord(text.charCodeAt(at)));
}

class PatternParser {
  readonly #source: string;
  readonly #ignoreCase: boolean;
  #at = 0;
  #nesting = 0;
  #problem: string | null = null;

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source;
    this.#ignoreCase = ignoreCase;
  }

  parse(): Result<Node, string> {
    const node = this.#choice();
    if (this.#at < this.#source.length) this.#fail('")" without "("');
    return this.#problem === null ? ok(node) : err(this.#problem);
  }

  /** Notes the first problem and ends the reading: whatever is built from here on is thrown away. */
  #fail(what: string): Node {
    this.#problem ??= `${what} at position ${this.#at + 1}`;
    this.#at = this.#source.length;
    return { kind: 'empty' };
  }

  #peek(): string {
    return this.#source[this.#at] ?? '';
  }

  #take(): string {
    const char = this.#peek();
    this.#at++;
    return char;
  }

  #skip(text: string): boolean {
    const found = this.#source.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }

  #choice(): Node {
    if (++this.#nesting > MAX_NESTING) return this.#fail('groups nest too deeply');
    const nodes = [this.#sequence()];
    while (this.#skip('|')) nodes.push(this.#sequence());
    this.#nesting--;
    return { kind: 'choice', nodes };
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#source.length && this.#peek() !== '|' && this.#peek() !== ')') nodes.push(this.#repetition());
    return { kind: 'sequence', nodes };
  }

  #repetition(): Node {
    let node = this.#atom();
    for (let range = this.#quantifier(); range !== null; range = this.#quantifier()) {
      if (node.kind === 'assert') this.#fail('nothing to repeat');
      if (node.kind === 'repeat') this.#fail('two quantifiers in a row');
      this.#skip('?'); // Lazy or greedy makes no difference to whether there is a match.
      node = { kind: 'repeat', node, min: range[0], max: range[1] };
    }
    return node;
  }

  #quantifier(): readonly [number, number] | null {
    if (this.#skip('*')) return [0, Infinity];
    if (this.#skip('+')) return [1, Infinity];
    if (this.#skip('?')) return [0, 1];
    const braces = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(this.#source.slice(this.#at, this.#at + 12));
    if (braces === null) return null;
    this.#at += braces[0].length;
    const min = Number(braces[1]);
    const max = braces[2] === undefined ? min : braces[3] === undefined ? Infinity : Number(braces[3]);
    if (max < min) this.#fail('a range that ends before it begins');
    return [min, max];
  }

  #atom(): Node {
    const char = this.#take();
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'char', accepts: this.#set() };
      case '.':
        return { kind: 'char', accepts: not(isNewline) };
      case '^':
        return { kind: 'assert', holds: (_text, at) => at === 0 };
      case '$':
        return { kind: 'assert', holds: (text, at) => at === text.length };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        return this.#fail('nothing to repeat');
      default:
        return { kind: 'char', accepts: this.#literal(char.charCodeAt(0)) };
    }
  }

  #group(): Node {
    if (this.#skip('?')) {
      if (this.#skip('<')) {
        const name = /^[A-Za-z_]\w*>/.exec(this.#source.slice(this.#at, this.#at + 100));
        if (name === null) this.#fail('look-behind is not supported');
        else this.#at += name[0].length;
      } else if (!this.#skip(':')) {
        this.#fail('look-ahead and flags inside the pattern are not supported');
      }
    }
    const node = this.#choice();
    return this.#skip(')') ? node : this.#fail('"(" without ")"');
  }

  #escape(): Node {
    const char = this.#take();
    if (char === 'b') return { kind: 'assert', holds: atWordBoundary };
    if (char === 'B') return { kind: 'assert', holds: (text, at) => !atWordBoundary(text, at) };
    const known = Object.hasOwn(CLASSES, char) ? CLASSES[char] : undefined;
    return { kind: 'char', accepts: known ?? this.#literal(this.#escapedCode(char)) };
  }

  /** The code that a backslash and `char` stand for. */
  #escapedCode(char: string): number {
    if (Object.hasOwn(CONTROLS, char)) return CONTROLS[char] ?? 0;
    if (char === 'x' || char === 'u') {
      const digits = this.#source.slice(this.#at, this.#at + (char === 'x' ? 2 : 4));
      if (!/^(?:[0-9a-f]{2}|[0-9a-f]{4})$/i.test(digits) || digits.length !== (char === 'x' ? 2 : 4)) this.#fail('not a character code');
      this.#at += digits.length;
      return Number.parseInt(digits, 16);
    }
    if (char === '') this.#fail('nothing behind "\\"');
    if (/[A-Za-z1-9]/.test(char)) this.#fail(`"\\${char}" is not supported`);
    return char.charCodeAt(0);
  }

  #literal(code: number): Accepts {
    if (!this.#ignoreCase) return (other) => other === code;
    const char = String.fromCharCode(code);
    const codes = new Set([code, char.toLowerCase().charCodeAt(0), char.toUpperCase().charCodeAt(0)]);
    return (other) => codes.has(other);
  }

  #set(): Accepts {
    const negated = this.#skip('^');
    const parts: Accepts[] = [];
    while (!this.#skip(']')) {
      if (this.#at >= this.#source.length) {
        this.#fail('"[" without "]"');
        break;
      }
      parts.push(this.#setPart());
    }
    const accepts: Accepts = (code) => parts.some((part) => part(code));
    return negated ? not(accepts) : accepts;
  }

  #setPart(): Accepts {
    const low = this.#setMember();
    if (typeof low === 'function') return low;
    const isRange = this.#peek() === '-' && this.#source[this.#at + 1] !== ']' && this.#at + 1 < this.#source.length;
    if (!isRange) return this.#literal(low);
    this.#at++;
    const high = this.#setMember();
    if (typeof high === 'function' || high < low) {
      this.#fail('a range that ends before it begins');
      return isDigit;
    }
    const inRange: Accepts = (code) => code >= low && code <= high;
    if (!this.#ignoreCase) return inRange;
    return (code) => {
      const char = String.fromCharCode(code);
      return inRange(code) || inRange(char.toLowerCase().charCodeAt(0)) || inRange(char.toUpperCase().charCodeAt(0));
    };
  }

  #setMember(): number | Accepts {
    const char = this.#take();
    if (char !== '\\') return char.charCodeAt(0);
    const escaped = this.#take();
    if (escaped === 'b') return 8;
    const known = Object.hasOwn(CLASSES, escaped) ? CLASSES[escaped] : undefined;
    return known ?? this.#escapedCode(escaped);
  }
}
