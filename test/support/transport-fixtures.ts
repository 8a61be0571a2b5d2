import { createHash } from 'node:crypto';
import { afterEach } from 'vitest';
import type { RequestHeaderRule } from '../../src/config/keys/headers.ts';
import type { SubgraphTraffic } from '../../src/config/keys/traffic-shaping.ts';
import { Cancellation } from '../../src/shared/cancellation.ts';
import type { SenderOptions, SubgraphOptions } from '../../src/subgraph/options.ts';
import type { RequestScope, SubgraphRequest, SubgraphSender } from '../../src/subgraph/port.ts';
import { createSubgraphSender } from '../../src/subgraph/sender.ts';
import { TcpServer, type WireRequest } from './tcp-server.ts';

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
    maxDurationMs: 60_000,
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
  return { name: 'products', url, traffic: trafficOf(changes), requestHeaders, shareable: true };
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
  return { headers: {}, requestId: 'r', signal: new Cancellation(), deadline: null, ...changes };
}

/** The same text each time, which compresses to little less than half. */
export function noise(bytes: number): string {
  let text = '';
  for (let i = 0; text.length < bytes; i++) text += createHash('sha256').update(String(i)).digest('hex');
  return text.slice(0, bytes);
}

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

export function closeAfterTest(close: () => Promise<void>): void {
  closing.push(close);
}

/** A server that is closed after the test. */
export async function serve(answer: (request: WireRequest, index: number) => void): Promise<TcpServer> {
  const server = await new TcpServer(answer).listen();
  closing.push(() => server.close());
  return server;
}

/** A sender to one subgraph that is closed after the test, open requests or not. */
export function sender(url: string, changes: TrafficChanges = {}, options: Partial<SenderOptions> = {}): SubgraphSender {
  const created = createSubgraphSender(senderOptions(subgraphOptions(url, changes), { closeGraceMs: 0, ...options }));
  closing.push(() => created.close());
  return created;
}
