import { unescape } from 'node:querystring';
import type { SubgraphReply } from '../errors/model.ts';
import type { AttemptRequest } from './attempt.ts';
import { ConnectionPool } from './connection-pool.ts';
import { Flight, type FlightHome } from './flight.ts';
import type { SenderOptions, SubgraphOptions } from './options.ts';
import type { RequestScope, SubgraphRequest } from './port.ts';
import { type HttpTarget, targetOf } from './redirect.ts';
import { unsent } from './reply.ts';
import { compileHeaderRules, type HeaderLines, headersKey, type RequestHeaders } from './request-headers.ts';

/** Everything that belongs to one subgraph: its connections, its header rules, its open requests. */
export class SubgraphClient implements FlightHome {
  readonly requestTimeoutMs: number;
  readonly now: () => number;
  readonly #options: SubgraphOptions;
  readonly #sender: SenderOptions;
  readonly #headers: RequestHeaders;
  readonly #target: HttpTarget | null;
  readonly #pool: ConnectionPool | null;
  readonly #shared = new Map<string, Flight>();
  #open = 0;
  #onIdle: (() => void) | null = null;

  constructor(options: SubgraphOptions, sender: SenderOptions) {
    this.#options = options;
    this.#sender = sender;
    this.requestTimeoutMs = options.requestTimeoutMs;
    this.now = sender.now ?? (() => performance.now());
    this.#headers = compileHeaderRules([...credentialsOf(options.url), ...options.requestHeaders]);
    this.#target = targetOf(options.url);
    this.#pool = this.#target === null ? null : new ConnectionPool(this.#target.origin, options.pool, sender.certificateAuthorities);
  }

  send(request: SubgraphRequest, scope: RequestScope): Promise<SubgraphReply> {
    if (scope.signal.aborted) return Promise.resolve(unsent('cancelled', null));
    if (scope.deadline !== null && scope.deadline <= this.now()) return Promise.resolve(unsent('timeout', null));
    if (this.#target === null || this.#pool === null) return Promise.resolve(unsent('unreachable', new Error('invalid routing URL')));
    const headers = this.#headers(scope);
    const isQuery = request.operationType === 'query';
    const key = isQuery && this.#sender.singleFlight ? flightKey(request.body, headers) : null;
    const shared = key === null ? undefined : this.#shared.get(key);
    if (shared !== undefined) return shared.join(scope);
    return this.#launch(request, scope, key, {
      pool: this.#pool,
      target: this.#target,
      headers,
      body: request.body,
      repeatable: isQuery,
      maxBodyBytes: this.#options.maxResponseBodyBytes,
      redirects: this.#options.redirects,
    });
  }

  onFlightEnd(flight: Flight, reply: SubgraphReply): void {
    if (flight.key !== null) this.#shared.delete(flight.key);
    this.#sender.observer?.onExchange?.({
      subgraph: this.#options.name,
      operationType: flight.operationType,
      reply,
      shared: flight.joined - 1,
    });
    this.#open--;
    if (this.#open === 0) this.#onIdle?.();
  }

  /** Resolves when no request is open and the sockets are closed; after `graceMs` open requests are cut off. */
  async close(graceMs: number): Promise<void> {
    await this.#whenIdle(graceMs);
    await this.#pool?.destroy();
  }

  #launch(request: SubgraphRequest, scope: RequestScope, key: string | null, attempt: AttemptRequest): Promise<SubgraphReply> {
    this.#open++;
    const flight = new Flight(this, attempt, request.operationType, key);
    if (key !== null) this.#shared.set(key, flight);
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

function flightKey(body: string, headers: HeaderLines): string {
  const prefix = headersKey(headers);
  return prefix === '' ? body : `${prefix}\n${body}`;
}

/** A user name and password in the routing URL are sent as basic authentication, as other HTTP clients do. */
function credentialsOf(url: string): SubgraphOptions['requestHeaders'] {
  if (!URL.canParse(url)) return [];
  const { username, password } = new URL(url);
  if (username === '' && password === '') return [];
  const token = Buffer.from(`${unescape(username)}:${unescape(password)}`).toString('base64');
  return [{ op: 'set', name: 'authorization', value: `Basic ${token}` }];
}
