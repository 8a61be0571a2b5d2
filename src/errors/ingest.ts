/** Turns the entries of a subgraph's `errors` into errors whose members have the right types. Total: any JSON goes in. */
import { isDeeperThan, isJsonArray, isJsonObject, type JsonObject, type JsonValue, ownProperty, setProperty } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { IngestedError } from './model.ts';

/** What a client reads when the subgraph's entry has no usable message (error-layer.md section 4). */
export const MISSING_MESSAGE = 'Subgraph error without a message';

/** Members that nest deeper are left out: nobody reads them, and printing them could exhaust the stack. */
const MAX_DEPTH = 100;

/** So many errors no response can show and nobody reads: of those behind them only the number is kept. */
const MAX_ENTRIES = 100_000;

const NO_REPAIRS: readonly string[] = [];

/** Of one reply, in the subgraph's order. */
export interface IngestedErrors {
  readonly errors: readonly IngestedError[];
  /** How many entries stood behind these. */
  readonly unlisted: number;
}

/**
 * One error per entry, in the subgraph's order; a defective entry becomes a placeholder, never a loss (error-layer.md section 4).
 *
 * `bodyLength` is the length of the reply's text: a short text cannot nest deeply, which saves looking.
 */
export function ingestErrors(entries: readonly JsonValue[], bodyLength: number): IngestedErrors {
  const mayBeDeep = bodyLength > 2 * MAX_DEPTH;
  const listed = entries.length > MAX_ENTRIES ? entries.slice(0, MAX_ENTRIES) : entries;
  return { errors: listed.map((entry, index) => ingestEntry(entry, index, mayBeDeep)), unlisted: entries.length - listed.length };
}

function ingestEntry(entry: JsonValue, index: number, mayBeDeep: boolean): IngestedError {
  const isDeep = mayBeDeep && isDeeperThan(entry, MAX_DEPTH);
  if (!isJsonObject(entry)) {
    const raw = isDeep ? null : entry;
    return { index, message: MISSING_MESSAGE, path: null, extensions: null, raw, repairs: ['entry is not an object'] };
  }
  const repairs: string[] = [];
  const raw = isDeep ? withoutDeepMembers(entry, repairs) : entry;
  // No object inherits a member of these names: reading them needs no look at whose they are.
  const message = raw['message'];
  if (typeof message !== 'string') repairs.push(message === undefined ? 'message is missing' : 'message is not a string');
  const path = ingestPath(raw['path'], repairs);
  const extensions = ingestExtensions(raw['extensions'], repairs);
  return {
    index,
    message: typeof message === 'string' ? message : MISSING_MESSAGE,
    path,
    extensions,
    raw,
    repairs: repairs.length === 0 ? NO_REPAIRS : repairs,
  };
}

/** The elements up to the first one that cannot be part of a path. */
function ingestPath(path: JsonValue | undefined, repairs: string[]): ResponsePath | null {
  if (path === undefined || path === null) return null;
  if (!isJsonArray(path)) {
    repairs.push('path is not a list');
    return null;
  }
  if (isPath(path)) return path;
  repairs.push('path has an element that is neither a string nor a number');
  const sound: (string | number)[] = [];
  for (const element of path) {
    if (!isPathElement(element)) break;
    sound.push(element);
  }
  return sound;
}

const isPathElement = (element: JsonValue): element is string | number => typeof element === 'string' || typeof element === 'number';

function isPath(path: readonly JsonValue[]): path is ResponsePath {
  for (const element of path) if (!isPathElement(element)) return false;
  return true;
}

function ingestExtensions(extensions: JsonValue | undefined, repairs: string[]): JsonObject | null {
  if (extensions === undefined || extensions === null) return null;
  if (isJsonObject(extensions)) return extensions;
  repairs.push('extensions is not an object');
  return null;
}

/** A copy without the members of the entry, and of its extensions, that nest too deeply. */
function withoutDeepMembers(entry: JsonObject, repairs: string[]): JsonObject {
  return copyWithout(entry, repairs, (key, value) =>
    key === 'extensions' && isJsonObject(value) ? copyWithout(value, repairs, () => undefined) : undefined,
  );
}

function copyWithout(object: JsonObject, repairs: string[], replace: (key: string, value: JsonValue) => JsonValue | undefined): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const key of Object.keys(object)) {
    const value = ownProperty(object, key) ?? null;
    const shown = isDeeperThan(value, MAX_DEPTH) ? replace(key, value) : value;
    if (shown === undefined) repairs.push('a member nests too deeply');
    else setProperty(kept, key, shown);
  }
  return kept;
}
