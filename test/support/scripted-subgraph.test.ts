import { afterEach, describe, expect, it } from 'vitest';
import type { Script } from './script.ts';
import { Fleet } from './scripted-subgraph.ts';

let fleet: Fleet | undefined;
afterEach(() => fleet?.close());

async function play(script: Script): Promise<Fleet> {
  fleet = await Fleet.start({ a: script });
  return fleet;
}

function ask(subgraphs: Fleet, query = '{ x }', variables?: object, name = 'a'): Promise<Response> {
  return fetch(subgraphs.get(name).url, { method: 'POST', body: JSON.stringify({ query, variables }) });
}

const text = async (subgraphs: Fleet, query?: string): Promise<string> => (await ask(subgraphs, query)).text();

const reply = (body: string) => ({ reply: { status: 200, body } });

describe('a scripted subgraph', () => {
  it('uses each fitting entry once, then the last one again', async () => {
    const subgraphs = await play([reply('1'), { ...reply('2'), match: 'entities' }, { ...reply('3'), match: 'root' }]);
    expect(await text(subgraphs)).toBe('1');
    expect(await text(subgraphs, '{ b: _entities(representations: []) { x } }')).toBe('2');
    expect(await text(subgraphs)).toBe('3');
    expect(await text(subgraphs)).toBe('3');
    expect(subgraphs.calls).toEqual({ a: 4 });
    subgraphs.forget();
    expect(await text(subgraphs, '{ _entities(representations: []) { x } }')).toBe('2');
    expect(subgraphs.calls).toEqual({ a: 1 });
  });

  it('answers 599 and has a problem when no entry fits', async () => {
    const subgraphs = await play({ ...reply('1'), match: 'entities' });
    expect((await ask(subgraphs)).status).toBe(599);
    expect(subgraphs.problems).toEqual(['a: no entry of the script fits { x }']);
  });

  it('sends exactly the bytes, a length and a content type', async () => {
    const response = await ask(await play({ reply: { status: 418, bodyBase64: '/w==', headers: { 'x-a': ['1', '2'] } } }));
    expect(response.status).toBe(418);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'content-length': '1',
      'x-a': '1, 2',
    });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.of(255));
  });

  it('sends no length with 204, and no content type when told so', async () => {
    const empty = await ask(await play({ reply: { status: 204, body: 'x' } }));
    expect(empty.headers.get('content-length')).toBeNull();
    await fleet?.close();
    const bare = await ask(await play({ reply: { status: 200, body: '{}', headers: { 'content-type': null } } }));
    expect(bare.headers.get('content-type')).toBeNull();
  });

  it.each(['gzip', 'deflate', 'br'] as const)('compresses with %s', async (encoding) => {
    const subgraphs = await play({ reply: { status: 200, body: 'hello', encoding } });
    expect(await text(subgraphs)).toBe('hello');
  });

  it('drips and repeats', async () => {
    const subgraphs = await play([
      { reply: { status: 200, body: 'häh', drip: true } },
      { reply: { status: 200, repeat: { text: 'ab', count: 3 } } },
    ]);
    expect(await text(subgraphs)).toBe('häh');
    expect(await text(subgraphs)).toBe('ababab');
    await fleet?.close();
    const endless = await ask(await play({ reply: { status: 200, body: 'abc', endless: true } }));
    const reader = endless.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await reader?.cancel();
  });

  it('refuses, resets and cuts', async () => {
    const codeOf = async (script: Script): Promise<unknown> => {
      const subgraphs = await play(script);
      const code = await ask(subgraphs)
        .then((response) => response.text())
        .catch((error: unknown) =>
          error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause.code : error,
        );
      await subgraphs.close();
      return code;
    };
    expect(await codeOf({ fault: 'refused' })).toBe('ECONNREFUSED');
    expect(await codeOf({ fault: 'reset' })).toBe('ECONNRESET');
    expect(await codeOf({ fault: 'cut-body', status: 200, body: '{' })).toBe('UND_ERR_SOCKET');
  });

  it('stalls after the head, and never answers a timeout', async () => {
    const stalled = await ask(await play([{ fault: 'stall-body', status: 503, body: '{"a"' }, { fault: 'timeout' }]));
    expect(stalled.status).toBe(503);
    const first = await stalled.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toBe('{"a"');
    const aborted = fetch(fleet?.get('a').url ?? '', { method: 'POST', body: '{"query":"{x}"}', signal: AbortSignal.timeout(30) });
    await expect(aborted).rejects.toThrow('timeout');
  });

  it('builds entity answers from the request', async () => {
    const subgraphs = await play({
      representationsReply: {
        entities: [
          { when: { id: 1, key: { name: 'k' } }, value: { n: 1 } },
          { when: { id: 2 }, value: null, error: { message: 'nf', path: ['n'], x: 1 } },
        ],
      },
    });
    const query = 'query($r: [_Any!]!) { _entities(representations: $r) { n } b: _entities(representations: $r) { n } }';
    const r = [{ id: 2 }, { id: 1, key: { name: 'k', more: 1 } }, { id: 1, key: {} }];
    expect(await (await ask(subgraphs, query, { r })).text()).toBe(
      '{"errors":[{"message":"nf","path":["_entities",0,"n"],"x":1},{"message":"nf","path":["b",0,"n"],"x":1}],' +
        '"data":{"_entities":[null,{"n":1},null],"b":[null,{"n":1},null]}}',
    );
  });

  it('answers after others, and when released', async () => {
    fleet = await Fleet.start({ a: { ...reply('a'), after: ['b'] }, b: reply('b') });
    const order: string[] = [];
    const release = fleet.get('b').hold();
    const note = async (name: string): Promise<void> => {
      order.push(await (await ask(fleet ?? new Fleet(), '{ x }', {}, name)).text());
    };
    const both = Promise.all([note('a'), note('b')]);
    await Promise.all([fleet.asked('a'), fleet.asked('b')]);
    expect(order).toEqual([]);
    release();
    await both;
    expect(order.toSorted()).toEqual(['a', 'b']);
  });
});
