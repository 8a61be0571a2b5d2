import type { RequestHeaderRule } from '../../src/config/keys/headers.ts';
import type { SubgraphTraffic } from '../../src/config/keys/traffic-shaping.ts';
import type { SenderOptions, SubgraphOptions } from '../../src/subgraph/options.ts';
import type { RequestScope, SubgraphRequest } from '../../src/subgraph/port.ts';

/** What a test changes; sections key by key. */
export interface TrafficChanges extends Partial<Omit<SubgraphTraffic, 'retry' | 'circuitBreaker' | 'pool'>> {
  readonly retry?: Partial<SubgraphTraffic['retry']>;
  readonly circuitBreaker?: Partial<SubgraphTraffic['circuitBreaker']>;
  readonly pool?: Partial<SubgraphTraffic['pool']>;
}

/** Every kind of traffic shaping off. */
const TRAFFIC: SubgraphTraffic = {
  requestTimeoutMs: 5000,
  dialTimeoutMs: 5000,
  maxResponseBodySizeBytes: 1_000_000,
  redirects: 'error',
  pool: { connections: 8, pipelining: 1, keepAliveTimeoutMs: 30_000, http2: false },
  retry: {
    enabled: false,
    algorithm: 'backoff_jitter',
    maxAttempts: 2,
    intervalMs: 1,
    maxDurationMs: 5,
    statuses: [{ from: 502, to: 504 }],
    expression: 'default',
  },
  circuitBreaker: {
    enabled: false,
    requestThreshold: 4,
    errorThresholdPercentage: 50,
    sleepWindowMs: 1000,
    rollingDurationMs: 10_000,
    statuses: [{ from: 500, to: 599 }],
  },
};

export function trafficOf(changes: TrafficChanges = {}): SubgraphTraffic {
  return {
    ...TRAFFIC,
    ...changes,
    retry: { ...TRAFFIC.retry, ...changes.retry },
    circuitBreaker: { ...TRAFFIC.circuitBreaker, ...changes.circuitBreaker },
    pool: { ...TRAFFIC.pool, ...changes.pool },
  };
}

export function subgraphOptions(
  url: string,
  changes: TrafficChanges = {},
  requestHeaders: readonly RequestHeaderRule[] = [],
): SubgraphOptions {
  return { name: 'products', url, traffic: trafficOf(changes), requestHeaders };
}

export function senderOptions(subgraph: SubgraphOptions, changes: Partial<SenderOptions> = {}): SenderOptions {
  return { subgraphs: [subgraph], singleFlight: false, closeGraceMs: 1000, ...changes };
}

export function query(body = '{"query":"{ me }"}'): SubgraphRequest {
  return { subgraph: 'products', operationType: 'query', body };
}

export function mutation(body = '{"query":"mutation { pay }"}'): SubgraphRequest {
  return { subgraph: 'products', operationType: 'mutation', body };
}

export function requestScope(changes: Partial<RequestScope> = {}): RequestScope {
  return { headers: {}, requestId: 'r', signal: new AbortController().signal, deadline: null, ...changes };
}
