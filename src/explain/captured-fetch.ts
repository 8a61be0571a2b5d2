/** A captured reply, put where a fetch of the router would have put it. */
import type { GraphQLSchema } from 'graphql';
import { classifyReply } from '../errors/classify.ts';
import { placeErrors } from '../errors/locate.ts';
import type {
  ClassifiedReply,
  FetchExchange,
  FetchPlaces,
  FetchSite,
  OperationType,
  PlacedError,
  ReplyExpectation,
  SubgraphReply,
  TransportFailure,
} from '../errors/model.ts';
import type { ErrorProfile } from '../errors/profile.ts';
import type { ExecutionOutcome } from '../execute/outcome.ts';
import { isJsonArray, isJsonObject, type JsonValue, ownProperty, parseJson, printJson } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import { addData, addPath, createSample, fieldTypeOf, type Sample, shapeOf, typeAt } from './sample-shape.ts';

/** A reply, and what is known of the fetch that it answered. */
export interface CapturedFetch {
  readonly subgraph: string;
  readonly reply: SubgraphReply;
  /** `query` when left out. */
  readonly operationType?: OperationType;
  /**
   * Where the fetch stands in the client's response.
   *
   * A root fetch: its only field, or left out to take the fields that the reply speaks of. An entity fetch: the entity, `['me']`, or
   * the first of a list, `['employees', 0]`; the others follow it.
   */
  readonly path?: ResponsePath;
  /** Whether entities were asked for; left out, the reply and the path tell. */
  readonly entities?: boolean;
  /** How many entities were asked for; left out, as many as came. */
  readonly count?: number;
  /** The JSON text that was sent, for `attach_request`. */
  readonly requestBody?: string;
  /** Whether this was the operation's only fetch; by default a root fetch is, an entity fetch never. */
  readonly alone?: boolean;
}

export function httpReply(status: number, headers: Readonly<Record<string, string | readonly string[]>>, body: string): SubgraphReply {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { kind: 'response', status, headers: lower, body, attempts: 1, durationMs: 0 };
}

export const TRANSPORT_FAILURES = [
  'unreachable',
  'timeout',
  'interrupted',
  'too_large',
  'circuit_open',
  'rate_limited',
  'cancelled',
] as const;

/** A fetch without a usable reply; `status` where the head of one had arrived. */
export function transportFailure(
  failure: TransportFailure['failure'],
  status: number | null = null,
  retryAfterSeconds: number | null = null,
): SubgraphReply {
  const sent = failure !== 'unreachable' && failure !== 'circuit_open' && failure !== 'rate_limited';
  return { kind: 'failure', failure, status, sent, retryAfterSeconds, cause: null, attempts: 1, durationMs: 0 };
}

/** What an operation with this one failing fetch comes to. Nulls that only completion finds are not part of it. */
export function outcomeOf(fetch: CapturedFetch, profile: ErrorProfile, schema: GraphQLSchema | null): ExecutionOutcome {
  const body = bodyOf(fetch.reply);
  const isEntities = fetch.entities ?? asksForEntities(fetch, body);
  const path = (fetch.path ?? []).map((segment) => (isEntities && segment === '@' ? 0 : segment));
  const count = Math.max(1, fetch.count ?? receivedCount(body));
  const isSingle = isEntities && !path.some((segment) => typeof segment === 'number');
  const expectation: ReplyExpectation = isEntities
    ? { kind: 'entities', lists: [{ key: ENTITIES, count, single: isSingle && count === 1 }] }
    : { kind: 'root' };
  const classified = classifyReply(fetch.reply, expectation, profile);
  const site = isEntities ? entitySite(fetch, path, isSingle, body, schema) : rootSite(fetch, path, body, schema);
  const places = isEntities ? entityPlaces(path, count, isSingle) : rootPlaces(body);
  const operationType = site.operationType;
  const requestBody = fetch.requestBody ?? '{"variables":{}}';
  const exchange: FetchExchange = {
    subgraph: fetch.subgraph,
    operationType,
    reply: fetch.reply,
    classified,
    sites: [{ site, places }],
    requestBody,
  };
  const errors = placeErrors(exchange, { profile });
  const delivered = isDelivered(classified) || !(fetch.alone ?? !isEntities);
  return {
    data: dataOf(classified, site, isEntities, schema),
    errors,
    unlistedErrors: classified.unlistedErrors,
    exchanges: [exchange],
    delivered,
    complete: errors.every((error) => isHarmless(error, body)),
    cancelled: false,
    bug: null,
  };
}

const ENTITIES = '_entities';

function bodyOf(reply: SubgraphReply): JsonValue {
  const parsed = reply.kind === 'response' ? parseJson(reply.body) : null;
  return parsed?.ok === true ? parsed.value : null;
}

function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) ? ownProperty(value, key) : undefined;
}

function asksForEntities({ path = [] }: CapturedFetch, body: JsonValue): boolean {
  if (memberOf(memberOf(body, 'data'), ENTITIES) !== undefined) return true;
  return path.some((segment) => typeof segment === 'number' || segment === '@') || sentPaths(body).some((sent) => sent[0] === ENTITIES);
}

function sentPaths(body: JsonValue): readonly ResponsePath[] {
  const errors = memberOf(body, 'errors');
  if (!isJsonArray(errors)) return [];
  return errors.flatMap((error) => {
    const path = memberOf(error, 'path');
    return isJsonArray(path) ? [path.filter((segment) => typeof segment === 'string' || typeof segment === 'number')] : [];
  });
}

function receivedCount(body: JsonValue): number {
  const list = memberOf(memberOf(body, 'data'), ENTITIES);
  const named = sentPaths(body).map((path) => (path[0] === ENTITIES ? Number(path[1] ?? 0) + 1 : 0));
  return named.filter(Number.isSafeInteger).reduce((most, each) => Math.max(most, each), isJsonArray(list) ? list.length : 0);
}

function rootTypeOf(schema: GraphQLSchema | null, type: OperationType) {
  if (schema === null) return null;
  return (type === 'query' ? schema.getQueryType() : type === 'mutation' ? schema.getMutationType() : schema.getSubscriptionType()) ?? null;
}

function rootSite(fetch: CapturedFetch, path: ResponsePath, body: JsonValue, schema: GraphQLSchema | null): FetchSite {
  const sample = createSample();
  addData(sample, memberOf(body, 'data') ?? null);
  for (const sent of sentPaths(body)) addPath(sample, sent);
  const [field] = path;
  if (field !== undefined) addPath(sample, path);
  const rootKeys = field === undefined ? [...sample.members.keys()] : [String(field)];
  const operationType = fetch.operationType ?? 'query';
  const shape = shapeOf(schema, rootTypeOf(schema, operationType), sample, rootKeys);
  return { ...siteBase(fetch, operationType), kind: 'root', path: [], rootKeys, fields: [], entitiesKey: '', shape };
}

function siteBase({ subgraph }: CapturedFetch, operationType: OperationType) {
  return { id: 0, subgraph, operationType, renames: new Map<string, string>() };
}

function entitySite(fetch: CapturedFetch, path: ResponsePath, isSingle: boolean, body: JsonValue, schema: GraphQLSchema | null): FetchSite {
  const sample: Sample = createSample();
  const list = memberOf(memberOf(body, 'data'), ENTITIES);
  if (isJsonArray(list)) for (const entity of list) addData(sample, entity);
  for (const sent of sentPaths(body)) if (sent[0] === ENTITIES) addPath(sample, sent.slice(2));
  const type = schema === null ? null : typeAt(schema, rootTypeOf(schema, fetch.operationType ?? 'query'), path);
  const fields = [...sample.members.keys()].filter((key) => key !== '__typename');
  const sitePath = path.map((segment) => (typeof segment === 'number' ? '@' : segment));
  // What is read to complete entities is read, whatever the client's operation is.
  const operationType = fetch.operationType === 'mutation' ? 'query' : (fetch.operationType ?? 'query');
  return {
    ...siteBase(fetch, operationType),
    kind: isSingle ? 'entity' : 'entities',
    path: sitePath,
    rootKeys: [],
    fields,
    entitiesKey: ENTITIES,
    shape: shapeOf(schema, type, sample),
  };
}

/** Representation 0 stands at the path, the others behind it in its innermost list. */
function entityPlaces(path: ResponsePath, count: number, isSingle: boolean): FetchPlaces {
  const at = path.findLastIndex((segment) => typeof segment === 'number');
  return {
    count,
    of(index) {
      if (index >= count || index < 0) return [];
      return [isSingle ? path : path.map((segment, i) => (i === at ? Number(segment) + index : segment))];
    },
    listLength: () => undefined,
  };
}

function rootPlaces(body: JsonValue): FetchPlaces {
  return {
    count: 0,
    of: () => [],
    listLength(path, length) {
      const value = valueAt(memberOf(body, 'data') ?? null, path.slice(0, length));
      return isJsonArray(value) ? value.length : undefined;
    },
  };
}

function valueAt(data: JsonValue, path: ResponsePath): JsonValue | undefined {
  let value: JsonValue | undefined = data;
  for (const segment of path) {
    if (isJsonArray(value)) value = value[Number(segment)];
    else value = memberOf(value, String(segment));
  }
  return value;
}

function isDelivered({ data, entities }: ClassifiedReply): boolean {
  if (data !== null) return Object.values(data).some((value) => value !== null);
  return [...entities.values()].some((list) => list.some((entity) => entity !== null));
}

/** Whether the data that an error speaks of is there all the same. */
function isHarmless(error: PlacedError, body: JsonValue): boolean {
  if (error.kind !== 'graphql' || error.entry.path === null) return false;
  return (valueAt(memberOf(body, 'data') ?? null, error.entry.path) ?? null) !== null;
}

/** Data of a root fetch; `{}` stands for what other fetches brought. */
function dataOf({ data }: ClassifiedReply, site: FetchSite, isEntities: boolean, schema: GraphQLSchema | null): string | null {
  // What stands below is never shown, and may nest deeper than it could be printed.
  if (data !== null)
    return printJson(Object.fromEntries(Object.keys(data).map((key) => [key, ownProperty(data, key) === null ? null : true])));
  if (isEntities) return '{}';
  const root = rootTypeOf(schema, site.operationType);
  const isRequired = site.rootKeys.some((key) => fieldTypeOf(schema, root, key)?.toString().endsWith('!'));
  return isRequired ? null : printJson(Object.fromEntries(site.rootKeys.map((key) => [key, null])));
}
