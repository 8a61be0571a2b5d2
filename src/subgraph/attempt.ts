import type { TransportFailure } from '../errors/model.ts';
import type { Connection, ConnectionPool, PooledHandler } from './connection-pool.ts';
import { type Decoded, decodeBody, readCodings } from './content-encoding.ts';
import { followRedirect, type HttpTarget } from './redirect.ts';
import { findHeader } from './reply-headers.ts';
import type { HeaderLines } from './request-headers.ts';

export type AttemptFailure = Exclude<TransportFailure['failure'], 'circuit_open' | 'rate_limited'>;

export interface AttemptRequest {
  readonly pool: ConnectionPool;
  readonly target: HttpTarget;
  readonly headers: HeaderLines;
  readonly body: string;
  /** Whether it does no harm to send it again; false for mutations. */
  readonly repeatable: boolean;
  readonly maxBodyBytes: number;
  readonly redirects: 'error' | 'same_origin';
}

/** Told exactly once per attempt, possibly before `start` returns. */
export interface AttemptOwner {
  onAttemptEnd(attempt: Attempt): void;
  /** Whether the attempt's time is really up; when it is not, the number of milliseconds to wait for still. */
  remainingMs(): number;
}

/**
 * One HTTP exchange: a dispatch handler of undici's lower interface, which costs about a third less than `request`.
 *
 * The first thing that ends it (answer, error, deadline, cancellation) is its outcome; whatever undici reports later is ignored.
 * The public fields hold the outcome once the owner has been told.
 */
export class Attempt implements PooledHandler {
  /** Null when there is an answer. */
  failure: AttemptFailure | null = null;
  cause: unknown = null;
  status: number | null = null;
  rawHeaders: readonly Buffer[] = [];
  body = '';
  /** Whether the request was given to an established connection: the subgraph may have seen it. */
  connected = false;
  /** Whether a byte of a response arrived. */
  answered = false;
  /** Whether the connection had served an answer before. */
  reused = false;
  connection: Connection | null = null;

  readonly #request: AttemptRequest;
  readonly #owner: AttemptOwner;
  #target: HttpTarget;
  #settled = false;
  #waitingForConnection = false;
  #redirected = 0;
  #abort: ((reason: Error) => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #first: Buffer | null = null;
  #chunks: Buffer[] | null = null;
  #received = 0;

  constructor(request: AttemptRequest, owner: AttemptOwner) {
    this.#request = request;
    this.#owner = owner;
    this.#target = request.target;
  }

  start(): void {
    this.#arm(this.#owner.remainingMs());
    this.#dispatch();
  }

  /** Ends the attempt and its use of the connection. */
  cancel(failure: 'cancelled' | 'timeout'): void {
    this.#fail(failure, null);
  }

  #arm(ms: number): void {
    if (ms !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(expire, Math.min(ms, MAX_TIMER_MS), this);
  }

  /** The timer fired. It may be early: timers drop fractions, and a caller that came later may have more time. */
  onTimer(): void {
    const ms = this.#owner.remainingMs();
    if (ms > 0) this.#arm(ms);
    else this.#fail('timeout', null);
  }

  #dispatch(): void {
    this.#waitingForConnection = true;
    const { pool, headers, body, repeatable } = this.#request;
    const { method, path } = this.#target;
    pool.dispatch(
      method === 'POST'
        ? { method, path, headers, body, idempotent: repeatable, blocking: !repeatable }
        : // What follows a 303: without a body, so without its content type, the first of the headers.
          { method, path, headers: headers.slice(2), idempotent: repeatable, blocking: !repeatable },
      this,
    );
  }

  // undici calls this when the request is about to be written to an established connection, and once more when it has to
  // write it again because a request before it on the same connection was aborted (pipelining). Throwing drops the request
  // and leaves the connection alone.
  onConnect(abort: (reason?: Error) => void): void {
    if (this.#settled) throw new Error('the request is no longer wanted');
    if (!this.#waitingForConnection && !this.#request.repeatable) throw new Error('the connection was closed by another request');
    this.#waitingForConnection = false;
    this.#abort = abort;
    this.#forgetAnswer();
    this.connected = true;
    this.reused = (this.connection?.served ?? 0) > 0;
  }

  onResponseStarted(): void {
    this.answered = true;
  }

  onHeaders(status: number, rawHeaders: Buffer[]): boolean {
    if (this.#settled || status < 200) return true;
    this.answered = true;
    this.status = status;
    this.rawHeaders = rawHeaders;
    const length = findHeader(rawHeaders, 'content-length');
    if (length !== null && Number(length) > this.#request.maxBodyBytes) this.#fail('too_large', null);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#settled) return true;
    this.#received += chunk.length;
    // Encoded bytes count too: decoding hardly ever makes a body smaller.
    if (this.#received > this.#request.maxBodyBytes) this.#fail('too_large', null);
    else if (this.#first === null) this.#first = chunk;
    else if (this.#chunks === null) this.#chunks = [this.#first, chunk];
    else this.#chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    if (this.connection !== null) this.connection.served++;
    if (this.#settled) return;
    this.#abort = null;
    if (this.#isRedirected()) return;
    const body = this.#chunks === null ? (this.#first ?? NO_BYTES) : Buffer.concat(this.#chunks, this.#received);
    const codings = readCodings(findHeader(this.rawHeaders, 'content-encoding'));
    if (codings.length === 0) this.#succeed(body);
    else decodeBody(body, codings, this.#request.maxBodyBytes, (decoded) => this.#onDecoded(decoded));
  }

  onError(error: Error): void {
    if (this.#settled) return;
    this.#abort = null;
    // undici expects a body where 204 and 304 announce a length, though they never have one (RFC 9110 section 8.6).
    if ((this.status === 204 || this.status === 304) && hasCode(error, 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')) this.#succeed(NO_BYTES);
    else this.#fail(this.#failureOf(error), error);
  }

  #onDecoded(decoded: Decoded): void {
    if (this.#settled) return;
    if (decoded.ok) this.#succeed(decoded.value);
    else this.#fail(decoded.error.kind, decoded.error.cause);
  }

  /** error-layer.md section 4: no byte of an answer is `unreachable`, an answer that broke off is `interrupted`. */
  #failureOf(error: Error): AttemptFailure {
    if (hasCode(error, 'UND_ERR_HEADERS_OVERFLOW')) return 'too_large';
    return this.answered ? 'interrupted' : 'unreachable';
  }

  #isRedirected(): boolean {
    const status = this.status ?? 0;
    if (this.#request.redirects === 'error' || status < 300 || status > 399 || this.#redirected >= MAX_REDIRECTS) return false;
    const target = followRedirect(this.#target, status, findHeader(this.rawHeaders, 'location'));
    if (target === null) return false;
    this.#redirected++;
    this.#target = target;
    this.#forgetAnswer();
    this.#dispatch();
    return true;
  }

  #forgetAnswer(): void {
    this.answered = false;
    this.status = null;
    this.rawHeaders = [];
    this.#first = null;
    this.#chunks = null;
    this.#received = 0;
  }

  #succeed(body: Buffer): void {
    this.body = body.toString('utf8');
    this.#settle();
  }

  #fail(failure: AttemptFailure, cause: unknown): void {
    if (this.#settled) return;
    this.failure = failure;
    this.cause = cause;
    const abort = this.#abort;
    this.#settle();
    abort?.(new Error(`request ended: ${failure}`));
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#abort = null;
    this.#first = null;
    this.#chunks = null;
    this.#owner.onAttemptEnd(this);
  }
}

/** A longer chain is a loop; its last redirect is the answer. */
const MAX_REDIRECTS = 10;
/** Longer timers would fire at once; this one is simply set again. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const NO_BYTES = Buffer.alloc(0);

function expire(attempt: Attempt): void {
  attempt.onTimer();
}

function hasCode(error: Error, code: string): boolean {
  return 'code' in error && error.code === code;
}
