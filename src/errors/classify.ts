/**
 * Decides what a subgraph's reply came to: the decision list of error-layer.md section 4, in Cosmo's order
 * (cosmo-reference.md 2.4). Total: any reply goes in, nothing is thrown.
 */
import { isJsonArray, isJsonObject, type JsonValue, ownProperty, parseJson } from '../shared/json.ts';
import { type IngestedErrors, ingestErrors } from './ingest.ts';
import type {
  ClassifiedReply,
  EntityListExpectation,
  FetchFailure,
  HttpReply,
  IngestedError,
  ReplyExpectation,
  SubgraphReply,
  TransportFailure,
} from './model.ts';
import type { ErrorProfile } from './profile.ts';
import { retryAfterSeconds } from './retry-after.ts';

const NO_ERRORS: IngestedErrors = { errors: [], unlisted: 0 };
const NO_ENTITIES: ReadonlyMap<string, readonly JsonValue[]> = new Map();
const NO_LIST_FAILURES: ReadonlyMap<string, FetchFailure> = new Map();

/**
 * What a reply came to. A healthy one costs its JSON parse and nothing more: its data is not copied or walked.
 *
 * Usable data stands in `data` (root) or `entities` (by list), whatever the status. `failure` concerns the whole reply, except for
 * `malformed_errors`, which stands beside usable data.
 */
export function classifyReply(reply: SubgraphReply, expectation: ReplyExpectation, profile: ErrorProfile): ClassifiedReply {
  if (reply.kind === 'failure') return failed(reply.status, transportFailure(reply));
  if (reply.body.length === 0) return failed(reply.status, httpFailure('empty', reply));
  const parsed = parseJson(reply.body);
  if (!parsed.ok) return failed(reply.status, httpFailure(isSuccess(reply.status) ? 'invalid_json' : 'http_status', reply));
  const body = isJsonObject(parsed.value) ? parsed.value : {};
  const listed = ownProperty(body, 'errors');
  const { errors, unlisted } =
    isJsonArray(listed) && listed.length > 0 ? ingestErrors(withExactPositions(listed, reply), reply.body.length) : NO_ERRORS;
  const data = ownProperty(body, 'data');
  const content =
    expectation.kind === 'root' ? rootContent(data, errors, reply) : entityContent(data, errors, expectation.lists, reply, profile);
  const extensions = ownProperty(body, 'extensions');
  return {
    status: reply.status,
    errors,
    unlistedErrors: unlisted,
    failure: content.failure ?? malformedErrors(listed, profile),
    data: content.data,
    entities: content.entities,
    listFailures: content.listFailures,
    extensions: isJsonObject(extensions) ? extensions : null,
  };
}

/** Found sooner than a position, and in few replies. */
const FLOAT = /\d\.\d/;
const FLOAT_POSITION = /"(line|column)"\s*:\s*-?\d+\.\d+(?=[\s,}])/g;

/** A line of `1.0` is no line, as Cosmo has it; but a parsed number no longer tells how it was written. */
function withExactPositions(listed: readonly JsonValue[], reply: HttpReply): readonly JsonValue[] {
  if (!FLOAT.test(reply.body) || reply.body.search(FLOAT_POSITION) < 0) return listed;
  const parsed = parseJson(reply.body.replace(FLOAT_POSITION, '"$1":null'));
  const again = parsed.ok && isJsonObject(parsed.value) ? ownProperty(parsed.value, 'errors') : undefined;
  return isJsonArray(again) ? again : listed;
}

type Content = Pick<ClassifiedReply, 'failure' | 'data' | 'entities' | 'listFailures'>;

/** Exactly 200 to 299. */
function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function failed(status: number | null, failure: FetchFailure): ClassifiedReply {
  return { status, errors: NO_ERRORS.errors, unlistedErrors: 0, extensions: null, ...nothing(failure) };
}

function nothing(failure: FetchFailure | null): Content {
  return { failure, data: null, entities: NO_ENTITIES, listFailures: NO_LIST_FAILURES };
}

function transportFailure(reply: TransportFailure): FetchFailure {
  return reply.retryAfterSeconds === null ? { kind: reply.failure } : { kind: reply.failure, retryAfterSeconds: reply.retryAfterSeconds };
}

function httpFailure(kind: FetchFailure['kind'], reply: HttpReply): FetchFailure {
  const seconds = retryAfterSeconds(reply);
  return seconds === null ? { kind } : { kind, retryAfterSeconds: seconds };
}

/** Step 8: neither data nor errors. */
function missingData(reply: HttpReply): FetchFailure {
  return isSuccess(reply.status) ? { kind: 'not_graphql' } : httpFailure('http_status', reply);
}

/** `errors` of a wrong type beside usable data: the data counts, and one error says so. Cosmo says nothing. */
function malformedErrors(listed: JsonValue | undefined, profile: ErrorProfile): FetchFailure | null {
  if (profile === 'cosmo' || listed === undefined || listed === null || isJsonArray(listed)) return null;
  return { kind: 'malformed_errors' };
}

function rootContent(data: JsonValue | undefined, errors: readonly IngestedError[], reply: HttpReply): Content {
  if (isJsonObject(data)) return { failure: null, data, entities: NO_ENTITIES, listFailures: NO_LIST_FAILURES };
  if (errors.length === 0) return nothing(missingData(reply));
  // Data of another type beside errors: Cosmo aborts the whole operation, which neither profile of ours does (section 12).
  return nothing(data === undefined || data === null ? null : { kind: 'not_graphql' });
}

/** What judging one list of an entity reply takes. */
interface ListContext {
  readonly reply: HttpReply;
  readonly profile: ErrorProfile;
  /** Whether some error may be about the list. */
  readonly explains: (key: string) => boolean;
}

function entityContent(
  data: JsonValue | undefined,
  errors: readonly IngestedError[],
  lists: readonly EntityListExpectation[],
  reply: HttpReply,
  profile: ErrorProfile,
): Content {
  if (!isJsonObject(data)) return nothing(errors.length > 0 ? null : missingData(reply));
  const context = { reply, profile, explains: errorsByList(errors, lists) };
  const entities = new Map<string, readonly JsonValue[]>();
  let listFailures: Map<string, FetchFailure> | null = null;
  for (const list of lists) {
    if (list.count === 0) continue;
    const value = ownProperty(data, list.key);
    const failure = list.single ? singleFailure(value, list, context) : batchFailure(value, list, context);
    if (failure !== null) {
      listFailures ??= new Map();
      listFailures.set(list.key, failure);
    } else if (isJsonArray(value)) {
      entities.set(list.key, value.length > list.count ? value.slice(0, list.count) : value);
    }
  }
  if (profile !== 'cosmo' && errors.length === 0 && !isSuccess(reply.status) && !deliversEntity(entities))
    return wholeFailure(listFailures, reply);
  return { failure: null, data: null, entities, listFailures: listFailures ?? NO_LIST_FAILURES };
}

/** Not 2xx and no entity at all: one failure for the reply, unless its lists already have their own (section 2, row 10). */
function wholeFailure(listFailures: ReadonlyMap<string, FetchFailure> | null, reply: HttpReply): Content {
  const told = listFailures !== null && [...listFailures.values()].every((failure) => failure.kind !== 'http_status');
  return told ? { failure: null, data: null, entities: NO_ENTITIES, listFailures } : nothing(httpFailure('http_status', reply));
}

function deliversEntity(entities: ReadonlyMap<string, readonly JsonValue[]>): boolean {
  for (const list of entities.values()) if (list.some((entity) => entity !== null)) return true;
  return false;
}

/** Steps 8 and 9 for a list in which exactly one entity is possible; surplus ones are ignored. */
function singleFailure(value: JsonValue | undefined, list: EntityListExpectation, context: ListContext): FetchFailure | null {
  const { reply, profile } = context;
  if (!isJsonArray(value)) return context.explains(list.key) ? null : missingData(reply);
  if (value.length > 0 || profile === 'cosmo' || context.explains(list.key)) return null;
  return isSuccess(reply.status) ? { kind: 'entity_count', expected: list.count, received: 0 } : httpFailure('http_status', reply);
}

/** Steps 8 and 10 to 12. The last two speak even where errors have been sent. */
function batchFailure(value: JsonValue | undefined, list: EntityListExpectation, context: ListContext): FetchFailure | null {
  if (value === undefined || value === null) return context.explains(list.key) ? null : missingData(context.reply);
  if (!isJsonArray(value) || value.length === 0) return { kind: 'not_graphql' };
  return value.length === list.count ? null : { kind: 'entity_count', expected: list.count, received: value.length };
}

/** An error may be about every list but those of which it names another one. One pass over the errors, made when first asked. */
function errorsByList(errors: readonly IngestedError[], lists: readonly EntityListExpectation[]): (key: string) => boolean {
  if (errors.length === 0) return () => false;
  if (lists.length === 1) return () => true;
  const keys = new Set<string | number | undefined>(lists.map((list) => list.key));
  const named = new Set(errors.map((error) => error.path?.[0]));
  const general = [...named].some((name) => !keys.has(name));
  return (key) => general || named.has(key);
}
