/**
 * Whether an answer in the default profile is Cosmo's answer but for the differences that error-layer.md section 2 lists, and
 * nothing else. The numbers in comments are the rows of that table.
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../src/shared/json.ts';
import { isPrefix, type ResponsePath } from '../../src/shared/path.ts';
import { sameJson, sortedText } from '../support/same-json.ts';

export interface ComparisonRules {
  /** `enabled: false`, which hides what subgraphs say in pass-through as well (row 9). */
  readonly hidden: boolean;
}

/** Differences that the table does not allow, as sentences; empty when there are none. */
export function unexpectedDifferences(cosmo: JsonObject, ours: JsonObject, rules: ComparisonRules): readonly string[] {
  const context: Context = { ...rules, data: cosmo['data'] ?? null };
  const problems: string[] = [];
  if (!sameJson(cosmo['data'], ours['data'])) problems.push(`data: ${text(ours['data'])} instead of ${text(cosmo['data'])}`);
  const left = [...entriesOf(ours['errors'])];
  const paths = left.flatMap((entry) => pathsWithin(entry));
  const matched: JsonObject[] = [];
  for (const entry of entriesOf(cosmo['errors'])) {
    const index = left.findIndex((candidate) => isCounterpart(entry, candidate, context));
    const [found] = index < 0 ? [] : left.splice(index, 1);
    if (found !== undefined) matched.push(found);
    else if (!isExplainedNull(entry, paths)) problems.push(`no counterpart of ${text(entry)}`);
  }
  for (const entry of left) {
    const isFurtherPlace = matched.some((other) => sameJson(withoutPlace(entry), withoutPlace(other)));
    if (!isFurtherPlace && !isAddition(entry)) problems.push(`an entry too many: ${text(entry)}`);
  }
  return problems;
}

/** Members that our own entry may have beside Cosmo's: rows 2, 3, 4 and 12. */
const OWN_MEMBERS: ReadonlySet<string> = new Set(['path']);
const OWN_EXTENSIONS: ReadonlySet<string> = new Set(['code', 'errorId', 'serviceName']);

interface Context extends ComparisonRules {
  /** Cosmo's data, which tells a path of the response from a path of the subgraph's. */
  readonly data: JsonValue;
}

/** Extension keys that a subgraph can never set for the client while the router attaches them (section 3). */
const RESERVED: ReadonlySet<string> = new Set(['serviceName', 'statusCode', 'http']);

function isCounterpart(cosmo: JsonObject, ours: JsonObject, context: Context, isNested = false): boolean {
  const keys = new Set([...Object.keys(cosmo), ...Object.keys(ours)]);
  return [...keys].every((key) => {
    const [expected, actual] = [cosmo[key], ours[key]];
    if (key === 'message') return isSameMessage(expected, actual, context);
    if (key === 'path') return isSamePlace(expected, actual, context);
    if (key === 'extensions') return areSameExtensions(expected, actual, isValueError(cosmo), context);
    if (isNested && actual === undefined && !STANDARD_MEMBERS.has(key)) return true;
    return expected === undefined ? OWN_MEMBERS.has(key) : sameJson(expected, actual);
  });
}

/** Inside a wrapper Cosmo shows whatever else an entry has; here `allowed_fields` names what is shown (section 3). */
const STANDARD_MEMBERS: ReadonlySet<string> = new Set(['message', 'path', 'locations', 'extensions']);

const REASONS = ['connection failed', 'request timed out', 'response ended early', 'response too large', 'circuit breaker open'];

function isSameMessage(cosmo: JsonValue | undefined, ours: JsonValue | undefined, { hidden }: Context): boolean {
  if (sameJson(cosmo, ours)) return true;
  if (hidden) return typeof ours === 'string' && ours.startsWith('Failed to fetch from Subgraph'); // Row 9.
  // Row 13: an entry without a message has one now.
  if (typeof cosmo !== 'string') return ours === 'Subgraph error without a message';
  // Row 5: transport failures give a reason.
  if (REASONS.some((reason) => ours === cosmo.replace(/\.$/, `, Reason: ${reason}.`))) return true;
  // Row 16: single quotes.
  return isValueMessage(cosmo) && ours === cosmo.replaceAll('""', '"');
}

function areSameExtensions(cosmo: JsonValue | undefined, ours: JsonValue | undefined, isValue: boolean, context: Context): boolean {
  if (cosmo !== undefined && cosmo !== null && !isJsonObject(cosmo)) return isRepairedExtensions(ours);
  const [expected, actual] = [cosmo ?? {}, ours ?? {}];
  if (!isJsonObject(actual)) return false;
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].every((key) => {
    if (key === 'errors') return areSameNested(entriesOf(expected[key]), entriesOf(actual[key]), context);
    if (key === 'code' && isValue) return true; // Row 15: codes of completion errors.
    if (RESERVED.has(key) && actual[key] === undefined) return true;
    return expected[key] === undefined ? OWN_EXTENSIONS.has(key) : sameJson(expected[key], actual[key]);
  });
}

/** Row 13: extensions of a wrong type count as empty, so that only what the router adds is left. */
function isRepairedExtensions(ours: JsonValue | undefined): boolean {
  return ours === undefined || (isJsonObject(ours) && Object.keys(ours).every((key) => OWN_EXTENSIONS.has(key)));
}

/** Every nested entry of Cosmo's has at least one counterpart, in order, and there is no other (row 1: one per place). */
function areSameNested(cosmo: readonly JsonObject[], ours: readonly JsonObject[], context: Context): boolean {
  let at = 0;
  for (const entry of cosmo) {
    const start = at;
    while (at < ours.length && isCounterpart(entry, ours[at] ?? {}, context, true) && (at === start || sameButPlace(ours[at], ours[start]))) at++;
    if (at === start) return false;
  }
  return at === ours.length;
}

const sameButPlace = (a: JsonObject | undefined, b: JsonObject | undefined): boolean =>
  a !== undefined && b !== undefined && !sameJson(a['path'], b['path']) && sameJson(withoutPlace(a), withoutPlace(b));

/** Row 1: Cosmo's path without its losses is ours without indices, or begins with it where the rest belongs to no field. */
function isSamePlace(cosmo: JsonValue | undefined, ours: JsonValue | undefined, { data }: Context): boolean {
  if (sameJson(cosmo, ours)) return true;
  if (ours === undefined || !isJsonArray(ours)) return ours === undefined && (cosmo === undefined || cosmo === null);
  if (cosmo === undefined || cosmo === null || !isJsonArray(cosmo) || cosmo.length === 0) return true; // Row 2: a path where there was none.
  return isPrefix(namesOf(ours), namesOf(cosmo)) || isPrefix(namesOf(cosmo), namesOf(ours)) || !isResponseKey(cosmo[0], data);
}

/** Otherwise it is a subgraph's path that no client could follow; ours is the fetch's position instead. */
function isResponseKey(segment: JsonValue | undefined, data: JsonValue): boolean {
  return typeof segment === 'string' && isJsonObject(data) && Object.hasOwn(data, segment);
}

const namesOf = (path: readonly JsonValue[]): readonly string[] =>
  path.filter((segment) => typeof segment === 'string').filter((segment) => segment !== '@');

/** Row 6: a null is explained exactly once, by an error at or below it. */
function isExplainedNull(entry: JsonObject, paths: readonly ResponsePath[]): boolean {
  const { message, path } = entry;
  if (typeof message !== 'string' || !message.startsWith('Cannot return null')) return false;
  return isResponsePath(path) && paths.some((other) => isPrefix(path, other) || isPrefix(other, path));
}

/** Rows 7, 10, 14 and 17: errors about what Cosmo passes over in silence. */
function isAddition(entry: JsonObject): boolean {
  const { message, extensions } = entry;
  const code = isJsonObject(extensions) ? extensions['code'] : undefined;
  if (code === 'SUBGRAPH_DEPENDENCY_FAILED') return typeof message === 'string' && message.startsWith('Skipped Subgraph');
  if (code === 'SUBGRAPH_HTTP_ERROR') return true;
  return code === 'SUBGRAPH_INVALID_RESPONSE' && typeof message === 'string' && /Expected 1, got 0|errors is not a list/.test(message);
}

const VALUE_MESSAGE = /^(?:String|Int|Float|Bool|Object|Array|Enum "\w+") cannot represent|^Cannot return null|for __typename field|^Invalid value found/;

const isValueMessage = (message: string): boolean => VALUE_MESSAGE.test(message);

function isValueError({ message }: JsonObject): boolean {
  return typeof message === 'string' && isValueMessage(message);
}

function withoutPlace(entry: JsonObject): JsonObject {
  const { path: _path, extensions, ...rest } = entry;
  if (!isJsonObject(extensions)) return rest;
  const { errorId: _errorId, ...shown } = extensions;
  return { ...rest, extensions: shown };
}

/** Row 13: `null` and other entries that are no objects count as empty ones. */
function entriesOf(value: JsonValue | undefined): readonly JsonObject[] {
  return value !== undefined && isJsonArray(value) ? value.map((entry) => (isJsonObject(entry) ? entry : {})) : [];
}

function pathsWithin(entry: JsonObject): readonly ResponsePath[] {
  const { path, extensions } = entry;
  const nested = isJsonObject(extensions) ? entriesOf(extensions['errors']).flatMap(pathsWithin) : [];
  return isResponsePath(path) ? [path, ...nested] : nested;
}

function isResponsePath(path: JsonValue | undefined): path is ResponsePath {
  return path !== undefined && isJsonArray(path) && path.every((segment) => typeof segment === 'string' || typeof segment === 'number');
}

const text = (value: JsonValue | undefined): string => (value === undefined ? 'nothing' : sortedText(value));

/** Error paths, nested ones included, that lead nowhere in the response: no such key, or an index beyond its list. */
export function unrealPaths(body: JsonObject): readonly string[] {
  const paths = entriesOf(body['errors']).flatMap(pathsWithin);
  return paths.filter((path) => !leadsSomewhere(body['data'] ?? null, path)).map((path) => `no such place: ${JSON.stringify(path)}`);
}

function leadsSomewhere(data: JsonValue, path: ResponsePath): boolean {
  let value: JsonValue | undefined = data;
  for (const segment of path) {
    if (value === null) return segment !== '@' && segment !== '_entities'; // Below a null the response does not tell.
    if (typeof segment === 'number') value = isJsonArray(value) ? value[segment] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
    if (value === undefined) return false;
  }
  return true;
}
