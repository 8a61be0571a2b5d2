/** The merged data of one request: JSON that fetches keep adding to. */
import { isJsonArray, isJsonObject, type JsonValue, setProperty } from '../shared/json.ts';

/** An object of the tree. Mutable, because every fetch merges into it; it never leaves `execute/`. */
export type DataObject = Record<string, JsonValue>;

export function isDataObject(value: JsonValue | undefined): value is DataObject {
  return isJsonObject(value);
}

/** Lists of the tree are as mutable as its objects. */
export function isDataList(value: JsonValue | undefined): value is JsonValue[] {
  return Array.isArray(value);
}

/**
 * A member of a parsed object, or undefined. Names such as `constructor` are no members unless the subgraph sent them:
 * what the prototype holds is a function, which no JSON value is (and `__proto__` is no legal key of an operation).
 */
export function member(object: DataObject, key: string): JsonValue | undefined {
  const value = object[key];
  return typeof value === 'function' ? undefined : value;
}

/** A copy that shares nothing with the original. */
export function cloneTree(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(cloneTree);
  if (!isDataObject(value)) return value;
  const copy: DataObject = {};
  for (const key of Object.keys(value)) setProperty(copy, key, cloneTree(value[key] ?? null));
  return copy;
}
