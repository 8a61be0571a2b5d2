import type { HttpReply, TransportFailure } from '../errors/model.ts';
import type { Attempt, AttemptFailure } from './attempt.ts';
import { readHeaders } from './reply-headers.ts';

/**
 * An answer whose headers become text when somebody asks: nobody does for most answers, and it would cost about as much as all else here.
 * `headers` is no own property, so a copy by spreading would lack it.
 */
class Answer implements HttpReply {
  readonly kind = 'response';
  readonly status: number;
  readonly body: string;
  readonly attempts: number;
  readonly durationMs: number;
  readonly #rawHeaders: readonly Buffer[];
  #headers: HttpReply['headers'] | null = null;

  constructor(attempt: Attempt, attempts: number, durationMs: number) {
    // An attempt without failure has seen a response head.
    this.status = attempt.status ?? 0;
    this.body = attempt.body;
    this.attempts = attempts;
    this.durationMs = durationMs;
    this.#rawHeaders = attempt.rawHeaders;
  }

  get headers(): HttpReply['headers'] {
    this.#headers ??= readHeaders(this.#rawHeaders);
    return this.#headers;
  }
}

/** The reply that an ended attempt amounts to. */
export function replyFrom(attempt: Attempt, attempts: number, durationMs: number, sent: boolean): HttpReply | TransportFailure {
  if (attempt.failure !== null) return failureFrom(attempt, attempt.failure, attempts, durationMs, sent);
  return new Answer(attempt, attempts, durationMs);
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
