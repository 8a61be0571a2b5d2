/** Turns what an operation came to, or why it was refused, into the HTTP response. Pure; never throws. */
import type { PlacedError, RequestError } from '../errors/model.ts';
import { type AppliedPolicy, applyErrorPolicy, type PolicyFacts } from '../errors/policy/apply.ts';
import type { ClientError } from '../errors/policy/client-error.ts';
import { PUBLIC } from '../errors/policy/compile.ts';
import { cosmoRequestError } from '../errors/policy/cosmo-request.ts';
import { clientErrorsFrom } from '../errors/policy/request-errors.ts';
import type { ErrorProfile } from '../errors/profile.ts';
import { clampRetrySeconds, retryAfterSeconds } from '../errors/retry-after.ts';
import type { ExecutionOutcome } from '../execute/outcome.ts';
import { type JsonValue, printJson } from '../shared/json.ts';
import { errorDetails } from './error-details.ts';
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
  /** Ids by original error (`originalOf`), for the log. */
  readonly errorIds: ReadonlyMap<object, string>;
  /** For metrics. */
  readonly scrubbed: AppliedPolicy['scrubbed'];
  /** For metrics: errors that the operator's catalogue does not know. */
  readonly undeclared: AppliedPolicy['undeclared'];
}

const NO_STORE = 'no-store';
const COSMO_NO_STORE = 'no-store, no-cache, must-revalidate';
const PRIVATE_NO_STORE = 'private, no-store';
const NOTHING_NOTED = { errorIds: new Map<object, string>(), scrubbed: [], undeclared: [] };
/** What clients learn of a bug of ours; the log has more. */
export const BUG: RequestError = { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' };

/**
 * The response of an executed operation. `data` is JSON text already and is only copied into the body.
 *
 * Nothing in a subgraph's extensions has a say in the status or the headers.
 */
export function respond(outcome: ExecutionOutcome, policy: ResponsePolicy, facts: ResponseFacts): ExecutedResponse {
  const { profile } = policy.errors;
  const mediaType = mediaTypeOf(facts.mediaType, profile);
  if (outcome.bug !== null) return { ...bugResponse(mediaType, policy), ...NOTHING_NOTED };
  const applied = applyErrorPolicy(policy.errors, outcome.errors, facts, outcome.unlistedErrors);
  const hasErrors = applied.errors.length > 0;
  const details = hasErrors ? errorDetails(outcome.exchanges, policy.errors, facts.audience) : null;
  const own = details === null ? facts.extensions : new Map([...(facts.extensions ?? []), ...details]);
  const body = printBody(applied.errors, outcome.data ?? 'null', printExtensions(own, outcome.exchanges, policy.forwarding));
  const headers: Header[] = [['content-type', `${mediaType}; charset=utf-8`]];
  if (policy.completenessHeader !== null) headers.push([policy.completenessHeader.toLowerCase(), String(outcome.complete)]);
  pushCacheHeaders(headers, policy, facts.audience, storeRule(outcome.errors, profile));
  const noted = { errorIds: applied.ids, scrubbed: applied.scrubbed, undeclared: applied.undeclared };
  if (!hasErrors) return { status: 200, headers, body, ...noted };
  const [firstId] = applied.ids.values();
  if (firstId !== undefined) headers.push(['x-router-error-id', firstId]);
  const nothingDelivered = !outcome.delivered && outcome.exchanges.length > 0;
  const seconds = nothingDelivered ? longestRetryAfter(outcome) : 0;
  if (seconds > 0) headers.push(['retry-after', String(seconds)]);
  const relayed = nothingDelivered ? (applied.httpStatus ?? relayedStatus(outcome, policy, facts.audience)) : null;
  const result = { hasData: outcome.data !== null, hasErrors, nothingDelivered };
  return { status: relayed ?? executedStatus(result, mediaType, policy), headers, body, ...noted };
}

/** How an answer may be completed when a request was refused. */
export interface Refusal {
  readonly mediaType: ResponseMediaType;
  /** Methods for `Allow`, with 405. */
  readonly allow?: string;
  /** For 503. */
  readonly retryAfterSeconds?: number;
}

/** The response to a request that was not executed. The first error decides the status. */
export function respondToRequestErrors(errors: readonly RequestError[], refusal: Refusal, policy: ResponsePolicy): RouterResponse {
  const { profile } = policy.errors;
  const mediaType = mediaTypeOf(refusal.mediaType, profile);
  const first = errors[0] ?? BUG;
  const headers: Header[] = [['content-type', `${mediaType}; charset=utf-8`]];
  pushCacheHeaders(headers, policy, PUBLIC, profile === 'cosmo' ? COSMO_NO_STORE : NO_STORE);
  if (refusal.allow !== undefined) headers.push(['allow', refusal.allow]);
  if (refusal.retryAfterSeconds !== undefined) headers.push(['retry-after', String(clampRetrySeconds(refusal.retryAfterSeconds))]);
  const text = `{"errors":${printErrors(clientErrorsFrom(errors, profile))}`;
  const saysData = first.code === 'QUERY_PLANNING_FAILED' && profile !== 'cosmo';
  const body = saysData ? `${text},"data":null}` : `${text}}`;
  const translated = profile === 'cosmo' ? cosmoRequestError(first).status : null;
  return { status: translated ?? requestStatus(first.code, mediaType, policy.validationStatus), headers, body };
}

/** Cosmo knows one media type for answers. */
function mediaTypeOf(accepted: ResponseMediaType, profile: ErrorProfile): ResponseMediaType {
  return profile === 'cosmo' ? 'application/json' : accepted;
}

function bugResponse(mediaType: ResponseMediaType, policy: ResponsePolicy): RouterResponse {
  const { profile } = policy.errors;
  const headers: Header[] = [['content-type', `${mediaType}; charset=utf-8`]];
  pushCacheHeaders(headers, policy, PUBLIC, profile === 'cosmo' ? COSMO_NO_STORE : NO_STORE);
  return { status: 500, headers, body: printBody(clientErrorsFrom([BUG], profile), 'null', '') };
}

/** What an answer with these errors says to caches; null: nothing. Cosmo allows caching where only values were at fault. */
function storeRule(errors: readonly PlacedError[], profile: ErrorProfile): string | null {
  if (errors.length === 0) return null;
  if (profile !== 'cosmo') return NO_STORE;
  return errors.some((error) => error.kind !== 'value') ? COSMO_NO_STORE : null;
}

/** Who is shown more than the public gets an answer of their own; answers vary by the headers that decide it (section 7.3). */
function pushCacheHeaders(headers: Header[], { errors }: ResponsePolicy, audience: string, rule: string | null): void {
  const own = audience === PUBLIC ? rule : PRIVATE_NO_STORE;
  if (own !== null) headers.push(['cache-control', own]);
  if (errors.audienceHeaders.length > 0) headers.push(['vary', errors.audienceHeaders.join(', ')]);
}

/** `return_error_code`: the subgraph's status, when the operation needed exactly this one fetch and there is no data (section 7.2). */
function relayedStatus({ exchanges }: ExecutionOutcome, { errors }: ResponsePolicy, audience: string): number | null {
  const [only, second] = exchanges;
  if (only === undefined || second !== undefined || !errors.of(audience, only.subgraph).returnErrorCode) return null;
  const { status } = only.classified;
  return status !== null && status >= 400 && status <= 599 ? status : null;
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
