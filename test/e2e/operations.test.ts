import { afterEach, describe, expect, it } from 'vitest';
import { createRouter } from '../../src/index.ts';
import { type Config, codesOf, deferred, type Stage, type SubgraphRequest, startDemoStage, startSmallStage } from './stage.ts';

const open: Stage[] = [];
afterEach(async () => {
  for (const stage of open.splice(0)) await stage.close();
});

async function small(answer: (request: SubgraphRequest) => unknown, config: Config = {}) {
  const stage = await startSmallStage(answer, config);
  open.push(stage);
  return stage;
}

const WITH_METRICS = { telemetry: { metrics: { prometheus: { listen_addr: '127.0.0.1:0' } } } };

describe('metrics', () => {
  it('count requests, fetches, errors and cache hits on an address of their own', async () => {
    const stage = await startDemoStage(WITH_METRICS);
    open.push(stage);
    const scrape = async (): Promise<readonly string[]> => (await (await fetch(stage.router.metricsUrl ?? '')).text()).split('\n');
    await stage.post('{ employees { id products } }');
    await stage.post('{ employees { id products } }');
    await stage.post('{ employees { id products } }', { headers: { 'x-fault': 'products:status=502' } });
    await stage.post('{ nowhere }');
    const lines = await scrape();
    expect(lines).toContain('router_http_requests_total{method="POST",status="200",operation_type="query"} 3');
    expect(lines).toContain('router_http_requests_total{method="POST",status="200",operation_type="none"} 1');
    expect(lines).toContain('router_plan_cache_requests_total{result="miss"} 1');
    expect(lines).toContain('router_plan_cache_requests_total{result="hit"} 2');
    expect(lines).toContain('subgraph_requests_total{subgraph="employees",outcome="2xx"} 3');
    expect(lines).toContain('subgraph_requests_total{subgraph="products",outcome="5xx"} 1');
    expect(lines).toContain('subgraph_errors_total{subgraph="products",kind="http_status",code="SUBGRAPH_HTTP_ERROR"} 1');
    expect(lines).toContain('router_graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED"} 1');
    expect((await fetch(`${stage.router.url}/metrics`)).status).toBe(404);
  });

  it('count the same whatever clients may see', async () => {
    const counted = async (exposure: object): Promise<string> => {
      const stage = await startDemoStage({ ...WITH_METRICS, subgraph_error_propagation: exposure });
      await stage.post('{ employees { id rootFieldThrowsError } }');
      const text = await (await fetch(stage.router.metricsUrl ?? '')).text();
      await stage.close();
      return text
        .split('\n')
        .filter((line) => line.startsWith('subgraph_errors_total{'))
        .join('\n');
    };
    const shown = await counted({ mode: 'pass-through', allow_all_extension_fields: true });
    expect(shown).toBe('subgraph_errors_total{subgraph="employees",kind="graphql",code="ERROR_CODE"} 1');
    expect(await counted({ enabled: false })).toBe(shown);
    expect(await counted({ omit_extensions: true })).toBe(shown);
  });
});

describe('the access log', () => {
  it('names operation, client and duration', async () => {
    const stage = await small(() => ({ value: 'x' }));
    const headers = { 'graphql-client-name': 'shop', 'graphql-client-version': '7', 'x-request-id': 'r-1' };
    await stage.post('query Value { value }', { headers });
    expect(await stage.logged('request')).toMatchObject({
      requestId: 'r-1',
      method: 'POST',
      path: '/graphql',
      status: 200,
      durationMs: expect.any(Number),
      operationName: 'Value',
      operationType: 'query',
      clientName: 'shop',
      clientVersion: '7',
      subgraphs: ['small'],
      errorCount: 0,
    });
  });

  it('can be switched off', async () => {
    const stage = await small(() => ({ value: 'x' }), { access_logs: { enabled: false } });
    await stage.post('{ value }');
    await stage.router.shutdown();
    expect(stage.lines.map((line) => line['msg'])).not.toContain('request');
  });
});

describe('the deadline of a request', () => {
  it('turns open fetches into timeouts and answers normally', async () => {
    const gate = deferred();
    const stage = await small(() => gate.promise, { traffic_shaping: { router: { request_timeout: '100ms' } } });
    const answer = await stage.post('{ value }');
    expect([answer.status, codesOf(answer), answer.body.data]).toEqual([200, ['SUBGRAPH_TIMEOUT'], { value: null }]);
    gate.resolve();
  });
});

describe('overload', () => {
  it('is refused with 503, and over when requests are done', async () => {
    const gate = deferred();
    const config = { traffic_shaping: { router: { max_concurrent_requests: 1 } } };
    const stage = await small(async () => {
      await gate.promise;
      return { value: 'x' };
    }, config);
    const first = stage.post('{ value }');
    await stage.subgraph.arrived(1);
    const second = await stage.post('{ other }');
    expect([second.status, second.headers.get('retry-after'), codesOf(second)]).toEqual([503, '1', ['SERVICE_UNAVAILABLE']]);
    gate.resolve();
    expect((await first).body).toEqual({ data: { value: 'x' } });
    expect((await stage.post('{ __typename }')).status).toBe(200);
  });
});

describe('nothing that a subgraph writes', () => {
  it('sets status, headers or cookies', async () => {
    const stage = await startDemoStage({ subgraph_error_propagation: { mode: 'pass-through', allow_all_extension_fields: true } });
    open.push(stage);
    const answer = await stage.post('{ employees { id rootFieldThrowsError } }');
    expect(answer.status).toBe(200);
    expect([...answer.headers.keys()].toSorted()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'date',
      'keep-alive',
      'x-request-id',
      'x-router-completed',
      'x-router-error-id',
    ]);
  });
});

describe('headers of subgraphs', () => {
  it('reach the client by rules, and never in place of ours', async () => {
    const response = [
      { op: 'propagate', matching: '.*' },
      { op: 'set', name: 'x-served-by', value: 'candor' },
    ];
    const stage = await startDemoStage({ headers: { all: { response } } });
    open.push(stage);
    const { headers, body } = await stage.post('{ employees { id } }', {
      headers: { 'x-request-id': 'mine', origin: 'https://a.example' },
    });
    expect(body.errors).toBeUndefined();
    expect(headers.get('x-served-by')).toBe('candor');
    expect(headers.get('x-request-id')).toBe('mine');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });
});

describe('numbers', () => {
  it('in a query reach the subgraph with every digit, or are refused where their type cannot hold them', async () => {
    const stage = await small(({ variables }) => ({ echo: JSON.stringify(variables) }));
    const { status, body } = await stage.post('{ echo(id: 12345678901234567890) }');
    expect([status, body]).toEqual([200, { data: { echo: '{"_c_v0":"12345678901234567890"}' } }]);
    const refused = await stage.post('{ echo(number: 1e999) }', { headers: { accept: 'application/graphql-response+json' } });
    expect([refused.status, codesOf(refused)]).toEqual([400, ['GRAPHQL_VALIDATION_FAILED']]);
  });

  it('in variables reach the subgraph with every digit', async () => {
    const stage = await small(({ variables }) => ({ echo: JSON.stringify(variables) }));
    const response = await fetch(stage.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"query ($id: ID, $n: Float) { echo(id: $id, number: $n) }","variables":{"id":12345678901234567890,"n":1.5}}',
    });
    expect(await response.text()).toContain('12345678901234567890');
  });
});

describe('createRouter', () => {
  it('gives back what is wrong, in lines, and leaves nothing open', async () => {
    const router = await createRouter({ config: { subgraphs: [], lisen_addr: 'x' } });
    expect(router).toMatchObject({ ok: false, error: [expect.any(String), expect.stringContaining('did you mean listen_addr')] });
  });
});
