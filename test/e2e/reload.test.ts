import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { codesOf, deferred, Load, postTo, SMALL_SDL, type Stage, startStage, startSubgraph } from './stage.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A router that watches its files in a folder of its own. `write` replaces a file as a whole, as editors and mounts do. */
async function setUp(answer: () => unknown = () => ({ value: 'x' })) {
  const folder = await mkdtemp(join(tmpdir(), 'reload-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const subgraph = await startSubgraph(answer);
  cleanups.push(() => subgraph.close());
  const write = async (name: string, text: string): Promise<void> => {
    await writeFile(join(folder, `${name}.new`), text);
    await rename(join(folder, `${name}.new`), join(folder, name));
  };
  const config = (changes: object = {}): string =>
    JSON.stringify({
      listen_addr: '127.0.0.1:0',
      telemetry: { metrics: { prometheus: { listen_addr: '127.0.0.1:0' } } },
      watch_config: { enabled: true, interval: '5ms' },
      subgraphs: [{ name: 'small', routing_url: subgraph.url, schema: { file: 'small.graphql' } }],
      ...changes,
    });
  await write('small.graphql', SMALL_SDL);
  await write('router.config.yaml', config());
  const stage: Stage = await startStage({ configFiles: [join(folder, 'router.config.yaml')], cwd: folder, env: {} });
  cleanups.push(() => stage.close());
  return { stage, write, config, subgraph };
}

describe('reload', () => {
  it('follows a changed configuration', async () => {
    const { stage, write, config } = await setUp();
    expect((await stage.post('{ __schema { __typename } }')).body.errors).toBeUndefined();
    await write('router.config.yaml', config({ introspection: { enabled: false } }));
    await stage.logged('reload applied');
    expect(codesOf(await stage.post('{ __schema { __typename } }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it('follows a changed SDL', async () => {
    const { stage, write } = await setUp();
    expect(codesOf(await stage.post('{ later }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    await write('small.graphql', SMALL_SDL.replace('value: String', 'value: String later: String'));
    await stage.logged('reload applied');
    expect((await stage.post('{ __type(name: "Query") { fields { name } } }')).text).toContain('"later"');
  });

  it.each([
    ['small.graphql', 'type Query {', 'SDL'],
    ['router.config.yaml', 'listen_addr: [', 'router.config.yaml'],
    ['router.config.yaml', '{ "subgraphs": [], "lisen_addr": 1 }', 'did you mean listen_addr'],
  ])('keeps the running generation when %s becomes %s', async (name, text, reason) => {
    const { stage, write, config } = await setUp();
    await write(name, text);
    const line = await stage.logged('reload refused, the running configuration and graph stay');
    expect(JSON.stringify(line['problems'])).toContain(reason);
    expect((await stage.post('{ value }')).body).toEqual({ data: { value: 'x' } });
    const metrics = await (await fetch(stage.router.metricsUrl ?? '')).text();
    expect(metrics).toMatch(/router_reloads_total\{result="refused"\} [1-9]/);
    await write(name, name === 'small.graphql' ? SMALL_SDL : config());
    await stage.logged('reload applied');
  });

  it('lets a request in flight finish in the generation that it met', async () => {
    const gate = deferred();
    const { stage, subgraph, write } = await setUp(async () => {
      await gate.promise;
      return { value: 'x' };
    });
    const answer = stage.post('{ value }');
    await subgraph.arrived(1);
    await write('small.graphql', 'type Query { other: String }');
    await stage.logged('reload applied');
    expect(codesOf(await stage.post('{ value }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    gate.resolve();
    expect((await answer).body).toEqual({ data: { value: 'x' } });
  });

  it('loses no request under load', async () => {
    const { stage } = await setUp();
    const load = new Load(8, async () => expect((await stage.post('{ value }')).body).toEqual({ data: { value: 'x' } }));
    for (let i = 0; i < 10; i++) {
      expect(await stage.router.reload()).toEqual([]);
      await load.more(8);
    }
    await load.stop();
  });

  it('moves to another address when that is what changed, and answers what the old one has', async () => {
    const gate = deferred();
    const { stage, subgraph, write, config } = await setUp(async () => {
      await gate.promise;
      return { value: 'x' };
    });
    const before = stage.router.url;
    const answer = stage.post('{ value }');
    await subgraph.arrived(1);
    await write('router.config.yaml', config({ listen_addr: 'localhost:0' }));
    await stage.logged('reload applied');
    expect(stage.router.url).not.toBe(before);
    gate.resolve();
    expect((await answer).body).toEqual({ data: { value: 'x' } });
    expect((await postTo(`${stage.router.url}/graphql`, '{ value }')).body).toEqual({ data: { value: 'x' } });
  });

  it('leaves no listener behind when the router stops while it opens one', async () => {
    const { stage, write, config } = await setUp();
    const opened: Server[] = [];
    const spy = vi.spyOn(Server.prototype, 'listen');
    spy.mockImplementation(function (this: Server, ...args) {
      spy.mockRestore();
      opened.push(this);
      void stage.router.shutdown();
      return this.listen(...args);
    });
    await write('router.config.yaml', config({ listen_addr: 'localhost:0' }));
    const { problems } = await stage.logged('reload refused, the running configuration and graph stay');
    await stage.logged('router stopped');
    expect(problems).toEqual(['the router is shutting down']);
    expect(opened.map(({ listening }) => listening)).toEqual([false]);
  });
});
