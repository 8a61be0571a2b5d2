import { afterEach, describe, expect, it } from 'vitest';
import { invariant } from '../shared/assert.ts';
import { createLog } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { listenForMetrics, type MetricsServer } from './metrics-server.ts';
import { NO_FACTS, type RequestRecord } from './service.ts';

const record = (changes: Partial<RequestRecord>): RequestRecord => ({
  requestId: 'r',
  method: 'POST',
  path: '/graphql',
  status: 200,
  durationMs: 12,
  clientName: null,
  clientVersion: null,
  facts: { ...NO_FACTS, operationType: 'query' },
  ...changes,
});

const linesOf = async (metrics: Metrics, name: string): Promise<readonly string[]> =>
  (await metrics.print()).split('\n').filter((line) => line.startsWith(name));

describe('createMetrics', () => {
  it('counts requests with their status, and how many are open', async () => {
    const metrics = createMetrics({ inFlight: () => 3 });
    metrics.requestServed(record({}));
    metrics.requestServed(record({ method: 'BREW', status: 405, facts: NO_FACTS }));
    expect(await linesOf(metrics, 'router_http_requests_total')).toEqual([
      'router_http_requests_total{method="POST",status="200",operation_type="query"} 1',
      'router_http_requests_total{method="other",status="405",operation_type="none"} 1',
    ]);
    expect(await linesOf(metrics, 'router_http_requests_in_flight')).toEqual(['router_http_requests_in_flight 3']);
    expect(await linesOf(metrics, 'router_http_request_duration_seconds_sum{operation_type="query"}')).toEqual([
      'router_http_request_duration_seconds_sum{operation_type="query"} 0.012',
    ]);
  });

  it('never has more than 200 codes, however many subgraphs make up', async () => {
    const metrics = createMetrics({ inFlight: () => 0 });
    for (let i = 0; i < 1_000; i++) metrics.subgraphErrors({ subgraph: 'a', kind: 'graphql', code: `CODE_${i}` }, 1);
    const lines = await linesOf(metrics, 'subgraph_errors_total{');
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe('subgraph_errors_total{subgraph="a",kind="graphql",code="other"} 800');
  });

  it('tells what the transport did', async () => {
    const metrics = createMetrics({ inFlight: () => 0 });
    const reply = { kind: 'response', status: 503, headers: {}, body: '', attempts: 1, durationMs: 5 } as const;
    metrics.transport.onExchange?.({ subgraph: 'a', operationType: 'query', reply, shared: 0 });
    metrics.transport.onBreakerChange?.({ subgraph: 'a', state: 'open' });
    metrics.transport.onRetry?.({ subgraph: 'a', attempt: 1, reason: 503, delayMs: 1 });
    expect(await linesOf(metrics, 'subgraph_requests_total{')).toEqual(['subgraph_requests_total{subgraph="a",outcome="5xx"} 1']);
    expect(await linesOf(metrics, 'subgraph_circuit_breaker_state{')).toEqual(['subgraph_circuit_breaker_state{subgraph="a"} 2']);
    expect(await linesOf(metrics, 'subgraph_retries_total{')).toEqual(['subgraph_retries_total{subgraph="a"} 1']);
  });

  it('knows the event loop lag', async () => {
    expect(await linesOf(createMetrics({ inFlight: () => 0 }), 'nodejs_eventloop_lag_seconds')).not.toEqual([]);
  });
});

describe('listenForMetrics', () => {
  const open: MetricsServer[] = [];
  afterEach(async () => void (await Promise.all(open.splice(0).map((server) => server.close()))));

  it('serves them at their path only', async () => {
    const metrics = createMetrics({ inFlight: () => 0 });
    metrics.reloaded('refused');
    const log = createLog({ level: 'silent', format: 'json' });
    const server = await listenForMetrics({ address: { host: '127.0.0.1', port: 0 }, path: '/metrics', metrics, log });
    invariant(server.ok, 'a free port can be bound');
    open.push(server.value);
    const response = await fetch(server.value.url);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('router_reloads_total{result="refused"} 1');
    expect((await fetch(server.value.url.replace('/metrics', '/'))).status).toBe(404);
  });
});
