/** The HTTP status of every situation, as one table (error-layer.md section 9). */
import type { RequestErrorCode } from '../errors/model.ts';
import type { ResponseMediaType } from './model.ts';

/** `validation`: the row of requests that are well-formed but do not parse or validate, which depends on the media type. */
const REQUEST_STATUSES: Readonly<Record<RequestErrorCode, number | 'validation'>> = {
  GRAPHQL_PARSE_FAILED: 'validation',
  GRAPHQL_VALIDATION_FAILED: 'validation',
  BAD_USER_INPUT: 'validation',
  OPERATION_RESOLUTION_FAILURE: 'validation',
  PERSISTED_QUERY_NOT_FOUND: 'validation',
  UNSUPPORTED_OPERATION: 'validation',
  BAD_REQUEST: 400,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  REQUEST_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  QUERY_PLANNING_FAILED: 500,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
  REQUEST_TIMEOUT: 504,
};

export type ValidationStatus = 'auto' | 200 | 400 | 422;

/** Status of a request that was not executed. */
export function requestStatus(code: RequestErrorCode, mediaType: ResponseMediaType, validationStatus: ValidationStatus): number {
  const status = REQUEST_STATUSES[code];
  if (status !== 'validation') return status;
  // GraphQL over HTTP reserves 2xx of its own media type for executed operations.
  if (mediaType === 'application/graphql-response+json') return validationStatus === 422 ? 422 : 400;
  return validationStatus === 'auto' ? 200 : validationStatus;
}

export interface ExecutedStatuses {
  readonly partialStatus: number;
  readonly allFailedStatus: number;
}

/** Status of an executed operation. `nothingDelivered`: a fetch failed and none returned usable data. */
export function executedStatus(
  result: { readonly hasData: boolean; readonly hasErrors: boolean; readonly nothingDelivered: boolean },
  mediaType: ResponseMediaType,
  statuses: ExecutedStatuses,
): number {
  if (result.nothingDelivered) return statuses.allFailedStatus;
  const isPartial = result.hasData && result.hasErrors && mediaType === 'application/graphql-response+json';
  return isPartial ? statuses.partialStatus : 200;
}
