import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, type Deferred, deferred, readAnswer, type Stage, startSmallStage } from './stage.ts';

const open: Stage[] = [];
afterEach(async () => {
  for (const stage of open.splice(0)) await stage.close();
});

/** A subgraph that answers `{ value }` with the number of the request, when told. Single flight is off: only clients share here. */
async function setUp(config: object = {}) {
  const gates: Deferred<void>[] = [];
  const stage = await startSmallStage(
    async ({ query }) => {
      const gate = deferred();
      gates.push(gate);
      const number = gates.length;
      await gate.promise;
      return query.includes('bump') ? { bump: number } : { value: String(number) };
    },
    { engine: { enable_single_flight: false }, ...config },
  );
  open.push(stage);
  /** By GET: it has met the others once the router counts it. */
  const get = async (search: Readonly<Record<string, string>>, init: RequestInit = {}): Promise<Answer> => {
    const url = new URL(stage.endpoint);
    for (const [name, value] of Object.entries(search)) url.searchParams.set(name, value);
    return readAnswer(await fetch(url, init));
  };
  const inFlight = async (count: number): Promise<void> => {
    while (stage.router.inFlight !== count) await new Promise((resolve) => setImmediate(resolve));
  };
  const release = (): void => {
    for (const gate of gates) gate.resolve();
  };
  return { stage, subgraph: stage.subgraph, get, inFlight, release };
}

const QUERY = { query: '{ value }' };
const VALUE_1 = '{"data":{"value":"1"}}';

describe('identical queries in flight', () => {
  it('are executed once, and everybody gets the answer under an id of their own', async () => {
    const { get, subgraph, inFlight, release } = await setUp();
    const answers = ['a', 'b', 'c'].map((id) => get(QUERY, { headers: { 'x-request-id': id } }));
    await inFlight(3);
    await subgraph.arrived(1);
    release();
    const all = await Promise.all(answers);
    expect(all.map(({ text }) => text)).toEqual([VALUE_1, VALUE_1, VALUE_1]);
    expect(all.map(({ headers }) => headers.get('x-request-id'))).toEqual(['a', 'b', 'c']);
    expect(subgraph.requests).toHaveLength(1);
  });

  it('are executed again once the answer is there', async () => {
    const { get, subgraph, release } = await setUp();
    for (const count of [1, 2]) {
      const answer = get(QUERY);
      await subgraph.arrived(count);
      release();
      expect((await answer).body.data).toEqual({ value: String(count) });
    }
  });

  it('go on for the others when one goes away, also the first', async () => {
    const { get, subgraph, inFlight, release } = await setUp();
    const leaver = new AbortController();
    const first = get(QUERY, { signal: leaver.signal }).catch(() => 'gone');
    await subgraph.arrived(1);
    const second = get(QUERY);
    await inFlight(2);
    leaver.abort();
    expect(await first).toBe('gone');
    release();
    expect((await second).text).toBe(VALUE_1);
    expect(subgraph.requests).toHaveLength(1);
  });

  it.each([
    ['another variable', { query: 'query ($id: ID) { value echo(id: $id) }', variables: '{"id":"1"}' }, { variables: '{"id":"2"}' }, {}],
    ['another operation name', { query: 'query A { value } query B { value }', operationName: 'A' }, { operationName: 'B' }, {}],
    ['another text', QUERY, { query: '{ value  }' }, {}],
    ['another media type', QUERY, {}, { accept: 'application/graphql-response+json' }],
    ['a header that is forwarded', QUERY, {}, { authorization: 'other' }],
    ['another audience', QUERY, {}, { 'x-staff': 'secret' }],
    ['a header that a pattern forwards', QUERY, {}, { 'x-tenant': 'other' }],
  ])('are not shared with %s', async (_name, base, changes, headers) => {
    const request = [
      { op: 'propagate', named: 'Authorization' },
      { op: 'propagate', matching: '^x-ten' },
    ];
    const { get, subgraph, release } = await setUp({
      headers: { all: { request } },
      subgraph_error_propagation: {
        audiences: [{ name: 'staff', when: { header: { name: 'X-Staff', equals: 'secret' } }, mode: 'pass-through' }],
      },
    });
    const both = [get(base), get({ ...base, ...changes }, { headers })];
    await subgraph.arrived(2);
    release();
    await Promise.all(both);
    expect(subgraph.requests).toHaveLength(2);
  });

  it('are shared whatever the headers say that nobody forwards', async () => {
    const { get, subgraph, inFlight, release } = await setUp();
    const both = [get(QUERY, { headers: { authorization: 'a' } }), get(QUERY, { headers: { authorization: 'b' } })];
    await inFlight(2);
    await subgraph.arrived(1);
    release();
    await Promise.all(both);
    expect(subgraph.requests).toHaveLength(1);
  });

  it.each([
    ['by name', { all: { response: [{ op: 'propagate', named: 'Set-Cookie' }] } }],
    ['by pattern', { all: { response: [{ op: 'propagate', matching: '^(x-|set-)' }] } }],
    ['out of another header', { subgraphs: { small: { response: [{ op: 'propagate', named: 'X-Session', rename: 'Set-Cookie' }] } } }],
  ])('are not shared, nor their fetches, where cookies are passed on %s', async (_name, headers) => {
    const { get, subgraph, release } = await setUp({ engine: { enable_single_flight: true }, headers });
    const both = [get(QUERY), get(QUERY)];
    await subgraph.arrived(2);
    release();
    expect(new Set((await Promise.all(both)).map(({ text }) => text)).size).toBe(2);
  });

  it('are never shared when they are mutations', async () => {
    const { stage, subgraph, release } = await setUp();
    const both = [stage.post('mutation { bump }'), stage.post('mutation { bump }')];
    await subgraph.arrived(2);
    release();
    expect(new Set((await Promise.all(both)).map(({ body }) => body.data?.['bump']))).toEqual(new Set([1, 2]));
  });

  it('are not shared when that is switched off', async () => {
    const { get, subgraph, release } = await setUp({
      engine: { enable_single_flight: false, enable_inbound_request_deduplication: false },
    });
    const both = [get(QUERY), get(QUERY)];
    await subgraph.arrived(2);
    release();
    await Promise.all(both);
    expect(subgraph.requests).toHaveLength(2);
  });
});

describe('a client that goes away', () => {
  it('takes its fetch with it when nobody else waits', async () => {
    const { get, subgraph, inFlight, release } = await setUp();
    const leaver = new AbortController();
    const answer = get(QUERY, { signal: leaver.signal }).catch(() => 'gone');
    await subgraph.arrived(1);
    leaver.abort();
    expect(await answer).toBe('gone');
    await inFlight(0);
    release();
  });
});
