/** The one table of this router's own codes (error-layer.md section 4). `docs/errors.md` is printed from it. */
import type { FailureKind, RequestErrorCode } from './model.ts';

export type ErrorCode = RequestErrorCode | FetchErrorCode | ValueErrorCode | 'ERRORS_TRUNCATED';

export type FetchErrorCode =
  | 'SUBGRAPH_UNREACHABLE'
  | 'SUBGRAPH_TIMEOUT'
  | 'SUBGRAPH_CONNECTION_LOST'
  | 'SUBGRAPH_RESPONSE_TOO_LARGE'
  | 'SUBGRAPH_CIRCUIT_OPEN'
  | 'RATE_LIMIT_EXCEEDED'
  | 'SUBGRAPH_EMPTY_RESPONSE'
  | 'SUBGRAPH_INVALID_RESPONSE'
  | 'SUBGRAPH_HTTP_ERROR'
  | 'SUBGRAPH_DEPENDENCY_FAILED';

export type ValueErrorCode = 'NULL_NOT_ALLOWED' | 'INVALID_SUBGRAPH_VALUE' | 'INVALID_TYPENAME';

/** Whose fault an error is: who has to change something, so that it goes away. */
export type ErrorOrigin = 'client' | 'router' | 'subgraph';

export interface CatalogueEntry {
  readonly meaning: string;
  /** As clients read it; capital letters stand for what differs. */
  readonly message: string;
  readonly origin: ErrorOrigin;
  /** `status`: depends on the subgraph's status. Mutations are only ever retryable when nothing was sent. */
  readonly retryable: boolean | 'status';
  /** What to do about it. */
  readonly action: string;
}

const FETCH = "Failed to fetch from Subgraph 'NAME' at Path 'PATH', Reason:";

export const CATALOGUE: Readonly<Record<ErrorCode, CatalogueEntry>> = {
  SUBGRAPH_UNREACHABLE: {
    meaning: 'No connection to the subgraph: refused, unknown host, failed TLS handshake, or reset before an answer began.',
    message: `${FETCH} connection failed.`,
    origin: 'subgraph',
    retryable: true,
    action: 'Check that the subgraph runs and that its `routing_url` is right. The log has the cause.',
  },
  SUBGRAPH_TIMEOUT: {
    meaning: 'The subgraph did not answer within `request_timeout`, or within what was left of the whole request.',
    message: `${FETCH} request timed out.`,
    origin: 'subgraph',
    retryable: true,
    action: 'Make the subgraph faster or raise `traffic_shaping.*.request_timeout`.',
  },
  SUBGRAPH_CONNECTION_LOST: {
    meaning: 'The answer was cut short, or its content encoding could not be decoded.',
    message: `${FETCH} response ended early.`,
    origin: 'subgraph',
    retryable: true,
    action: 'Look for restarts, proxies and compression between the router and the subgraph.',
  },
  SUBGRAPH_RESPONSE_TOO_LARGE: {
    meaning: 'The answer is larger than `max_response_body_size`.',
    message: `${FETCH} response too large.`,
    origin: 'subgraph',
    retryable: false,
    action: 'Ask for less, or raise `traffic_shaping.*.max_response_body_size`.',
  },
  SUBGRAPH_CIRCUIT_OPEN: {
    meaning: 'The circuit breaker of the subgraph is open; nothing was sent.',
    message: `${FETCH} circuit breaker open.`,
    origin: 'subgraph',
    retryable: true,
    action: 'Wait for `sleep_window`, and look into the failures that opened it.',
  },
  RATE_LIMIT_EXCEEDED: {
    meaning: "The router's own limiter refused the fetch; nothing was sent.",
    message: "Rate limit exceeded for Subgraph 'NAME' at Path 'PATH'.",
    origin: 'client',
    retryable: true,
    action: 'Send fewer requests, or raise the limit.',
  },
  SUBGRAPH_EMPTY_RESPONSE: {
    meaning: 'The answer has no body at all.',
    message: `${FETCH} empty response.`,
    origin: 'subgraph',
    retryable: 'status',
    action: 'Check what answers at `routing_url`. A status of 5xx usually means a proxy.',
  },
  SUBGRAPH_INVALID_RESPONSE: {
    meaning:
      'The answer is no GraphQL response: no JSON, neither data nor errors, a wrong number of entities, `errors` that is no list, or a ' +
      'value whose shape contradicts another subgraph.',
    message: `${FETCH} invalid JSON.`,
    origin: 'subgraph',
    retryable: false,
    action: 'Fix the subgraph. The log has its answer, clipped.',
  },
  SUBGRAPH_HTTP_ERROR: {
    meaning: 'The status is not 2xx and the body holds neither data nor errors.',
    message: "418: I'm a teapot",
    origin: 'subgraph',
    retryable: 'status',
    action: 'See the status: 401 and 403 usually mean that a header is not forwarded (`headers`).',
  },
  SUBGRAPH_DEPENDENCY_FAILED: {
    meaning: 'The fetch, or one entity of it, was not sent, because a field that it requires is missing.',
    message: "Skipped Subgraph 'NAME' at Path 'PATH', Reason: required fields are missing.",
    origin: 'subgraph',
    retryable: false,
    action: 'Find out why the required field is missing; usually another error in the same response tells.',
  },
  NULL_NOT_ALLOWED: {
    meaning: 'A subgraph gave null, or nothing, for a non-null field. The nearest nullable parent is null now.',
    message: "Cannot return null for non-nullable field 'Query.a.b'.",
    origin: 'subgraph',
    retryable: false,
    action: 'Make the field nullable, or make the subgraph deliver it.',
  },
  INVALID_SUBGRAPH_VALUE: {
    meaning: 'A value does not fit the type of its field: a wrong scalar, an unknown enum value, no object or no list where one belongs.',
    message: 'Int cannot represent non-integer value: "x"',
    origin: 'subgraph',
    retryable: false,
    action: "Compare the subgraph's schema with what it answers.",
  },
  INVALID_TYPENAME: {
    meaning: '`__typename` is missing or names a type that is not possible at this place.',
    message: "Subgraph 'NAME' returned invalid value 'X' for __typename field.",
    origin: 'subgraph',
    retryable: false,
    action: "Compare the subgraph's schema with what it answers.",
  },
  ERRORS_TRUNCATED: {
    meaning: 'There are more errors than `limits` allows; this last entry says how many there are in truth.',
    message: 'N of M errors are not shown.',
    origin: 'router',
    retryable: false,
    action: 'See the log for all of them, or raise `subgraph_error_propagation.limits`.',
  },
  GRAPHQL_PARSE_FAILED: {
    meaning: 'The document is not GraphQL.',
    message: 'Syntax Error: Expected Name, found "}".',
    origin: 'client',
    retryable: false,
    action: 'Fix the syntax at the location given.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    meaning: 'The document does not fit the schema, or exceeds a limit on documents.',
    message: 'Cannot query field "x" on type "Query".',
    origin: 'client',
    retryable: false,
    action: 'Fix the document at the location given.',
  },
  BAD_USER_INPUT: {
    meaning: 'A variable is missing or has a wrong value.',
    message: 'Variable "$id" of required type "ID!" was not provided.',
    origin: 'client',
    retryable: false,
    action: 'Send the variable with a value of its type.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    meaning: '`operationName` fits no operation of the document, or is missing although there are several.',
    message: 'Unknown operation named "X".',
    origin: 'client',
    retryable: false,
    action: 'Send the name of one of the operations.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    meaning: 'The router does not know the persisted query.',
    message: 'PersistedQueryNotFound',
    origin: 'client',
    retryable: false,
    action: 'Send the whole query along with its hash.',
  },
  BAD_REQUEST: {
    meaning: 'The HTTP request holds no well-formed GraphQL request.',
    message: 'The request has no query.',
    origin: 'client',
    retryable: false,
    action: 'Send a JSON object with `query`.',
  },
  REQUEST_TOO_LARGE: {
    meaning: 'The request body is larger than `max_request_body_size`.',
    message: 'The request body is larger than N bytes.',
    origin: 'client',
    retryable: false,
    action: 'Send less, or raise `traffic_shaping.router.max_request_body_size`.',
  },
  REQUEST_TIMEOUT: {
    meaning: 'The deadline of the whole request passed before execution began.',
    message: 'The request timed out.',
    origin: 'router',
    retryable: true,
    action: 'Try again later; the router is overloaded or `traffic_shaping.router.request_timeout` is short.',
  },
  METHOD_NOT_ALLOWED: {
    meaning: 'The HTTP method is not GET or POST, or a mutation was sent by GET.',
    message: 'Mutations can only be sent over HTTP POST',
    origin: 'client',
    retryable: false,
    action: 'Use a method that the `Allow` header names.',
  },
  NOT_ACCEPTABLE: {
    meaning: 'The `Accept` header allows no media type that the router can answer with.',
    message: 'The Accept header allows no media type that is offered.',
    origin: 'client',
    retryable: false,
    action: 'Accept `application/graphql-response+json` or `application/json`.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    meaning: 'The `Content-Type` of the request is not `application/json`.',
    message: 'The content type is not supported.',
    origin: 'client',
    retryable: false,
    action: 'Send `application/json`.',
  },
  UNSUPPORTED_OPERATION: {
    meaning: 'The request needs a feature that the router does not offer: a subscription, or a batch of operations in one request.',
    message: 'This router does not support subscription operations.',
    origin: 'client',
    retryable: false,
    action: 'Send one query or mutation per request.',
  },
  SERVICE_UNAVAILABLE: {
    meaning: 'The router is overloaded or still starting.',
    message: 'The router is not available.',
    origin: 'router',
    retryable: true,
    action: 'Try again after `Retry-After` seconds.',
  },
  QUERY_PLANNING_FAILED: {
    meaning: 'No plan could be made for a valid operation.',
    message: 'The operation could not be planned.',
    origin: 'router',
    retryable: false,
    action: 'A bug: report it with the operation. The log has the cause.',
  },
  INTERNAL_SERVER_ERROR: {
    meaning: 'A bug of the router. The log has the cause.',
    message: 'Internal server error',
    origin: 'router',
    retryable: false,
    action: 'Report it with what the log says.',
  },
};

const CODE_OF_FAILURE: Readonly<Record<Exclude<FailureKind, 'cancelled'>, FetchErrorCode>> = {
  unreachable: 'SUBGRAPH_UNREACHABLE',
  timeout: 'SUBGRAPH_TIMEOUT',
  interrupted: 'SUBGRAPH_CONNECTION_LOST',
  too_large: 'SUBGRAPH_RESPONSE_TOO_LARGE',
  circuit_open: 'SUBGRAPH_CIRCUIT_OPEN',
  rate_limited: 'RATE_LIMIT_EXCEEDED',
  empty: 'SUBGRAPH_EMPTY_RESPONSE',
  invalid_json: 'SUBGRAPH_INVALID_RESPONSE',
  not_graphql: 'SUBGRAPH_INVALID_RESPONSE',
  http_status: 'SUBGRAPH_HTTP_ERROR',
  entity_count: 'SUBGRAPH_INVALID_RESPONSE',
  malformed_errors: 'SUBGRAPH_INVALID_RESPONSE',
  merge_conflict: 'SUBGRAPH_INVALID_RESPONSE',
};

/** The code of a failed fetch. A cancelled one is shown to nobody; its code only ever stands in a log. */
export function failureCode(kind: FailureKind): FetchErrorCode {
  return kind === 'cancelled' ? 'SUBGRAPH_CONNECTION_LOST' : CODE_OF_FAILURE[kind];
}

const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** Whether trying again may help, by kind and status alone (error-layer.md section 4); the caller knows about mutations. */
export function isRetryable(kind: FailureKind, status: number | null): boolean {
  const { retryable } = CATALOGUE[failureCode(kind)];
  if (retryable !== 'status') return retryable;
  if (status === null) return false;
  const isServerError = status >= 500 && status <= 599;
  return isServerError || (kind === 'http_status' && RETRYABLE_STATUSES.has(status));
}
