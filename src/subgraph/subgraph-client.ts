import { unescape } from 'node:querystring';
import type { SubgraphReply } from '../errors/model.ts';
import { type TransientKey, TransientMap, transientKey } from '../shared/transient-map.ts';
import type { Attempt, AttemptRequest } from './attempt.ts';
import { type BreakerVerdict, CircuitBreaker } from './circuit-breaker.ts';
import { ConnectionPool } from './connection-pool.ts';
import { Flight, type FlightHome } from './flight.ts';
import type { SenderOptions, SubgraphOptions } from './options.ts';
import type { RequestScope, SubgraphRequest } from './port.ts';
import { type HttpTarget, targetOf } from './redirect.ts';
import { unsent } from './reply.ts';
import { compileHeaderRules, headersKey, type RequestHeaders, replaceHeaders } from './request-headers.ts';
import { retryDelayMs } from './retry.ts';
import { isInRanges } from './status-range.ts';

/** Everything that belongs to one subgraph: its connections, its header rules, its open requests. */
export class SubgraphClient implements FlightHome {
  readonly requestTimeoutMs: number;
  readonly breaker: CircuitBreaker | null;
  readonly now: () => number;
  readonly #options: SubgraphOptions;
  readonly #sender: SenderOptions;
  readonly #headers: RequestHeaders;
  readonly #target: HttpTarget | null;
  readonly #pool: ConnectionPool | null;
  readonly #shared = new TransientMap<Flight>();
  readonly #random: () => number;
  readonly #sharesFlights: boolean;
  #open = 0;
  #onIdle: (() => void) | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: SubgraphOptions, sender: SenderOptions) {
    this.#options = options;
    this.#sender = sender;
    this.requestTimeoutMs = options.traffic.requestTimeoutMs;
    this.now = sender.now ?? (() => performance.now());
    this.#random = sender.random ?? Math.random;
    this.#sharesFlights = sender.singleFlight && options.shareable;
    this.breaker = this.#createBreaker();
    this.#headers = compileHeaderRules([...credentialsOf(options.url), ...options.requestHeaders]);
    this.#target = targetOf(options.url);
    this.#pool = this.#target === null ? null : new ConnectionPool(this.#target.origin, options.traffic, sender.certificateAuthorities);
  }

  send(request: SubgraphRequest, scope: RequestScope): Promise<SubgraphReply> {
    if (scope.signal.aborted) return Promise.resolve(unsent('cancelled', null));
    if (scope.deadline !== null && scope.deadline <= this.now()) return Promise.resolve(unsent('timeout', null));
    if (this.#target === null || this.#pool === null) return Promise.resolve(unsent('unreachable', new Error('invalid routing URL')));
    const headers = this.#headers(scope);
    const isQuery = request.operationType === 'query';
    const key = isQuery && this.#sharesFlights ? transientKey(headersKey(headers), request.body) : null;
    const shared = key === null ? undefined : this.#shared.get(key);
    if (shared !== undefined) return shared.join(scope);
    return this.#launch(request, scope, key, {
      pool: this.#pool,
      target: this.#target,
      headers: request.traceHeaders === undefined ? headers : replaceHeaders(headers, request.traceHeaders),
      body: request.body,
      repeatable: isQuery,
      maxBodyBytes: this.#options.traffic.maxResponseBodySizeBytes,
      redirects: this.#options.traffic.redirects,
    });
  }

  retryDelayMs(flight: Flight, reply: SubgraphReply, attempt: Attempt): number | null {
    if (flight.operationType !== 'query') return null;
    return retryDelayMs(this.#options.traffic.retry, reply, {
      attempts: flight.attempts,
      elapsedMs: reply.durationMs,
      stale: attempt.reused && !attempt.answered && attempt.failure === 'unreachable',
      random: this.#random,
    });
  }

  onRetry(reply: SubgraphReply, delayMs: number): void {
    this.#sender.observer?.onRetry?.({
      subgraph: this.#options.name,
      attempt: reply.attempts,
      reason: reply.kind === 'failure' ? reply.failure : reply.status,
      delayMs,
    });
  }

  /** Timeouts, connection failures and the configured statuses are failures; GraphQL errors never are, whatever they say. */
  verdictOn(reply: SubgraphReply): BreakerVerdict {
    if (reply.kind === 'response') return isInRanges(reply.status, this.#options.traffic.circuitBreaker.statuses) ? 'failure' : 'success';
    if (reply.failure === 'cancelled') return 'neutral';
    return reply.failure === 'too_large' ? 'success' : 'failure';
  }

  onFlightEnd(flight: Flight, reply: SubgraphReply): void {
    if (flight.key !== null) this.#shared.delete(flight.key, flight);
    this.#open--;
    if (this.#open === 0) this.#onIdle?.();
    this.#sender.observer?.onExchange?.({
      subgraph: this.#options.name,
      operationType: flight.operationType,
      reply,
      shared: flight.joined - 1,
    });
  }

  /** Resolves when no request is open and the sockets are closed; after `graceMs` open requests are cut off. */
  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#closeWithin(graceMs);
    return this.#closing;
  }

  async #closeWithin(graceMs: number): Promise<void> {
    await this.#whenIdle(graceMs);
    await this.#pool?.destroy();
  }

  #createBreaker(): CircuitBreaker | null {
    const { circuitBreaker } = this.#options.traffic;
    if (!circuitBreaker.enabled) return null;
    const subgraph = this.#options.name;
    return new CircuitBreaker(circuitBreaker, this.now, (state) => this.#sender.observer?.onBreakerChange?.({ subgraph, state }));
  }

  #launch(request: SubgraphRequest, scope: RequestScope, key: TransientKey | null, attempt: AttemptRequest): Promise<SubgraphReply> {
    this.#open++;
    const flight = new Flight(this, attempt, request.operationType, key);
    if (key !== null) this.#shared.add(key, flight);
    const reply = flight.join(scope);
    flight.start();
    return reply;
  }

  #whenIdle(graceMs: number): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A user name and password in the routing URL are sent as basic authentication, as other HTTP clients do. */
function credentialsOf(url: string): SubgraphOptions['requestHeaders'] {
  if (!URL.canParse(url)) return [];
  const { username, password } = new URL(url);
  if (username === '' && password === '') return [];
  const token = Buffer.from(`${unescape(username)}:${unescape(password)}`).toString('base64');
  return [{ op: 'set', name: 'authorization', value: `Basic ${token}` }];
}
