/**
 * The vocabulary of the error layer: what came back from a subgraph, where it belongs in the response, and what a client may see.
 *
 * Provenance (which fetch, which subgraph, which status) stands beside an error and is known from the fetch that we made;
 * nothing that a subgraph writes can change it.
 */
import type { JsonObject, JsonValue } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';

export type OperationType = 'query' | 'mutation' | 'subscription';

/** What a subgraph's HTTP exchange came to, before anybody looked into the body. Every way to fail is a member of this union. */
export type SubgraphReply = HttpReply | TransportFailure;

export interface HttpReply {
  readonly kind: 'response';
  readonly status: number;
  /** Lower-case names; repeated headers as lists. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Decoded from its content encoding and from UTF-8. */
  readonly body: string;
  readonly attempts: number;
  readonly durationMs: number;
}

export interface TransportFailure {
  readonly kind: 'failure';
  readonly failure: 'unreachable' | 'timeout' | 'interrupted' | 'too_large' | 'circuit_open' | 'rate_limited' | 'cancelled';
  /** Of the response head, when one had arrived. */
  readonly status: number | null;
  /** Whether the subgraph may have seen the request: false only when no connection was established or nothing was tried. */
  readonly sent: boolean;
  readonly retryAfterSeconds: number | null;
  /** For the log only. */
  readonly cause: unknown;
  readonly attempts: number;
  readonly durationMs: number;
}

/** The kinds of error-layer.md section 4 that end a fetch (or one entity list of it) without usable data. */
export type FailureKind =
  | Exclude<TransportFailure['failure'], 'cancelled'>
  | 'empty'
  | 'invalid_json'
  | 'not_graphql'
  | 'http_status'
  | 'entity_count'
  /** `errors` of a wrong type beside usable data. */
  | 'malformed_errors'
  /** Two subgraphs disagree on the shape of a value; the first one's is kept. */
  | 'merge_conflict'
  | 'cancelled';

export interface FetchFailure {
  readonly kind: FailureKind;
  /** For `entity_count`. */
  readonly expected?: number;
  readonly received?: number;
  /** Seconds until a retry makes sense, parsed and clamped to 1 to 3600. */
  readonly retryAfterSeconds?: number;
}

/** The client's selection at one place, as far as error paths need it. Keys are keys of the merged data (data keys). */
export interface SelectionShape {
  field(dataKey: string): ShapeField | undefined;
}

export interface ShapeField {
  readonly responseKey: string;
  /** `Type.field` of the client's schema. */
  readonly coordinate: string;
  /** How many lists the field's type nests: 0 for `T`, 1 for `[T!]!`. */
  readonly listDepth: number;
  readonly shape: SelectionShape | null;
}

/**
 * One place of the plan that a subgraph request fills: the root, one entity, or the entities below a list.
 *
 * One HTTP request may serve several sites (a batch fetch over several paths); each counts as a fetch of its own.
 */
export interface FetchSite {
  /** Order in the plan, depth first; errors are shown in this order. */
  readonly id: number;
  readonly subgraph: string;
  readonly operationType: OperationType;
  readonly kind: 'root' | 'entity' | 'entities';
  /** Client response keys from the operation root, `@` for each list level; a trailing `@` is kept here. Empty for root fetches. */
  readonly path: readonly string[];
  /** Data keys that the fetch selects at the root of the client's response (root fetches only). */
  readonly rootKeys: readonly string[];
  /** Data keys that this fetch adds at each of its places, in the client's selection order (entity fetches). */
  readonly fields: readonly string[];
  /** `_entities` or the alias of a batch; empty for root fetches. */
  readonly entitiesKey: string;
  /** The client's selection at the site. */
  readonly shape: SelectionShape;
  /** Names that the planner made up in this request, and the data key that each stands for. */
  readonly renames: ReadonlyMap<string, string>;
}

/** Where the representations of one site stand. Computed on demand: a healthy fetch never asks. */
export interface FetchPlaces {
  /** Number of representations of the site's list; 0 for a root fetch. */
  readonly count: number;
  /** Client paths at which representation `index` stands at this site; empty when out of range or at other sites only. */
  of(index: number): PathList;
  /** Length of the merged list at the first `length` segments of a client path, or undefined where no list stands. */
  listLength(path: ResponsePath, length: number): number | undefined;
}

/** Paths that are made when somebody asks for them; a list of ready ones is one too. */
export interface PathList {
  readonly length: number;
  at(index: number): ResponsePath | undefined;
}

export interface SiteResult {
  readonly site: FetchSite;
  readonly places: FetchPlaces;
}

/** One subgraph request, the sites it served and what came back. */
export interface FetchExchange {
  readonly subgraph: string;
  readonly operationType: OperationType;
  readonly reply: SubgraphReply;
  readonly classified: ClassifiedReply;
  readonly sites: readonly SiteResult[];
  /** The JSON text that was sent. */
  readonly requestBody: string;
}

/** What a reply must hold to be usable. */
export type ReplyExpectation = { readonly kind: 'root' } | { readonly kind: 'entities'; readonly lists: readonly EntityListExpectation[] };

export interface EntityListExpectation {
  readonly key: string;
  /** De-duplicated representations that were sent. */
  readonly count: number;
  /** Exactly one representation is possible here: surplus entities are ignored. */
  readonly single: boolean;
}

/** An entry of a subgraph's `errors`, repaired: every member has the type that it must have. */
export interface IngestedError {
  /** Index in the subgraph's list. */
  readonly index: number;
  readonly message: string;
  /** Elements as the subgraph sent them, strings and numbers only; null when there was none or it was no list. */
  readonly path: ResponsePath | null;
  readonly extensions: JsonObject | null;
  /** The entry as sent, for the cosmo profile and the log. */
  readonly raw: JsonValue;
  /** What had to be mended, for the log; empty for a sound entry. */
  readonly repairs: readonly string[];
}

export interface ClassifiedReply {
  readonly status: number | null;
  readonly errors: readonly IngestedError[];
  /** Entries behind them that were too many to keep: only their number is known. */
  readonly unlistedErrors: number;
  /** Why the reply as a whole holds no usable data, or what is wrong beside the data. */
  readonly failure: FetchFailure | null;
  /** Root fetch: the data to merge. */
  readonly data: JsonObject | null;
  /** Entity fetch: usable lists by key. A list is missing here when it is unusable. */
  readonly entities: ReadonlyMap<string, readonly JsonValue[]>;
  /** Entity fetch: what is wrong with single lists, by key. */
  readonly listFailures: ReadonlyMap<string, FetchFailure>;
  /** The response-level `extensions`, for `subgraph_extension_propagation`. */
  readonly extensions: JsonObject | null;
}

/** An error with its client path and origin, before any policy. Order: plan order, the subgraph's order, then completion. */
export type PlacedError = PlacedSubgraphError | PlacedFailure | PlacedDependency | PlacedValueError;

export interface PlacedSubgraphError {
  readonly kind: 'graphql';
  readonly exchange: FetchExchange;
  readonly site: FetchSite;
  readonly entry: IngestedError;
  readonly places: ErrorPlaces;
}

/** Where one error stands in the response, in response order: at least one place. A path is made when somebody asks for it. */
export interface ErrorPlaces {
  readonly count: number;
  /** Null when the error belongs to no place; it is then the only one. */
  at(index: number): ResponsePath | null;
}

export interface PlacedFailure {
  readonly kind: 'failure';
  readonly exchange: FetchExchange;
  readonly site: FetchSite;
  readonly failure: FetchFailure;
  readonly path: ResponsePath | null;
}

/** A fetch, or one representation of it, that was not sent because a required input is missing. */
export interface PlacedDependency {
  readonly kind: 'dependency';
  readonly site: FetchSite;
  readonly path: ResponsePath | null;
}

/** A value that the response cannot carry (error-layer.md section 6). */
export interface PlacedValueError {
  readonly kind: 'value';
  readonly operationType: OperationType;
  readonly path: ResponsePath;
  readonly problem: ValueProblem;
  /** Whose data it was, as far as the plan tells. */
  readonly subgraph: string | null;
}

export type ValueProblem =
  | { readonly kind: 'null' }
  | { readonly kind: 'not_object' }
  | { readonly kind: 'not_list' }
  /** `type` is the leaf type's name, `value` the offending value as JSON text. */
  | { readonly kind: 'scalar'; readonly type: string; readonly value: string }
  | { readonly kind: 'enum'; readonly type: string; readonly value: string }
  | { readonly kind: 'inaccessible_enum'; readonly type: string; readonly coordinate: string }
  | { readonly kind: 'typename'; readonly value: string }
  | { readonly kind: 'typename_missing' };

/** An error of the client's request, or of ours before execution began. Only these carry `locations`. */
export interface RequestError {
  readonly code: RequestErrorCode;
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  /** Where in the document, beginning with the operation type; shown in the cosmo profile only. */
  readonly path?: readonly (string | number)[];
  /** JSON text of the whole variable that a part is wrong of; shown in the cosmo profile only. */
  readonly variableValue?: string;
}

export type RequestErrorCode =
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'BAD_USER_INPUT'
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'BAD_REQUEST'
  | 'REQUEST_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_ACCEPTABLE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'UNSUPPORTED_OPERATION'
  | 'SERVICE_UNAVAILABLE'
  | 'QUERY_PLANNING_FAILED'
  | 'INTERNAL_SERVER_ERROR';
