/** `traffic_shaping`: deadlines, sizes, retries, breakers and pools; subgraphs inherit key by key. */
import * as z from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import {
  bytes,
  count,
  duration,
  listOrOne,
  named,
  openSection,
  parsedText,
  positiveDuration,
  type StatusRange,
  section,
  statusRange,
} from '../fields.ts';

const DEFAULT_EXPRESSION = 'IsRetryableStatusCode() || IsConnectionError() || IsTimeout()';
const EXPRESSION_EXPECTED = `expected "true" or "${DEFAULT_EXPRESSION}"; other expressions are a Cosmo feature that Candor does not have, see statuses`;

function parseExpression(text: string): Result<'default' | 'always', string> {
  if (text === 'true') return ok('always');
  return text.replace(/\s+/g, ' ').trim() === DEFAULT_EXPRESSION ? ok('default') : err(EXPRESSION_EXPECTED);
}

// Shared by `all` and each subgraph, so without defaults: a subgraph's block must not undo what `all` says.
const subgraphShape = {
  request_timeout: positiveDuration().describe('How long one attempt may take, from connecting to the last byte.'),
  dial_timeout: positiveDuration().describe('How long connecting may take.'),
  max_response_body_size: bytes().describe('Largest body that is read, after decompression.'),
  retry: openSection({
    enabled: z.boolean().describe('Send a failed query again. Mutations are never sent again.'),
    algorithm: z.literal('backoff_jitter').describe('How long the pauses are: random, up to a limit that doubles each time.'),
    max_attempts: count(0).describe('How often a query is sent again at most.'),
    interval: duration().describe('The longest that the first pause can be.'),
    max_duration: duration().describe(
      'How late an attempt may begin: no pause is made that would end later than this after the first attempt began, whatever `Retry-After` asks for. The last attempt still has its `request_timeout`. A subgraph that refuses connections holds a client so long at most, and an attempt that takes longer is not repeated.',
    ),
    statuses: listOrOne(statusRange()).describe('HTTP statuses to retry on, besides connection failures and timeouts.'),
    expression: parsedText(parseExpression, EXPRESSION_EXPECTED, { defaultText: DEFAULT_EXPRESSION }).describe(
      `Cosmo's condition: \`${DEFAULT_EXPRESSION}\`, or \`"true"\` for every failure.`,
    ),
  }).describe('Retries of queries, on connection failures, timeouts and the given statuses.'),
  circuit_breaker: openSection({
    enabled: z.boolean().describe('Stop asking a subgraph that keeps failing.'),
    request_threshold: count(1).describe('Requests in the window before the breaker may open.'),
    error_threshold_percentage: count(1).max(100).describe('Share of failures at which it opens.'),
    sleep_window: positiveDuration().describe('How long it stays open before one request may try.'),
    rolling_duration: positiveDuration().describe('The window that requests are counted in.'),
    statuses: listOrOne(statusRange()).describe('HTTP statuses that count as failures, besides connection failures and timeouts.'),
  }).describe(
    "A subgraph's circuit breaker. Exposure settings never change what it counts. Each process of a cluster has its own, which counts its own requests and asks on its own whether the subgraph is back.",
  ),
  redirects: z
    .enum(['error', 'same_origin'])
    .describe('`error`: a redirect is a failure. `same_origin`: followed when it stays on the same scheme, host and port.'),
  pool: openSection({
    connections: count(1).describe('Connections to one subgraph at most.'),
    pipelining: count(1).describe('Requests in flight on one HTTP/1.1 connection.'),
    keep_alive_timeout: positiveDuration().describe('How long an idle connection is kept.'),
    http2: z.boolean().describe('Offer HTTP/2 to subgraphs with TLS.'),
  }).describe('Connections to subgraphs.'),
};

const subgraphSettings = openSection(subgraphShape);

type Settings = z.output<typeof subgraphSettings>;

/** Every key, and every key of the sections inside, present. */
type Complete<T> = { readonly [K in keyof T]-?: CompleteValue<Exclude<T[K], undefined>> };

type CompleteValue<T> = T extends readonly unknown[] ? Readonly<T> : T extends object ? Complete<T> : T;

/** How requests to one subgraph are made. */
export type SubgraphTraffic = Complete<Settings>;

const DEFAULTS: SubgraphTraffic = {
  requestTimeoutMs: 60_000,
  dialTimeoutMs: 30_000,
  maxResponseBodySizeBytes: 50_000_000,
  retry: {
    enabled: true,
    algorithm: 'backoff_jitter',
    maxAttempts: 5,
    intervalMs: 3000,
    maxDurationMs: 10_000,
    statuses: [500, 502, 503, 504].map((status): StatusRange => ({ from: status, to: status })),
    expression: 'default',
  },
  circuitBreaker: {
    enabled: false,
    requestThreshold: 20,
    errorThresholdPercentage: 50,
    sleepWindowMs: 5000,
    rollingDurationMs: 10_000,
    statuses: [{ from: 500, to: 599 }],
  },
  redirects: 'error',
  pool: { connections: 128, pipelining: 1, keepAliveTimeoutMs: 30_000, http2: false },
};

/** Fills what `settings` leaves open from `base`, key by key, also within retry, circuit_breaker and pool. */
function inherit(settings: Settings, base: SubgraphTraffic): SubgraphTraffic {
  return {
    requestTimeoutMs: settings.requestTimeoutMs ?? base.requestTimeoutMs,
    dialTimeoutMs: settings.dialTimeoutMs ?? base.dialTimeoutMs,
    maxResponseBodySizeBytes: settings.maxResponseBodySizeBytes ?? base.maxResponseBodySizeBytes,
    retry: filled(base.retry, settings.retry),
    circuitBreaker: filled(base.circuitBreaker, settings.circuitBreaker),
    redirects: settings.redirects ?? base.redirects,
    pool: filled(base.pool, settings.pool),
  };
}

function filled<T extends object>(base: T, settings: object | undefined): T {
  // The schema leaves a key out that is not set, so spreading never writes undefined over a base value.
  return { ...base, ...settings };
}

export interface TrafficShaping {
  readonly router: {
    readonly maxRequestBodySizeBytes: number;
    readonly requestTimeoutMs: number;
    /** 0 for no cap. */
    readonly maxConcurrentRequests: number;
  };
  /** For subgraphs that have no block of their own. */
  readonly all: SubgraphTraffic;
  readonly subgraphs: ReadonlyMap<string, SubgraphTraffic>;
}

export const trafficShapingKeys = {
  traffic_shaping: section({
    router: section({
      max_request_body_size: bytes().prefault('5MB').describe('Largest request body that is read.'),
      request_timeout: positiveDuration().prefault('65s').describe('How long the whole request may take.'),
      max_concurrent_requests: count(0)
        .default(0)
        .describe(
          'Requests at a time; more are refused with 503. 0: no cap. Counted in each process: `cluster.workers: 4` lets four times as many in.',
        ),
    })
      .prefault({})
      .describe('Requests of clients.'),
    all: subgraphSettings.prefault({}).describe('Requests to every subgraph.'),
    subgraphs: named(subgraphSettings).prefault({}).describe('By subgraph name; what is left out is inherited from `all`, key by key.'),
  })
    .transform(({ router, all, subgraphs }): TrafficShaping => {
      const base = inherit(all, DEFAULTS);
      return { router, all: base, subgraphs: new Map([...subgraphs].map(([name, own]) => [name, inherit(own, base)])) };
    })
    .prefault({})
    .describe('Deadlines, sizes, retries, circuit breakers and connection pools.'),
};
