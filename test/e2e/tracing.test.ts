import { afterEach, describe, expect, it } from 'vitest';
import { type CollectedSpan, type Collector, startCollector } from '../support/collector.ts';
import { serve } from '../support/transport-fixtures.ts';
import { type Config, deferred, SMALL_SDL, startSmallStage, startStage } from './stage.ts';

const collectors: Collector[] = [];
afterEach(async () => {
  for (const collector of collectors.splice(0)) await collector.close();
});

async function collect(status?: number): Promise<Collector> {
  const collector = await startCollector(status);
  collectors.push(collector);
  return collector;
}

const traced = ({ endpoint }: Pick<Collector, 'endpoint'>, more: object = {}): Config => ({
  telemetry: { metrics: { prometheus: { enabled: false } }, tracing: { enabled: true, endpoint, ...more } },
});

const named = ({ spans }: Collector, name: string): readonly CollectedSpan[] => spans.filter((span) => span.name === name);

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('tracing', () => {
  it('sends a request as spans below the one that the client names', async () => {
    const collector = await collect();
    const stage = await startSmallStage(() => ({ value: 'x' }), traced(collector, { headers: { authorization: 'Bearer me' } }));
    await stage.post('query Q { value }', { headers: { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'a=1' } });
    await stage.close();
    const [request, plan, fetch] = ['request', 'plan', 'fetch'].map((name) => named(collector, name)[0]);
    expect(collector.spans).toHaveLength(3);
    expect(request).toMatchObject({
      traceId: TRACE,
      parentSpanId: PARENT,
      isError: false,
      attributes: { 'http.response.status_code': 200, 'graphql.operation.name': 'Q', 'graphql.operation.type': 'query' },
    });
    expect(plan).toMatchObject({ traceId: TRACE, parentSpanId: request?.spanId, attributes: { 'plan.cache': 'miss' } });
    expect(fetch).toMatchObject({ traceId: TRACE, parentSpanId: request?.spanId, attributes: { 'subgraph.name': 'small' } });
    const { headers } = stage.subgraph.requests[0] ?? {};
    expect(headers).toMatchObject({ traceparent: `00-${TRACE}-${fetch?.spanId}-01`, tracestate: 'a=1' });
    expect(collector.headers[0]).toMatchObject({ authorization: 'Bearer me' });
    await collector.allClosed();
  });

  it('says what failed, with kind, code and error id', async () => {
    const collector = await collect();
    const subgraph = await serve(({ socket }) => socket.destroy());
    const config = { subgraphs: [{ name: 'small', routing_url: subgraph.url }], ...traced(collector) };
    const stage = await startStage({
      config: { ...config, traffic_shaping: { all: { retry: { enabled: false } } } },
      sdls: { small: SMALL_SDL },
    });
    const { body } = await stage.post('{ value }');
    await stage.close();
    const id = body.errors?.[0]?.extensions;
    const error = { 'error.type': 'unreachable', 'error.code': 'SUBGRAPH_UNREACHABLE' };
    const [fetch] = named(collector, 'fetch');
    expect(fetch).toMatchObject({ isError: true, attributes: error, events: [{ name: 'error', attributes: error }] });
    expect(id).toMatchObject({ errorId: fetch?.attributes['error.id'] });
    expect(named(collector, 'request')[0]).toMatchObject({ isError: true, attributes: { 'error.codes': ['SUBGRAPH_UNREACHABLE'] } });
  });

  it('takes no mistake of a client for a failure', async () => {
    const collector = await collect();
    const stage = await startSmallStage(() => ({}), traced(collector));
    await stage.post('{ nope }');
    await stage.close();
    expect(collector.spans).toMatchObject([
      { name: 'request', isError: false, attributes: { 'error.codes': ['GRAPHQL_VALIDATION_FAILED'] } },
    ]);
  });

  it('links who shares an answer to who got it', async () => {
    const collector = await collect();
    const gate = deferred();
    const stage = await startSmallStage(async () => {
      await gate.promise;
      return { value: 'x' };
    }, traced(collector));
    const get = (id: string) => fetch(`${stage.endpoint}?query={value}`, { headers: { 'x-request-id': id } }).then((reply) => reply.text());
    const first = get('first');
    await stage.subgraph.arrived(1);
    const second = get('second');
    while (stage.router.inFlight < 2) await new Promise((resolve) => setImmediate(resolve));
    gate.resolve();
    await Promise.all([first, second]);
    await stage.close();
    const requests = named(collector, 'request');
    const sharer = requests.find(({ attributes }) => attributes['request.id'] === 'second');
    const executor = requests.find((span) => span !== sharer);
    expect(requests).toHaveLength(2);
    expect(sharer).toMatchObject({ attributes: { 'request.shared': true }, links: [{ spanId: executor?.spanId }] });
    expect(named(collector, 'fetch')).toMatchObject([{ parentSpanId: executor?.spanId }]);
  });

  it('leaves out what is not sampled, and tells subgraphs so', async () => {
    const collector = await collect();
    const stage = await startSmallStage(() => ({ value: 'x' }), traced(collector, { sampling_rate: 0 }));
    await stage.post('{ value }');
    await stage.post('{ value }', { headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
    await stage.close();
    expect(stage.subgraph.requests.map(({ headers }) => headers['traceparent'])).toEqual([
      expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/),
      expect.stringMatching(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`)),
    ]);
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  });

  it.each([
    ['refuses', 'http://127.0.0.1:1/v1/traces'],
    ['answers 400', null],
  ])('disturbs nobody when the collector %s', async (_name, endpoint) => {
    const collector = await collect(400);
    const stage = await startSmallStage(() => ({ value: 'x' }), traced({ endpoint: endpoint ?? collector.endpoint }));
    expect((await stage.post('{ value }')).body).toEqual({ data: { value: 'x' } });
    await stage.close();
    expect(stage.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(stage.lines).toContainEqual(expect.objectContaining({ msg: 'traces cannot be sent' }));
  });

  it('is off unless asked for: nothing is added to requests', async () => {
    const stage = await startSmallStage(() => ({ value: 'x' }));
    await stage.post('{ value }', { headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
    await stage.close();
    expect(stage.subgraph.requests[0]?.headers['traceparent']).toBeUndefined();
  });
});
