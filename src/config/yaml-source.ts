/** YAML text to a source tree: anchors, merge keys and variables resolved, every value with its place. */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, type YAMLMap, type YAMLParseError } from 'yaml';
import { type ConfigPosition, type ConfigProblem, type KeyPath, printKey } from './problem.ts';
import type { Origin, SourceEntry, SourceNode } from './source.ts';
import { type Environment, expandVariables } from './variables.ts';
import { parseYamlDocument } from './yaml-document.ts';

export interface ParsedSource {
  /** Null when there is nothing to go on with. */
  readonly root: SourceNode | null;
  readonly problems: readonly ConfigProblem[];
  /** The text is not YAML: what was read may not be what was meant. */
  readonly isBroken: boolean;
}

const MAX_DEPTH = 64;
const MAX_NODES = 500_000;
const MAX_SYNTAX_PROBLEMS = 20;

/** Parses one file. Every problem is reported; nothing is thrown. An empty file is an empty map. */
export function parseYamlSource(text: string, file: string, environment: Environment): ParsedSource {
  const lines = new LineCounter();
  const parsed = parseYamlDocument(text, lines);
  if (!parsed.ok) return { root: null, problems: [{ file, line: null, column: null, key: '', message: parsed.error }], isBroken: true };
  const document = parsed.value;
  const reader = new SourceReader(file, lines, environment);
  for (const error of rootCauses(document.errors)) reader.report(error.pos[0], [], syntaxMessage(error, text));
  const isBroken = document.errors.length > 0;
  const root = reader.readRoot(document.contents);
  return { root: reader.isOversized ? null : root, problems: reader.problems, isBroken: isBroken || reader.isOversized };
}

/** The first error, and those that are no mere consequence of it: after one slip every token is unexpected. */
function rootCauses(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  return errors.filter(({ code }, index) => index === 0 || code !== 'UNEXPECTED_TOKEN').slice(0, MAX_SYNTAX_PROBLEMS);
}

function syntaxMessage(error: YAMLParseError, text: string): string {
  const [offset] = error.pos;
  if (text.slice(offset - 1, offset + 1) === '${')
    return 'YAML: inside { } and [ ] a variable must stand in quotes, as in { key: "${NAME}" }';
  const [line = ''] = error.message.split('\n');
  return `YAML: ${line.length > 200 ? `${line.slice(0, 200)}…` : line}`;
}

/** A node with the number of nodes that it stands for, aliases counted each time. */
interface Sized {
  readonly node: SourceNode;
  readonly size: number;
}

/** Reads one document; holds what has to be known across nodes: anchors, problems, size. */
class SourceReader {
  readonly problems: ConfigProblem[] = [];
  isOversized = false;
  readonly #anchors = new Map<string, Sized>();
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #environment: Environment;

  constructor(file: string, lines: LineCounter, environment: Environment) {
    this.#file = file;
    this.#lines = lines;
    this.#environment = environment;
  }

  report(offset: number, path: KeyPath, message: string): void {
    this.problems.push({ ...this.#position(offset), key: printKey(path), message });
  }

  readRoot(contents: Node | null): SourceNode | null {
    const empty: SourceNode = { kind: 'map', origin: this.#origin(0), entries: new Map() };
    if (contents === null || (isScalar(contents) && contents.value === null)) return empty;
    if (!isMap(contents)) {
      this.report(contents.range?.[0] ?? 0, [], 'expected a map of keys, such as `listen_addr: localhost:3002`');
      return null;
    }
    return this.#read(contents, []).node;
  }

  #position(offset: number): ConfigPosition {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #origin(offset: number): Origin {
    return { kind: 'file', position: this.#position(offset) };
  }

  #read(node: Node | null, path: KeyPath): Sized {
    const offset = node?.range?.[0] ?? 0;
    if (path.length > MAX_DEPTH) return this.#broken(offset, path, 'is nested too deeply');
    if (isAlias(node)) {
      // In document order, so an anchor that is still open is not there yet: a value cannot hold itself.
      const target = this.#anchors.get(node.source);
      return target ?? this.#broken(offset, path, `no anchor &${node.source.slice(0, 80)} stands before this alias`);
    }
    const sized = this.#readFresh(node, offset, path);
    if (node?.anchor !== undefined) this.#anchors.set(node.anchor, sized);
    return sized;
  }

  #readFresh(node: Node | null, offset: number, path: KeyPath): Sized {
    if (isMap(node)) return this.#readMap(node, offset, path);
    if (!isSeq(node)) return { node: this.#readScalar(node, offset, path), size: 1 };
    let size = 1;
    const items: SourceNode[] = [];
    for (const item of node.items) {
      if (this.isOversized) break;
      const read = this.#read(nodeOf(item), [...path, items.length]);
      size += read.size;
      items.push(read.node);
      this.#count(size, offset);
    }
    return { node: { kind: 'list', origin: this.#origin(offset), items }, size };
  }

  #readMap(map: YAMLMap, offset: number, path: KeyPath): Sized {
    let size = 1;
    const entries = new Map<string, SourceEntry>();
    const merged: SourceNode[] = [];
    for (const pair of map.items) {
      if (this.isOversized) break;
      const key = nodeOf(pair.key);
      const keyOffset = key?.range?.[0] ?? offset;
      const name = this.#readKey(key, keyOffset, path);
      const keyPath = [...path, name ?? '?'];
      const read = this.#read(nodeOf(pair.value), keyPath);
      size += read.size;
      this.#count(size, offset);
      if (name === '<<') merged.push(...(read.node.kind === 'list' ? read.node.items : [read.node]));
      else if (name !== null && entries.has(name)) this.report(keyOffset, keyPath, 'stands here twice; keep one');
      else if (name !== null) entries.set(name, { origin: this.#origin(keyOffset), node: read.node });
    }
    for (const source of merged) this.#mergeInto(entries, source, offset, path);
    return { node: { kind: 'map', origin: this.#origin(offset), entries }, size };
  }

  #readKey(key: Node | null, offset: number, path: KeyPath): string | null {
    if (!isScalar(key) || key.value === null) {
      this.report(offset, path, 'a key must be plain text');
      return null;
    }
    const name = typeof key.value === 'string' ? key.value : (key.source ?? '');
    if (name !== '__proto__') return name;
    this.report(offset, [...path, name], 'is not a name that can be used');
    return null;
  }

  /** `<<: *defaults`: what the map itself says wins. */
  #mergeInto(entries: Map<string, SourceEntry>, source: SourceNode, offset: number, path: KeyPath): void {
    if (source.kind !== 'map') this.report(offset, path, '<< merges maps only');
    else for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry);
  }

  #readScalar(node: Node | null, offset: number, path: KeyPath): SourceNode {
    const value: unknown = isScalar(node) ? node.value : null;
    const origin = this.#origin(offset);
    if (value === null || typeof value === 'number' || typeof value === 'boolean') {
      const source = isScalar(node) ? node.source : undefined;
      return { kind: 'scalar', origin, value, text: source ?? String(value ?? ''), expanded: false, broken: false };
    }
    // The core schema makes nothing but text of anything else; a tag of somebody's own does not change that.
    const source = typeof value === 'string' ? value : '';
    const { text, hasVariables, missing } = expandVariables(source, this.#environment);
    for (const name of new Set(missing))
      this.report(offset, path, `the environment variable ${name} is not set; set it, or write \${${name}:-default}`);
    return { kind: 'scalar', origin, value: text, text, expanded: hasVariables, broken: missing.length > 0 };
  }

  #count(size: number, offset: number): void {
    if (size <= MAX_NODES || this.isOversized) return;
    this.isOversized = true;
    this.report(offset, [], 'holds too many values; aliases of aliases multiply');
  }

  #broken(offset: number, path: KeyPath, message: string): Sized {
    this.report(offset, path, message);
    return { node: { kind: 'scalar', origin: this.#origin(offset), value: null, text: '', expanded: false, broken: true }, size: 1 };
  }
}

/** The parser gives nodes; its types allow plain values for documents that were built by hand. */
function nodeOf(item: unknown): Node | null {
  return isNode(item) ? item : null;
}
