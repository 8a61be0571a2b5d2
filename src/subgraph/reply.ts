import type { HttpReply, TransportFailure } from '../errors/model.ts';
import type { Attempt, AttemptFailure } from './attempt.ts';
import { readHeaders } from './reply-headers.ts';

/** The reply that an ended attempt amounts to. */
export function replyFrom(attempt: Attempt, attempts: number, durationMs: number, sent: boolean): HttpReply | TransportFailure {
  if (attempt.failure !== null) return failureFrom(attempt, attempt.failure, attempts, durationMs, sent);
  return {
    kind: 'response',
    // An attempt without failure has seen a response head.
    status: attempt.status ?? 0,
    headers: readHeaders(attempt.rawHeaders),
    body: attempt.body,
    attempts,
    durationMs,
  };
}

/** A failure at the present state of an attempt, or before there was one; `sent` tells of earlier attempts. */
export function failureFrom(
  attempt: Attempt | null,
  failure: AttemptFailure,
  attempts: number,
  durationMs: number,
  sent: boolean,
): TransportFailure {
  return {
    kind: 'failure',
    failure,
    status: attempt?.status ?? null,
    sent: sent || (attempt?.connected ?? false),
    retryAfterSeconds: null,
    cause: attempt?.cause ?? null,
    attempts,
    durationMs,
  };
}

/** A failure without any attempt: nothing was sent. */
export function unsent(failure: TransportFailure['failure'], cause: unknown, retryAfterSeconds: number | null = null): TransportFailure {
  return { kind: 'failure', failure, status: null, sent: false, retryAfterSeconds, cause, attempts: 0, durationMs: 0 };
}
