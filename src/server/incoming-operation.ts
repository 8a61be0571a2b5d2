/** From an HTTP request to the GraphQL request in it. */
import type { IncomingMessage } from 'node:http';
import type { GraphqlRequest } from '../respond/model.ts';
import { unreachable } from '../shared/assert.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { negotiateMediaType } from './accept.ts';
import type { Exchange } from './exchange.ts';
import { type GraphqlParams, isJsonContentType, type RequestRefusal, readGetParams, readPostParams, refusal } from './graphql-request.ts';
import { type BodyProblem, readBody } from './request-body.ts';
import type { GraphqlService, ServerState } from './service.ts';

/** Read, and ready to be executed. */
export interface IncomingOperation {
  readonly service: GraphqlService;
  readonly request: Omit<GraphqlRequest, 'signal'>;
  /** `performance.now()` at which the answer must be there. */
  readonly deadline: number;
}

export const ALLOWED_METHODS = 'GET, HEAD, POST, OPTIONS';

/** Reads a request with its body. `concurrent`: how many are open, this one included. */
export async function readOperation(
  { request, requestId, queryString, startedAt }: Exchange,
  state: ServerState,
  concurrent: number,
): Promise<Result<IncomingOperation, RequestRefusal>> {
  const { settings, service } = state;
  const method = request.method === 'POST' ? 'POST' : request.method === 'GET' || request.method === 'HEAD' ? 'GET' : null;
  if (method === null) return err(methodNotAllowed());
  const mediaType = negotiateMediaType(request.headers.accept);
  if (mediaType === null) return err(refusal('NOT_ACCEPTABLE', 'Accept application/json or application/graphql-response+json.'));
  if (service === null) return err(unavailable('The router is starting.'));
  if (settings.maxConcurrentRequests > 0 && concurrent > settings.maxConcurrentRequests)
    return err(unavailable('The router is at its limit of concurrent requests.'));
  const deadline = startedAt + settings.requestTimeoutMs;
  const params = method === 'GET' ? readGetParams(queryString) : await readPost(request, state, deadline);
  if (!params.ok) return params;
  const remoteAddress = request.socket.remoteAddress ?? '';
  const { headers } = request;
  return ok({ service, request: { method, ...params.value, headers, mediaType, requestId, remoteAddress, queryString }, deadline });
}

async function readPost(
  request: IncomingMessage,
  { settings }: ServerState,
  deadline: number,
): Promise<Result<GraphqlParams, RequestRefusal>> {
  if (!isJsonContentType(request.headers['content-type']))
    return err(refusal('UNSUPPORTED_MEDIA_TYPE', 'Send the request with content-type: application/json, in UTF-8.'));
  const body = await readBody(request, { maxBytes: settings.maxBodyBytes, timeoutMs: deadline - performance.now() });
  return body.ok ? readPostParams(body.value) : err(bodyRefusal(body.error, settings.maxBodyBytes));
}

function bodyRefusal(problem: BodyProblem, maxBytes: number): RequestRefusal {
  switch (problem) {
    case 'too_large':
      return refusal('REQUEST_TOO_LARGE', `The request body is larger than ${maxBytes} bytes.`);
    case 'timeout':
      return { ...refusal('REQUEST_TIMEOUT', 'The request body did not arrive in time.'), status: 408 };
    case 'unsupported_encoding':
      return refusal('UNSUPPORTED_MEDIA_TYPE', 'Send the request body with content-encoding gzip, deflate or br, or without one.');
    case 'undecodable':
      return refusal('BAD_REQUEST', 'The request body does not match its content-encoding.');
    case 'malformed':
      return refusal('BAD_REQUEST', 'The request body is not valid HTTP.');
    case 'client_gone':
      return refusal('BAD_REQUEST', 'The request body ended early.');
    default:
      return unreachable(problem);
  }
}

/** Whatever is wrong with the method of a request, these are the ones to use. */
export function methodNotAllowed(): RequestRefusal {
  return { ...refusal('METHOD_NOT_ALLOWED', 'Use GET or POST.'), allow: ALLOWED_METHODS };
}

function unavailable(message: string): RequestRefusal {
  return { ...refusal('SERVICE_UNAVAILABLE', message), retryAfterSeconds: 1 };
}
