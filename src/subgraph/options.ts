import type { SubgraphObserver } from './observer.ts';

/** Everything the transport needs to know of one subgraph, resolved: `traffic_shaping`, `headers` and the routing URL (config.md). */
export interface SubgraphOptions {
  readonly name: string;
  readonly url: string;
  /** For one attempt, head and body; 0 for none. */
  readonly requestTimeoutMs: number;
  /** Of the decoded body. */
  readonly maxResponseBodyBytes: number;
  readonly redirects: 'error' | 'same_origin';
  readonly pool: PoolOptions;
  readonly retry: RetryOptions;
  readonly circuitBreaker: CircuitBreakerOptions;
  /** In order: the rules for all subgraphs, then the subgraph's own. */
  readonly requestHeaders: readonly RequestHeaderRule[];
}

export interface PoolOptions {
  readonly connections: number;
  /** Requests on one connection at a time; more than 1 only for servers that answer pipelined requests in order. */
  readonly pipelining: number;
  readonly keepAliveTimeoutMs: number;
  /** Offer HTTP/2 to TLS subgraphs. */
  readonly http2: boolean;
}

/** Queries only; a mutation is never sent twice. */
export interface RetryOptions {
  readonly enabled: boolean;
  /** Requests in all, the first included. */
  readonly maxAttempts: number;
  /** Pause before the second attempt; it doubles with each further one. */
  readonly intervalMs: number;
  /** The longest pause between two attempts. */
  readonly maxDurationMs: number;
  readonly statuses: readonly StatusRange[];
}

export interface CircuitBreakerOptions {
  readonly enabled: boolean;
  /** Attempts within the rolling window below which the breaker never opens. */
  readonly requestThreshold: number;
  /** 1 to 100. */
  readonly errorThresholdPercentage: number;
  /** How long an open breaker refuses before it lets one attempt through. */
  readonly sleepWindowMs: number;
  readonly rollingDurationMs: number;
  /** What counts as failed beside timeouts and connection failures. */
  readonly statuses: readonly StatusRange[];
}

/** Both ends belong to the range: `5xx` is 500 to 599, `503` is 503 to 503. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

export type HeaderSelection =
  | { readonly by: 'name'; readonly name: string }
  /** A regular expression tried on each header name, ignoring case; `negate` takes the names that it does not match. */
  | { readonly by: 'pattern'; readonly pattern: string; readonly negate: boolean };

export type RequestHeaderRule =
  | {
      readonly op: 'propagate';
      readonly select: HeaderSelection;
      readonly rename: string | null;
      /** Sent when the client did not send the header. */
      readonly default: string | null;
    }
  | { readonly op: 'set'; readonly name: string; readonly value: string };

export type ResponseHeaderRule =
  | {
      readonly op: 'propagate';
      readonly select: HeaderSelection;
      readonly rename: string | null;
      /** Used when no reply carried the header. */
      readonly default: string | null;
      readonly algorithm: 'first_write' | 'last_write' | 'append';
    }
  | { readonly op: 'set'; readonly name: string; readonly value: string };

export interface SenderOptions {
  readonly subgraphs: readonly SubgraphOptions[];
  /** Whether identical queries that are in flight at the same time share one request. */
  readonly singleFlight: boolean;
  readonly observer?: SubgraphObserver;
  /** How long `close` waits for open requests before it cuts them off. */
  readonly closeGraceMs?: number;
  /** Certificate authorities for `https` subgraphs, PEM, beside the system's own. */
  readonly certificateAuthorities?: readonly string[];
  /** For tests: milliseconds on the clock that deadlines are given in. */
  readonly now?: () => number;
  /** For tests: a number from 0 up to 1. */
  readonly random?: () => number;
}

/** Whether a status lies in one of the ranges. */
export function isInRanges(status: number, ranges: readonly StatusRange[]): boolean {
  for (const range of ranges) if (status >= range.from && status <= range.to) return true;
  return false;
}
