/** Where an entity fetch finds its entities: a plan path, walked over the merged data. */
import type { FlattenPath } from '../plan/nodes.ts';
import { isJsonArray, type JsonValue } from '../shared/json.ts';
import type { TypeIndex } from '../supergraph/model.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

export type PathStep =
  | { readonly kind: 'key'; readonly key: string; readonly responseKey: string }
  | { readonly kind: 'list' }
  /** Object type names, and the abstract names that `@interfaceObject` subgraphs put into `__typename`. */
  | { readonly kind: 'type'; readonly names: ReadonlySet<string> };

export type CompiledPath = readonly PathStep[];

/** `responseKeys`: what clients read for each key of the path, in order. */
export function compilePath(path: FlattenPath, types: TypeIndex, responseKeys: readonly string[]): CompiledPath {
  let keys = 0;
  return path.map((segment): PathStep => {
    if (segment.kind === 'list') return segment;
    if (segment.kind === 'field') return { kind: 'key', key: segment.key, responseKey: responseKeys[keys++] ?? segment.key };
    return { kind: 'type', names: matchingTypenames(segment.types, types) };
  });
}

/** What `__typename` may say for a value of one of the types: the types themselves and all that they can stand for. */
export function matchingTypenames(typeNames: readonly string[], types: TypeIndex): ReadonlySet<string> {
  const names = new Set(typeNames);
  for (const name of typeNames) for (const possible of types.possibleTypes(name)) names.add(possible);
  return names;
}

/** All objects at a path, in response order. An object that stands in several places comes once per place. */
export function collectObjects(root: DataObject, path: CompiledPath): DataObject[] {
  let level: JsonValue[] = [root];
  for (const step of path) {
    const next: JsonValue[] = [];
    for (const value of level) advance(value, step, next);
    level = next;
  }
  return level.filter(isDataObject);
}

function advance(value: JsonValue, step: PathStep, into: JsonValue[]): void {
  if (step.kind === 'list') {
    pushItems(value, into);
  } else if (isDataObject(value)) {
    if (step.kind === 'key') {
      const child = member(value, step.key);
      if (child !== undefined && child !== null) into.push(child);
    } else if (matchesType(value, step.names)) {
      into.push(value);
    }
  }
}

/** The planner marks lists of lists once. */
function pushItems(value: JsonValue, into: JsonValue[]): void {
  if (!isJsonArray(value)) return;
  for (const item of value) {
    if (isJsonArray(item)) pushItems(item, into);
    else into.push(item);
  }
}

/** A value without `__typename` is let through: abstract values may lack it (spec/planning.md, "Plan nodes"). */
export function matchesType(value: DataObject, names: ReadonlySet<string>): boolean {
  const typename = member(value, '__typename');
  return typeof typename !== 'string' || names.has(typename);
}
