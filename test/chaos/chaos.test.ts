/** Subgraphs that misbehave on real sockets, seen through the whole router. */
import { afterEach, describe, expect, it } from 'vitest';
import { codesOf, type Stage, startStage } from '../e2e/stage.ts';
import { respond, TcpServer, type WireRequest } from '../support/tcp-server.ts';
import { FAULTS, type Fault, MAX_BODY } from './fault.ts';

const SDLS = {
  bad: 'type Query { value: String } type Mutation { bump: Int }',
  good: 'type Query { fine: String }',
};

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function serve(answer: (request: WireRequest) => void): Promise<TcpServer> {
  const server = await new TcpServer(answer).listen();
  cleanups.push(() => server.close());
  return server;
}

const json = (data: object) => (request: WireRequest) =>
  respond(request.socket, 200, JSON.stringify({ data }), ['content-type: application/json']);

/** A router before a subgraph that misbehaves and one that does not, with three attempts for who may have them. */
async function setUp(answer: Fault['answer'], traffic: object = {}, config: object = {}) {
  const [bad, good] = [await serve(answer), await serve(json({ fine: 'yes' }))];
  const stage: Stage = await startStage({
    config: {
      subgraphs: [
        { name: 'bad', routing_url: bad.url },
        { name: 'good', routing_url: good.url },
      ],
      traffic_shaping: {
        all: {
          request_timeout: '5s',
          max_response_body_size: MAX_BODY,
          retry: { enabled: true, max_attempts: 3, interval: '1ms', max_duration: '10s', statuses: [500, 503, 504] },
        },
        subgraphs: { bad: { request_timeout: '150ms', ...traffic } },
      },
      ...config,
    },
    sdls: SDLS,
  });
  cleanups.push(() => stage.close());
  return { bad, good, stage };
}

const activeTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe.each(FAULTS)('a subgraph that $name', ({ answer, code, traffic = {} }) => {
  it('costs its own fields and nothing else; nothing of it stays', async () => {
    const timers = activeTimers();
    const { bad, good, stage } = await setUp(answer, traffic);
    for (let i = 0; i < 2; i++) {
      const reply = await stage.post('{ value fine }');
      expect(reply.status).toBe(200);
      expect(reply.body.data).toEqual({ value: null, fine: 'yes' });
      expect(codesOf(reply)).toEqual([code]);
      expect(reply.body.errors?.[0]?.path).toEqual(['value']);
    }
    await stage.close();
    await Promise.all([bad.allClosed(), good.allClosed()]);
    expect(await bad.openSockets()).toBe(0);
    expect(activeTimers()).toBeLessThanOrEqual(timers);
  });

  it('gets a mutation exactly once', async () => {
    const { bad, stage } = await setUp(answer, traffic);
    const reply = await stage.post('mutation { bump }');
    expect(codesOf(reply)).toEqual([code]);
    expect(bad.requests).toHaveLength(1);
  });
});

describe('a subgraph that pours a gigabyte', () => {
  it('is cut off at the limit: no more than socket buffers hold gets through', async () => {
    const fault = FAULTS.find(({ name }) => name === 'pours a gigabyte unannounced');
    const { bad, stage } = await setUp(fault?.answer ?? (() => undefined), { retry: { enabled: false } });
    const before = process.memoryUsage.rss();
    expect(codesOf(await stage.post('{ value }'))).toEqual(['SUBGRAPH_RESPONSE_TOO_LARGE']);
    await bad.allClosed();
    expect(bad.sockets[0]?.bytesWritten).toBeLessThan(32 * 2 ** 20);
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * 2 ** 20);
  });
});

describe('a subgraph that refuses', () => {
  it('is unreachable, and a mutation was provably not sent', async () => {
    const errors = { subgraph_error_propagation: { attach_mutation_outcome: true } };
    const { bad, stage } = await setUp(() => undefined, {}, errors);
    await bad.close();
    const query = await stage.post('{ value fine }');
    expect(query.body.data).toEqual({ value: null, fine: 'yes' });
    expect(codesOf(query)).toEqual(['SUBGRAPH_UNREACHABLE']);
    const mutation = await stage.post('mutation { bump }');
    expect(mutation.body.errors?.[0]?.extensions).toMatchObject({ code: 'SUBGRAPH_UNREACHABLE', outcome: 'not_sent' });
  });
});

describe('a subgraph that redirects in circles', () => {
  it('is followed for a while where that is allowed', async () => {
    const { bad, stage } = await setUp(({ socket }) => respond(socket, 307, 'moved', ['location: /graphql']), {
      redirects: 'same_origin',
      request_timeout: '5s',
      retry: { enabled: false },
    });
    expect(codesOf(await stage.post('{ value }'))).toEqual(['SUBGRAPH_HTTP_ERROR']);
    expect(bad.requests.length).toBeGreaterThan(1);
    expect(bad.requests.length).toBeLessThanOrEqual(11);
  });
});

describe('a subgraph that answers after the client has left', () => {
  it('is hung up on, disturbs nobody and is not blamed', async () => {
    let isPrompt = false;
    const answer = (request: WireRequest): void => {
      if (isPrompt) json({ value: 'x' })(request);
    };
    const breaker = { circuit_breaker: { enabled: true, request_threshold: 2, error_threshold_percentage: 1 } };
    const { bad, stage } = await setUp(answer, { request_timeout: '60s', ...breaker });
    for (let i = 0; i < 5; i++) {
      const client = new AbortController();
      const arrived = bad.nextRequest();
      const gone = stage.post('{ value }', { signal: client.signal }).catch(() => 'gone');
      const { socket } = await arrived;
      client.abort();
      expect(await gone).toBe('gone');
      await stage.logged('request', i);
      respond(socket, 200, '{"data":{"value":"late"}}');
    }
    isPrompt = true;
    expect((await stage.post('{ value }')).body).toEqual({ data: { value: 'x' } });
    const served = stage.lines.filter(({ msg }) => msg === 'request');
    expect(served.slice(0, 5).map(({ status }) => status)).toEqual([499, 499, 499, 499, 499]);
    expect(stage.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('what is counted', () => {
  const EXPOSURES: Readonly<Record<string, object>> = {
    wrapped: { mode: 'wrapped' },
    'pass-through': { mode: 'pass-through', allow_all_extension_fields: true },
    'without extensions': { mode: 'pass-through', omit_extensions: true },
    hidden: { enabled: false, error_ids: false, failure_codes: false, redacted_message: 'No.' },
  };

  /** Five answers of every kind, until the breaker opens; then what Prometheus sees of subgraphs. */
  async function countUnder(exposure: object): Promise<readonly string[]> {
    const answers: readonly Fault['answer'][] = [
      ({ socket }) => respond(socket, 200, '{"errors":[{"message":"db down","extensions":{"code":"DB"}}]}'),
      ({ socket }) => respond(socket, 429, ''),
      ({ socket }) => respond(socket, 200, '{"data":{"value":1}}'),
      ({ socket }) => respond(socket, 503, ''),
      ({ socket }) => void socket.resetAndDestroy(),
    ];
    let count = 0;
    const traffic = {
      retry: { enabled: false },
      circuit_breaker: { enabled: true, request_threshold: 10, error_threshold_percentage: 40, sleep_window: '1h', rolling_duration: '1h' },
    };
    const { stage, bad } = await setUp((request) => answers[count++ % answers.length]?.(request), traffic, {
      subgraph_error_propagation: exposure,
      telemetry: { metrics: { prometheus: { listen_addr: '127.0.0.1:0' } } },
    });
    for (let i = 0; i < 15; i++) await stage.post('{ value }');
    expect(bad.requests).toHaveLength(10);
    const text = await (await fetch(stage.router.metricsUrl ?? '')).text();
    return text
      .split('\n')
      .filter((line) => /^(subgraph_|router_graphql_errors_total)/.test(line) && !/_duration_seconds_(sum|bucket)/.test(line));
  }

  it('is the same whatever clients may see, and so is the breaker', async () => {
    const counted = await Promise.all(Object.values(EXPOSURES).map(countUnder));
    for (const each of counted) expect(each).toEqual(counted[0]);
    expect(counted[0]).toContain('subgraph_circuit_breaker_state{subgraph="bad"} 2');
    expect(counted[0]).toContain('subgraph_errors_total{subgraph="bad",kind="graphql",code="DB"} 2');
    expect(counted[0]).toContain('subgraph_errors_total{subgraph="bad",kind="circuit_open",code="SUBGRAPH_CIRCUIT_OPEN"} 5');
  });
});
