/** YAML as it was written: values with the place that each came from. Layers are merged in this form, so that no place is lost. */
import type { ConfigPosition, KeyPath } from './problem.ts';

/** Where a value came from. */
export type Origin = { readonly kind: 'file'; readonly position: ConfigPosition } | { readonly kind: 'variable'; readonly name: string };

export interface SourceScalar {
  readonly kind: 'scalar';
  readonly origin: Origin;
  readonly value: string | number | boolean | null;
  /** As written, with variables expanded. */
  readonly text: string;
  /** Holds a value from the environment: must never be shown. */
  readonly expanded: boolean;
  /** A problem has been reported already: what it would be is unknown. */
  readonly broken: boolean;
}

export interface SourceList {
  readonly kind: 'list';
  readonly origin: Origin;
  readonly items: readonly SourceNode[];
}

export interface SourceMap {
  readonly kind: 'map';
  readonly origin: Origin;
  readonly entries: ReadonlyMap<string, SourceEntry>;
}

export interface SourceEntry {
  /** Of the key; that of the value may be further on. */
  readonly origin: Origin;
  readonly node: SourceNode;
}

export type SourceNode = SourceScalar | SourceList | SourceMap;

/** Later wins: maps are merged, lists and scalars replaced. An empty section (`headers:`) changes nothing. */
export function mergeNodes(earlier: SourceNode, later: SourceNode): SourceNode {
  if (earlier.kind !== 'map') return later;
  if (later.kind === 'scalar' && later.value === null) return earlier;
  if (later.kind !== 'map') return later;
  const entries = new Map(earlier.entries);
  for (const [key, entry] of later.entries) {
    const before = entries.get(key);
    entries.set(key, before === undefined ? entry : { origin: entry.origin, node: mergeNodes(before.node, entry.node) });
  }
  return { ...later, entries };
}

/** What stands at `path`: the entry of a map, or an item of a list with its own origin. */
export function entryAt(root: SourceNode, path: KeyPath): SourceEntry | undefined {
  let entry: SourceEntry | undefined = { origin: root.origin, node: root };
  for (const segment of path) {
    entry = entry === undefined ? undefined : childOf(entry.node, segment);
  }
  return entry;
}

function childOf(node: SourceNode, segment: string | number): SourceEntry | undefined {
  if (node.kind === 'map') return node.entries.get(String(segment));
  if (node.kind === 'scalar') return undefined;
  const item = node.items[Number(segment)];
  return item === undefined ? undefined : { origin: item.origin, node: item };
}

/** What stands at `path`, or else at the nearest place above it. */
export function nearestEntry(root: SourceNode, path: KeyPath): { readonly entry: SourceEntry; readonly isExact: boolean } {
  for (let length = path.length; length > 0; length--) {
    const entry = entryAt(root, path.slice(0, length));
    if (entry !== undefined) return { entry, isExact: length === path.length };
  }
  return { entry: { origin: root.origin, node: root }, isExact: path.length === 0 };
}

/** The tree with `node` at `path`, maps made on the way; unchanged where something else than a map is in the way. */
export function withNode(root: SourceNode, path: readonly string[], node: SourceNode): SourceNode {
  const [key, ...rest] = path;
  if (key === undefined) return node;
  if (root.kind !== 'map') return root;
  const before = root.entries.get(key)?.node;
  const isEmpty = before === undefined || (before.kind === 'scalar' && before.value === null);
  const child: SourceNode = isEmpty ? { kind: 'map', origin: node.origin, entries: new Map() } : before;
  const entries = new Map(root.entries);
  entries.set(key, { origin: root.entries.get(key)?.origin ?? node.origin, node: withNode(child, rest, node) });
  return { ...root, entries };
}
