import type { SenderOptions, SubgraphOptions } from '../../src/subgraph/options.ts';
import type { RequestScope, SubgraphRequest } from '../../src/subgraph/port.ts';

/** A subgraph with every kind of traffic shaping off. */
export function subgraphOptions(url: string, changes: Partial<SubgraphOptions> = {}): SubgraphOptions {
  return {
    name: 'products',
    url,
    requestTimeoutMs: 5000,
    maxResponseBodyBytes: 1_000_000,
    redirects: 'error',
    pool: { connections: 8, pipelining: 1, keepAliveTimeoutMs: 30_000, http2: false },
    retry: { enabled: false, maxAttempts: 3, intervalMs: 1, maxDurationMs: 5, statuses: [{ from: 502, to: 504 }] },
    circuitBreaker: {
      enabled: false,
      requestThreshold: 4,
      errorThresholdPercentage: 50,
      sleepWindowMs: 1000,
      rollingDurationMs: 10_000,
      statuses: [{ from: 500, to: 599 }],
    },
    requestHeaders: [],
    ...changes,
  };
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
