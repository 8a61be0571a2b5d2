/**
 * GraphQL over HTTP, as far as bytes and headers go: what the client accepts, and which parameters it sent.
 *
 * Pure, so that every way into the router shares one reading of a request.
 */
import { isUtf8 } from 'node:buffer';
import type { RequestError, RequestErrorCode } from '../errors/model.ts';
import { isDeeperThan, isJsonObject, type JsonObject, type JsonValue, ownProperty, parseJson } from '../shared/json.ts';
import { err, ok, type Result } from '../shared/result.ts';

/** The four parameters of GraphQL over HTTP, with the right types; absent and `null` are the same. */
export interface GraphqlParams {
  readonly query: string | null;
  readonly operationName: string | null;
  readonly variables: JsonObject | null;
  readonly extensions: JsonObject | null;
}

/** Why a request is answered without being executed. Its code decides the status (error-layer.md section 9). */
export interface RequestRefusal {
  readonly error: RequestError;
  /** Where HTTP is more precise than the code. */
  readonly status?: number;
  /** Methods, with 405. */
  readonly allow?: string;
  /** With 503. */
  readonly retryAfterSeconds?: number;
}

// Deeper values only serve to exhaust the stack of whoever walks them.
const MAX_VALUE_DEPTH = 200;

export function refusal(code: RequestErrorCode, message: string): RequestRefusal {
  return { error: { code, message } };
}

/** Whether a `content-type` names JSON in UTF-8, the only thing that a POST may carry. */
export function isJsonContentType(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true;
  if (contentType === undefined) return false;
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  return type.trim() === 'application/json' && hasUtf8Charset(parameters);
}

function hasUtf8Charset(parameters: readonly string[]): boolean {
  return parameters.every((parameter) => {
    const [name = '', value = ''] = parameter.split('=');
    return name.trim() !== 'charset' || /^\s*"?utf-?8"?\s*$/.test(value);
  });
}

/** Reads the parameters of a GET from its query string (without `?`). */
export function readGetParams(queryString: string): Result<GraphqlParams, RequestRefusal> {
  const search = new URLSearchParams(queryString);
  const params: Record<string, JsonValue> = {};
  for (const name of ['query', 'operationName']) {
    const text = search.get(name);
    if (text !== null && text !== '') params[name] = text;
  }
  for (const name of ['variables', 'extensions']) {
    const text = search.get(name);
    if (text === null || text === '') continue;
    const parsed = parseJson(text);
    if (!parsed.ok) return err(refusal('BAD_REQUEST', `The URL parameter '${name}' is not valid JSON.`));
    params[name] = parsed.value;
  }
  return checkParams(params);
}

/** Its status is that of any body which is no GraphQL request, whatever the client accepts. */
const BATCH: RequestRefusal = {
  ...refusal('UNSUPPORTED_OPERATION', 'Batched requests are not supported; send one operation per request.'),
  status: 400,
};

/** Reads the parameters of a POST from its decoded body. */
export function readPostParams(body: Buffer): Result<GraphqlParams, RequestRefusal> {
  if (body.length === 0) return err(refusal('BAD_REQUEST', 'The request body is empty; send a JSON object with a query.'));
  if (!isUtf8(body)) return err(refusal('BAD_REQUEST', 'The request body is not valid UTF-8.'));
  const parsed = parseJson(withoutByteOrderMark(body.toString('utf8')));
  if (!parsed.ok) return err(refusal('BAD_REQUEST', 'The request body is not valid JSON.'));
  if (Array.isArray(parsed.value)) return err(BATCH);
  if (!isJsonObject(parsed.value)) return err(refusal('BAD_REQUEST', 'The request body must be a JSON object.'));
  return checkParams(parsed.value);
}

function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function checkParams(params: JsonObject): Result<GraphqlParams, RequestRefusal> {
  const query = ownProperty(params, 'query') ?? null;
  if (query !== null && typeof query !== 'string') return wrongType('query', 'a string');
  const operationName = ownProperty(params, 'operationName') ?? null;
  if (operationName !== null && typeof operationName !== 'string') return wrongType('operationName', 'a string');
  const variables = ownProperty(params, 'variables') ?? null;
  if (variables !== null && !isJsonObject(variables)) return wrongType('variables', 'an object');
  const extensions = ownProperty(params, 'extensions') ?? null;
  if (extensions !== null && !isJsonObject(extensions)) return wrongType('extensions', 'an object');
  if (isTooDeep(variables) || isTooDeep(extensions))
    return err(refusal('BAD_REQUEST', `The request nests values deeper than ${MAX_VALUE_DEPTH} levels.`));
  return ok({ query, operationName, variables, extensions });
}

function isTooDeep(value: JsonObject | null): boolean {
  return value !== null && isDeeperThan(value, MAX_VALUE_DEPTH);
}

function wrongType(name: string, type: string): Result<never, RequestRefusal> {
  return err(refusal('BAD_REQUEST', `The request parameter '${name}' must be ${type}.`));
}
