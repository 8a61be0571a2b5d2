import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, deferred, readAnswer, type Stage, startDemoStage, startSmallStage } from '../e2e/stage.ts';

const QUERY = 'query Team { employees { id products } }';
const ASKS = { 'x-wg-trace': 'true', 'x-wg-include-query-plan': 'true' };

/** As loosely typed as a test needs it. */
interface Trace {
  readonly fetches: readonly Record<string, unknown>[];
  readonly [key: string]: unknown;
}

// What the test looks at, it expects by name.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const traceOf = ({ body }: Answer): Trace => body.extensions?.['trace'] as Trace;

const withoutIds = ({ body }: Answer): unknown =>
  JSON.parse(JSON.stringify([body.data, body.errors], (key, value) => (key === 'errorId' ? null : value)));

describe('in dev_mode', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startDemoStage({ dev_mode: true, log_level: 'silent' });
  });
  afterAll(() => stage.close());

  it('tells every fetch: where, when, how, what went out and what came back', async () => {
    const answer = await stage.post(QUERY, { headers: { 'x-wg-trace': 'true', 'x-fault': 'products:status=502' } });
    const { fetches, planning, startedAt } = traceOf(answer);
    expect(fetches).toHaveLength(2);
    expect(fetches[0]).toMatchObject({
      subgraph: 'employees',
      operationType: 'query',
      paths: [''],
      status: 200,
      attempts: 1,
      shared: false,
      failures: [],
      errorCount: 0,
      startMs: expect.any(Number),
      durationMs: expect.any(Number),
      input: { query: expect.stringContaining('employees') },
      output: { data: { employees: expect.any(Array) } },
    });
    expect(fetches[1]).toMatchObject({
      subgraph: 'products',
      paths: ['employees'],
      status: 502,
      failures: [{ kind: 'http_status', code: 'SUBGRAPH_HTTP_ERROR' }],
      input: { variables: { representations: expect.any(Array) } },
      output: { length: 23, text: 'something is wrong here' },
    });
    expect([planning, startedAt]).toEqual([{ durationMs: expect.any(Number), cache: expect.any(String) }, expect.any(String)]);
  });

  it('leaves out what is excluded', async () => {
    const asked = 'exclude_input,exclude_output,exclude_load_stats,exclude_planner_stats,exclude_parse_stats';
    const trace = traceOf(await stage.post(QUERY, { headers: { 'x-wg-trace': asked } }));
    expect(Object.keys(trace)).toEqual(['version', 'startedAt', 'fetches', 'skipped']);
    expect(Object.keys(trace.fetches[0] ?? {})).toEqual(['subgraph', 'operationType', 'paths', 'failures', 'errorCount']);
    const raw = traceOf(await stage.post(QUERY, { headers: { 'x-wg-trace': 'exclude_raw_input_data' } }));
    expect(Object.keys(raw.fetches[1]?.['input'] ?? {})).toEqual(['query']);
  });

  it('is the same twice with predictable timings', async () => {
    const headers = { 'x-wg-trace': 'enable_predictable_debug_timings' };
    await stage.post(QUERY, { headers });
    const [one, two] = [await stage.post(QUERY, { headers }), await stage.post(QUERY, { headers })];
    expect(one.text).toBe(two.text);
  });

  it('changes neither data nor errors', async () => {
    const fault = { 'x-fault': 'products:bad-json, hobbies:cut' };
    const query = '{ employees { id rootFieldThrowsError products hobbies { __typename } } }';
    const [plain, traced] = [await stage.post(query, { headers: fault }), await stage.post(query, { headers: { ...fault, ...ASKS } })];
    expect(plain.body.errors).not.toHaveLength(0);
    expect(withoutIds(traced)).toEqual(withoutIds(plain));
    expect([traced.status, plain.body.extensions]).toEqual([plain.status, undefined]);
  });

  it('takes query parameters, with POST and GET', async () => {
    for (const method of ['POST', 'GET']) {
      const url = new URL(stage.endpoint);
      for (const name of ['wg_trace', 'wg_include_query_plan', 'wg_skip_loader']) url.searchParams.set(name, 'true');
      if (method === 'GET') url.searchParams.set('query', QUERY);
      const init =
        method === 'GET' ? {} : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: QUERY }) };
      const body = await (await fetch(url, init)).json();
      expect(body).toMatchObject({ data: null, extensions: { queryPlan: { root: { kind: 'sequence' } }, trace: { fetches: [] } } });
    }
  });

  it('calls no subgraph for a skipped loader', async () => {
    const { text } = await stage.post(QUERY, { headers: { 'x-wg-skip-loader': 'true', 'x-fault': 'refuse' } });
    expect(text).toBe('{"data":null}');
  });
});

describe('credentials', () => {
  it('never stand in a trace', async () => {
    const config = { dev_mode: true, log_level: 'silent', headers: { all: { request: [{ op: 'propagate', matching: '.*' }] } } };
    const stage = await startSmallStage(({ headers }) => ({ echo: `you said ${String(headers['authorization'])}` }), config);
    const headers = { ...ASKS, authorization: 'Bearer canary-canary', cookie: 'sid=canary', 'x-api-key': 'canary' };
    const query = 'query($password: ID) { echo(id: $password) }';
    const answer = await stage.post(query, { headers, variables: { password: 'canary' } });
    expect(answer.body.data).toEqual({ echo: 'you said Bearer canary-canary' });
    expect(stage.subgraph.requests[0]?.variables).toEqual({ password: 'canary' });
    expect(traceOf(answer).fetches).toHaveLength(1);
    expect(JSON.stringify(answer.body.extensions)).not.toContain('canary');
    await stage.close();
  });
});

describe('in-flight sharing', () => {
  it('keeps who asks for a trace apart from who does not, and says that the fetch was shared', async () => {
    const gate = deferred();
    const stage = await startSmallStage(
      async () => {
        await gate.promise;
        return { value: 'x' };
      },
      { dev_mode: true, log_level: 'silent' },
    );
    const plain = stage.post('{ value }');
    await stage.subgraph.arrived(1);
    // By GET: it has met the other one once the router counts it.
    const traced = fetch(`${stage.endpoint}?query={value}&wg_trace=true`).then(readAnswer);
    while (stage.router.inFlight !== 2) await new Promise((resolve) => setImmediate(resolve));
    gate.resolve();
    expect((await plain).text).toBe('{"data":{"value":"x"}}');
    expect(traceOf(await traced).fetches).toMatchObject([{ shared: true, status: 200 }]);
    expect(stage.subgraph.requests).toHaveLength(1);
    await stage.close();
  });
});

describe('outside dev_mode', () => {
  it('the headers and parameters do nothing', async () => {
    const stage = await startDemoStage();
    const plain = await stage.post(QUERY);
    const headers = { ...ASKS, 'x-wg-skip-loader': 'true' };
    expect((await stage.post(QUERY, { headers })).text).toBe(plain.text);
    const url = `${stage.endpoint}?wg_trace=true&wg_skip_loader=true&wg_include_query_plan=true&query=${encodeURIComponent(QUERY)}`;
    expect(await (await fetch(url)).text()).toBe(plain.text);
    await stage.close();
  });
});
