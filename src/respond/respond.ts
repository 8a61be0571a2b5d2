/** Turns what an operation came to, or why it was refused, into the HTTP response. Pure; never throws. */
import type { RequestError } from '../errors/model.ts';
import { applyErrorPolicy, type PolicyFacts } from '../errors/policy/apply.ts';
import type { ClientError } from '../errors/policy/client-error.ts';
import { clientErrorsFrom } from '../errors/policy/request-errors.ts';
import type { ErrorProfile } from '../errors/profile.ts';
import { clampRetrySeconds, retryAfterSeconds } from '../errors/retry-after.ts';
import type { ExecutionOutcome } from '../execute/outcome.ts';
import { type JsonValue, printJson } from '../shared/json.ts';
import { printExtensions } from './extensions.ts';
import type { ResponseMediaType, RouterResponse } from './model.ts';
import type { ResponsePolicy } from './policy.ts';
import { executedStatus, requestStatus } from './statuses.ts';

type Header = readonly [name: string, value: string];

/** What of the client's request the response depends on. */
export interface ResponseFacts extends PolicyFacts {
  readonly mediaType: ResponseMediaType;
  /** Response-level extensions of the router itself (query plan, trace), in their order; null for none. */
  readonly extensions: ReadonlyMap<string, JsonValue> | null;
}

export interface ExecutedResponse extends RouterResponse {
  /** Ids by original error, for the log. */
  readonly errorIds: ReadonlyMap<object, string>;
}

const NO_STORE: Header = ['cache-control', 'no-store'];
const COSMO_NO_STORE: Header = ['cache-control', 'no-store, no-cache, must-revalidate'];
const NO_IDS: ReadonlyMap<object, string> = new Map();
const BUG: RequestError = { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' };

/**
 * The response of an executed operation. `data` is JSON text already and is only copied into the body.
 *
 * Nothing in a subgraph's extensions has a say in the status or the headers.
 */
export function respond(outcome: ExecutionOutcome, policy: ResponsePolicy, facts: ResponseFacts): ExecutedResponse {
  const { profile } = policy.errors;
  const mediaType = mediaTypeOf(facts.mediaType, profile);
  if (outcome.bug !== null) return { ...bugResponse(mediaType, policy), errorIds: NO_IDS };
  const { errors, ids } = applyErrorPolicy(policy.errors, outcome.errors, facts);
  const extensions = printExtensions(facts.extensions, outcome.exchanges, policy.forwarding);
  const headers: Header[] = [contentType(mediaType)];
  if (policy.completenessHeader !== null) headers.push([policy.completenessHeader.toLowerCase(), String(outcome.complete)]);
  const nothingDelivered = errors.length > 0 && !outcome.delivered && outcome.exchanges.length > 0;
  if (errors.length > 0) pushErrorHeaders(headers, outcome, profile, nothingDelivered, ids);
  const result = { hasData: outcome.data !== null, hasErrors: errors.length > 0, nothingDelivered };
  const body = printBody(errors, outcome.data ?? 'null', extensions);
  return { status: executedStatus(result, mediaType, policy), headers, body, errorIds: ids };
}

/** How an answer may be completed when a request was refused. */
export interface Refusal {
  readonly mediaType: ResponseMediaType;
  /** Methods for `Allow`, with 405. */
  readonly allow?: string;
  /** For 503. */
  readonly retryAfterSeconds?: number;
}

/** The response to a request that was not executed. The first error's code decides the status. */
export function respondToRequestErrors(errors: readonly RequestError[], refusal: Refusal, policy: ResponsePolicy): RouterResponse {
  const { profile } = policy.errors;
  const mediaType = mediaTypeOf(refusal.mediaType, profile);
  const code = errors[0]?.code ?? 'INTERNAL_SERVER_ERROR';
  const headers: Header[] = [contentType(mediaType), profile === 'cosmo' ? COSMO_NO_STORE : NO_STORE];
  if (refusal.allow !== undefined) headers.push(['allow', refusal.allow]);
  if (refusal.retryAfterSeconds !== undefined) headers.push(['retry-after', String(clampRetrySeconds(refusal.retryAfterSeconds))]);
  const text = `{"errors":${printErrors(clientErrorsFrom(errors, profile))}`;
  const body = code === 'QUERY_PLANNING_FAILED' ? `${text},"data":null}` : `${text}}`;
  return { status: requestStatus(code, mediaType, policy.validationStatus), headers, body };
}

/** Cosmo knows one media type for answers. */
function mediaTypeOf(accepted: ResponseMediaType, profile: ErrorProfile): ResponseMediaType {
  return profile === 'cosmo' ? 'application/json' : accepted;
}

function contentType(mediaType: ResponseMediaType): Header {
  return ['content-type', `${mediaType}; charset=utf-8`];
}

function bugResponse(mediaType: ResponseMediaType, policy: ResponsePolicy): RouterResponse {
  const { profile } = policy.errors;
  const headers = [contentType(mediaType), profile === 'cosmo' ? COSMO_NO_STORE : NO_STORE];
  return { status: 500, headers, body: printBody(clientErrorsFrom([BUG], profile), 'null', '') };
}

function pushErrorHeaders(
  headers: Header[],
  outcome: ExecutionOutcome,
  profile: ErrorProfile,
  nothingDelivered: boolean,
  ids: ReadonlyMap<object, string>,
): void {
  // Cosmo allows caching where only the completion of values found fault.
  if (profile !== 'cosmo') headers.push(NO_STORE);
  else if (outcome.errors.some((error) => error.kind !== 'value')) headers.push(COSMO_NO_STORE);
  const [firstId] = ids.values();
  if (firstId !== undefined) headers.push(['x-router-error-id', firstId]);
  const seconds = nothingDelivered ? longestRetryAfter(outcome) : 0;
  if (seconds > 0) headers.push(['retry-after', String(seconds)]);
}

/** The longest wait that a subgraph asked for, in seconds; 0 when none did. */
function longestRetryAfter(outcome: ExecutionOutcome): number {
  let longest = 0;
  for (const { reply, classified } of outcome.exchanges) {
    const asked = classified.failure?.retryAfterSeconds ?? (reply.kind === 'response' ? retryAfterSeconds(reply) : reply.retryAfterSeconds);
    longest = Math.max(longest, asked ?? 0);
  }
  return longest;
}

function printBody(errors: readonly ClientError[], data: string, extensions: string): string {
  const head = errors.length === 0 ? '{' : `{"errors":${printErrors(errors)},`;
  return extensions === '' ? `${head}"data":${data}}` : `${head}"data":${data},"extensions":${extensions}}`;
}

function printErrors(errors: readonly ClientError[]): string {
  return printJson(errors);
}
