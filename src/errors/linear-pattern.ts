/**
 * Regular expressions that are matched in time linear in the text, whatever the pattern and the text are: a set of states is moved
 * along the text, nothing is ever tried twice. What that cannot do (back-references, look-around) is refused when compiled.
 */
import { err, ok, type Result } from '../shared/result.ts';
import { type Instruction, parsePattern } from './pattern-syntax.ts';

export interface LinearPattern {
  test(text: string): boolean;
  /** Non-empty matches from left to right, each the longest at its start: `[start, end)`. */
  find(text: string): readonly (readonly [start: number, end: number])[];
}

/** Compiles a pattern in JavaScript's syntax; `(?i)` at its beginning ignores case. The error says what is not supported, and where. */
export function compilePattern(source: string): Result<LinearPattern, string> {
  const parsed = parsePattern(source);
  if (!parsed.ok) return err(parsed.error);
  const program = parsed.value;
  return ok({
    test: (text) => searchFrom(program, text, 0, true, { steps: Infinity }) !== null,
    find: (text) => findAll(program, text),
  });
}

/** Positions that all searches of one `find` may visit together, per character: a search may look far ahead and then fall back. */
const STEPS_PER_CHARACTER = 50;

function findAll(program: readonly Instruction[], text: string): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  const budget = { steps: STEPS_PER_CHARACTER * (text.length + 1) };
  let from = 0;
  while (from <= text.length) {
    const match = searchFrom(program, text, from, false, budget);
    if (match === null) break;
    if (match[1] > match[0]) found.push(match);
    from = Math.max(match[1], match[0] + 1);
    if (budget.steps <= 0 && from < text.length) {
      // What is left counts as found: whoever looks for secrets must not miss one because the text was built to tire us.
      found.push([from, text.length]);
      break;
    }
  }
  return found;
}

/** States that are alive at one position, each with the start of its match; the earliest start wins. */
class StateSet {
  readonly starts: Int32Array;
  readonly order: number[] = [];

  constructor(size: number) {
    this.starts = new Int32Array(size).fill(-1);
  }

  clear(): void {
    for (const state of this.order) this.starts[state] = -1;
    this.order.length = 0;
  }
}

/** The leftmost match at or behind `from`, the longest one there; with `anyMatch` the first that is known to exist. */
function searchFrom(
  program: readonly Instruction[],
  text: string,
  from: number,
  anyMatch: boolean,
  budget: { steps: number },
): readonly [number, number] | null {
  let current = new StateSet(program.length);
  let next = new StateSet(program.length);
  let best: readonly [number, number] | null = null;
  for (let at = from; at <= text.length; at++) {
    budget.steps--;
    if (best === null) follow(program, current, 0, at, text, at);
    for (const state of current.order) {
      const start = current.starts[state] ?? 0;
      if (best !== null && start > best[0]) continue;
      const instruction = program[state];
      if (instruction?.kind === 'match') {
        if (best === null || start < best[0] || at > best[1]) best = [start, at];
        if (anyMatch) return best;
      } else if (instruction?.kind === 'char' && at < text.length && instruction.accepts(text.charCodeAt(at))) {
        follow(program, next, state + 1, start, text, at + 1);
      }
    }
    if (best !== null && next.order.length === 0) return best;
    current.clear();
    [current, next] = [next, current];
  }
  return best;
}

/** Adds a state and all that are reached from it without reading. A state keeps the earliest start. */
function follow(program: readonly Instruction[], into: StateSet, first: number, start: number, text: string, at: number): void {
  const pending = [first];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    const known = into.starts[state] ?? -1;
    if (known >= 0 && known <= start) continue;
    if (known < 0) into.order.push(state);
    into.starts[state] = start;
    const instruction = program[state];
    if (instruction?.kind === 'split') pending.push(instruction.second, instruction.first);
    else if (instruction?.kind === 'jump') pending.push(instruction.to);
    else if (instruction?.kind === 'assert' && instruction.holds(text, at)) pending.push(state + 1);
  }
}
