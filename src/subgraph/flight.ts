import type { OperationType, SubgraphReply } from '../errors/model.ts';
import type { Cancellation, CancellationListener } from '../shared/cancellation.ts';
import type { TransientKey } from '../shared/transient-map.ts';
import { Attempt, type AttemptOwner, type AttemptRequest } from './attempt.ts';
import type { BreakerPermit, BreakerVerdict, CircuitBreaker } from './circuit-breaker.ts';
import type { RequestScope } from './port.ts';
import { failureFrom, replyFrom, unsent } from './reply.ts';

/** What a flight asks of the client that it belongs to. */
export interface FlightHome {
  /** For one attempt. */
  readonly requestTimeoutMs: number;
  readonly breaker: CircuitBreaker | null;
  now(): number;
  /** The pause before the request is sent again, or null when the reply is final. */
  retryDelayMs(flight: Flight, reply: SubgraphReply, attempt: Attempt): number | null;
  onRetry(reply: SubgraphReply, delayMs: number): void;
  verdictOn(reply: SubgraphReply): BreakerVerdict;
  /** The flight is over: nobody can join it any more. Called before anybody's `await` goes on. */
  onFlightEnd(flight: Flight, reply: SubgraphReply): void;
}

/**
 * One request to a subgraph with all of its attempts, and everybody who waits for its reply.
 *
 * A waiter leaves when its client goes away or its own deadline passes; the others do not notice. When the last one has
 * left, the exchange is aborted. Whoever stays gets the same reply object.
 */
export class Flight implements AttemptOwner {
  readonly operationType: OperationType;
  /** What identical queries share, or null for a request that is never shared. */
  readonly key: TransientKey | null;
  /** How many callers joined in all. */
  joined = 0;

  readonly #home: FlightHome;
  readonly #request: AttemptRequest;
  readonly #waiters: Waiter[] = [];
  readonly #startedAt: number;
  #attempt: Attempt | null = null;
  #attempts = 0;
  #attemptStartedAt = 0;
  #permit: BreakerPermit | null = null;
  /** Runs during the pause before the next attempt. */
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  /** The reply of the last attempt, while another one is to follow. */
  #last: SubgraphReply | null = null;
  #sent = false;
  #ended = false;
  /** The latest deadline of all waiters. */
  #deadline = 0;

  constructor(home: FlightHome, request: AttemptRequest, operationType: OperationType, key: TransientKey | null) {
    this.#home = home;
    this.#request = request;
    this.operationType = operationType;
    this.key = key;
    this.#startedAt = home.now();
  }

  /** Adds a caller; the first one sets the flight going with `start`. */
  join(scope: RequestScope): Promise<SubgraphReply> {
    this.joined++;
    return new Promise((resolve) => {
      const waiter = new Waiter(this, scope, resolve);
      const earlier = this.#deadline;
      this.#waiters.push(waiter);
      this.#deadline = Math.max(earlier, waiter.deadline);
      // As long as all waiters have one deadline, the attempt's own timer keeps it.
      if (this.#waiters.length > 1 && earlier !== waiter.deadline) {
        for (const each of this.#waiters) if (each.deadline < this.#deadline) each.arm(each.deadline - this.#home.now());
      }
    });
  }

  /** Requests made so far. */
  get attempts(): number {
    return this.#attempts;
  }

  remainingMs(): number {
    const { requestTimeoutMs } = this.#home;
    const own = requestTimeoutMs === 0 ? Number.POSITIVE_INFINITY : this.#attemptStartedAt + requestTimeoutMs;
    return Math.max(0, Math.min(own, this.#deadline) - this.#home.now());
  }

  onAttemptEnd(attempt: Attempt): void {
    this.#sent ||= attempt.connected;
    const reply = replyFrom(attempt, this.#attempts, this.#duration(), this.#sent);
    if (this.#permit !== null) this.#home.breaker?.report(this.#permit, this.#home.verdictOn(reply));
    const delayMs = this.#home.retryDelayMs(this, reply, attempt);
    // A pause that outlasts everybody's patience helps nobody: they get what is known now.
    if (delayMs === null || this.#home.now() + delayMs >= this.#deadline) {
      this.#end(reply);
      return;
    }
    this.#last = reply;
    this.#home.onRetry(reply, delayMs);
    this.#retryTimer = setTimeout(startNext, delayMs, this);
  }

  /** Gives one waiter its failure and lets it go; the exchange itself goes on while somebody else waits. */
  leave(waiter: Waiter, failure: 'cancelled' | 'timeout'): void {
    const at = this.#waiters.indexOf(waiter);
    if (at < 0) return;
    if (this.#waiters.length === 1) {
      this.#abandon(failure);
      return;
    }
    this.#waiters.splice(at, 1);
    waiter.settle(failureFrom(this.#attempt, failure, this.#attempts, this.#duration(), this.#sent));
  }

  /** Sends the request, for the first time or again. */
  start(): void {
    this.#retryTimer = null;
    this.#permit = this.#home.breaker?.acquire() ?? null;
    if (this.#permit === null && this.#home.breaker !== null) {
      // The breaker opened between two attempts: the reason why it did says more.
      this.#end(this.#last ?? unsent('circuit_open', null, this.#home.breaker.retryAfterSeconds()));
      return;
    }
    this.#attempts++;
    this.#attemptStartedAt = this.#home.now();
    this.#attempt = new Attempt(this.#request, this);
    this.#attempt.start();
  }

  /** The last waiter has left. */
  #abandon(failure: 'cancelled' | 'timeout'): void {
    this.#deadline = 0; // nobody is left to try again for
    if (this.#retryTimer === null) {
      this.#attempt?.cancel(failure);
      return;
    }
    clearTimeout(this.#retryTimer);
    this.#end(failureFrom(null, failure, this.#attempts, this.#duration(), this.#sent));
  }

  #duration(): number {
    return this.#home.now() - this.#startedAt;
  }

  #end(reply: SubgraphReply): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const waiter of this.#waiters) waiter.settle(reply);
    this.#home.onFlightEnd(this, reply);
  }
}

function startNext(flight: Flight): void {
  flight.start();
}

/** One caller of `send`: its promise, its client's signal and its deadline. */
class Waiter implements CancellationListener {
  readonly deadline: number;
  readonly #flight: Flight;
  readonly #signal: Cancellation;
  readonly #resolve: (reply: SubgraphReply) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(flight: Flight, scope: RequestScope, resolve: (reply: SubgraphReply) => void) {
    this.#flight = flight;
    this.#signal = scope.signal;
    this.#resolve = resolve;
    this.deadline = scope.deadline ?? Number.POSITIVE_INFINITY;
    this.#signal.add(this);
  }

  onAbort(): void {
    this.#flight.leave(this, 'cancelled');
  }

  arm(ms: number): void {
    this.#timer ??= setTimeout(expire, ms, this);
  }

  expire(): void {
    this.#flight.leave(this, 'timeout');
  }

  settle(reply: SubgraphReply): void {
    clearTimeout(this.#timer);
    this.#signal.remove(this);
    this.#resolve(reply);
  }
}

function expire(waiter: Waiter): void {
  waiter.expire();
}
