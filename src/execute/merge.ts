/** Merging what a subgraph delivered into the response tree (error-layer.md section 6). */
import { type JsonValue, RawNumber, setProperty } from '../shared/json.ts';
import type { TypeIndex } from '../supergraph/model.ts';
import { cloneTree, type DataObject, isDataList, isDataObject } from './tree.ts';

/** How one reply is merged, and what could not be. */
export interface Merger {
  readonly types: TypeIndex;
  /** Set when two subgraphs disagreed on the shape of a value; the first one's was kept. */
  conflict: boolean;
}

/**
 * Adds the members of `source` to `target`.
 *
 * Null never erases a value, lists of one length merge element by element, and a concrete `__typename` is never replaced by
 * an interface's. With `copy`, nested values of `source` stay unshared, because the same source goes to several places.
 */
export function mergeObject(target: DataObject, source: DataObject, merger: Merger, copy = false): void {
  for (const key of Object.keys(source)) {
    const value = source[key] ?? null;
    const present = Object.hasOwn(target, key) ? target[key] : undefined;
    if (present === undefined) setProperty(target, key, copy ? cloneTree(value) : value);
    else if (value !== null) mergeMember(target, key, present, value, merger, copy);
  }
}

function mergeMember(target: DataObject, key: string, present: JsonValue, value: JsonValue, merger: Merger, copy: boolean): void {
  if (present === null) {
    setProperty(target, key, copy ? cloneTree(value) : value);
  } else if (typeof present !== 'object') {
    if (isOtherScalar(present, value)) merger.conflict = true;
    else if (key === '__typename') mergeTypename(target, key, present, value, merger);
    else setProperty(target, key, value);
  } else if (isDataObject(present)) {
    if (isDataObject(value)) mergeObject(present, value, merger, copy);
    else merger.conflict = true;
  } else if (isDataList(present)) {
    if (isDataList(value)) mergeList(present, value, merger, copy);
    else merger.conflict = true;
  } else if (isOtherScalar(present, value)) {
    merger.conflict = true;
  } else {
    setProperty(target, key, value);
  }
}

/** Whether two values that are neither null nor nested are of different types; a nested one differs from every scalar. */
function isOtherScalar(present: JsonValue, value: JsonValue): boolean {
  return scalarType(present) !== scalarType(value);
}

const scalarType = (value: JsonValue): string => (value instanceof RawNumber ? 'number' : typeof value);

function mergeTypename(target: DataObject, key: string, present: JsonValue, value: JsonValue, merger: Merger): void {
  if (present === value || typeof present !== 'string' || typeof value !== 'string') return;
  if (isConcrete(value, merger.types) && !isConcrete(present, merger.types)) setProperty(target, key, value);
}

const isConcrete = (typeName: string, types: TypeIndex): boolean => types.possibleTypes(typeName).has(typeName);

function mergeList(list: JsonValue[], value: readonly JsonValue[], merger: Merger, copy: boolean): void {
  if (value.length === 0) return; // as in Cosmo, an empty list is no contradiction
  if (list.length === 0) {
    for (const item of value) list.push(copy ? cloneTree(item) : item);
    return;
  }
  if (list.length !== value.length) {
    merger.conflict = true;
    return;
  }
  for (let i = 0; i < value.length; i++) mergeItem(list, i, value[i] ?? null, merger, copy);
}

function mergeItem(list: JsonValue[], index: number, value: JsonValue, merger: Merger, copy: boolean): void {
  const present = list[index] ?? null;
  if (value === null) return;
  if (present === null) list[index] = copy ? cloneTree(value) : value;
  else if (isDataObject(present) && isDataObject(value)) mergeObject(present, value, merger, copy);
  else if (isDataList(present) && isDataList(value)) mergeList(present, value, merger, copy);
  else if (isNested(present) || isOtherScalar(present, value)) merger.conflict = true;
  else list[index] = value;
}

const isNested = (value: JsonValue): boolean => typeof value === 'object' && value !== null && !(value instanceof RawNumber);
