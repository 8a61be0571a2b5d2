import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { RequestError, RequestErrorCode } from '../model.ts';
import type { ErrorProfile } from '../profile.ts';
import { approve, type ClientError } from './client-error.ts';
import { cosmoRequestError } from './cosmo-request.ts';

/** Codes that Cosmo shows too; its other request errors have none (cosmo-reference.md 6.4). */
const COSMO_CODES: ReadonlySet<RequestErrorCode> = new Set(['PERSISTED_QUERY_NOT_FOUND']);

/** What clients read of errors in their own request: no subgraph is behind them, so nothing is hidden (error-layer.md section 2). */
export function clientErrorsFrom(errors: readonly RequestError[], profile: ErrorProfile): readonly ClientError[] {
  return errors.map((error) => approve(profile === 'cosmo' ? cosmoError(error) : ownError(error)));
}

function ownError(error: RequestError): JsonObject {
  const { message, locations, code } = error;
  return { message, ...printLocations(locations), extensions: { code } };
}

/** Cosmo gives locations for syntax errors, and a path for validation errors. */
function cosmoError(error: RequestError): JsonObject {
  const out: Record<string, JsonValue> = { message: cosmoRequestError(error).message };
  if (error.code === 'GRAPHQL_PARSE_FAILED') Object.assign(out, printLocations(error.locations));
  if (error.path !== undefined) out['path'] = error.path;
  if (COSMO_CODES.has(error.code)) out['extensions'] = { code: error.code };
  return out;
}

function printLocations(locations: RequestError['locations']): JsonObject {
  if (locations === undefined || locations.length === 0) return {};
  return { locations: locations.map(({ line, column }) => ({ line, column })) };
}
