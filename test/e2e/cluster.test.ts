import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildRouter, RunningCommand } from '../support/built-router.ts';
import { listen } from '../support/listen.ts';
import type { JsonRecord } from '../support/script.ts';
import { type Answer, codesOf, deferred, Load, postTo, SMALL_SDL, startSubgraph, type TestSubgraph } from './stage.ts';

let script: string;
beforeAll(async () => {
  script = await buildRouter();
}, 120_000);

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Cluster {
  readonly command: RunningCommand;
  readonly url: string;
  readonly post: (query: string) => Promise<Answer>;
  readonly metric: (line: string) => Promise<number>;
  /** Replaces the configuration file as a whole. */
  readonly write: (changes: object) => Promise<void>;
}

async function prepare(subgraph: Pick<TestSubgraph, 'url'>, config: object, env: NodeJS.ProcessEnv = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'cluster-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'small.graphql'), SMALL_SDL);
  const file = join(folder, 'router.config.yaml');
  const write = async (changes: object): Promise<void> => {
    const complete = {
      listen_addr: '127.0.0.1:0',
      telemetry: { metrics: { prometheus: { listen_addr: '127.0.0.1:0' } } },
      subgraphs: [{ name: 'small', routing_url: subgraph.url, schema: { file: 'small.graphql' } }],
      cluster: { workers: 2 },
      shutdown_notice: '0s',
      ...config,
      ...changes,
    };
    await writeFile(`${file}.new`, JSON.stringify(complete));
    await rename(`${file}.new`, file);
  };
  await write({});
  const command = new RunningCommand(script, ['start', '--config', file], { cwd: folder, env });
  cleanups.push(async () => {
    command.signal('SIGTERM');
    await command.ended;
  });
  return { command, write };
}

async function startCluster(subgraph: Pick<TestSubgraph, 'url'>, config: object = {}, env: NodeJS.ProcessEnv = {}): Promise<Cluster> {
  const { command, write } = await prepare(subgraph, config, env);
  const { url, metricsUrl } = await command.logged('cluster is ready');
  return {
    command,
    write,
    url: String(url),
    post: (query) => postTo(String(url), query),
    metric: async (line) => {
      const text = await (await fetch(String(metricsUrl))).text();
      return Number(
        text
          .split('\n')
          .find((each) => each.startsWith(`${line} `))
          ?.slice(line.length + 1) ?? Number.NaN,
      );
    },
  };
}

async function healthySubgraph(): Promise<TestSubgraph> {
  const subgraph = await startSubgraph(() => ({ value: 'x' }));
  cleanups.push(() => subgraph.close());
  return subgraph;
}

const X = { data: { value: 'x' } };
const SERVED = 'router_http_requests_total{method="POST",status="200",operation_type="query"}';

/** As a client that opens a connection per request, so that workers take turns. */
function postAlone(url: string): Promise<Answer> {
  return postTo(url, '{ value }', { headers: { connection: 'close' } });
}

/** The next line that says this; asked for before what makes it be said. */
function next(command: RunningCommand, message: string): Promise<JsonRecord> {
  return command.logged(message, {}, command.lines.filter(({ msg }) => msg === message).length);
}

// Starting processes takes its time on a busy machine: one cluster lives through everything that a cluster can live through.
describe('a cluster, from its start to its end', { timeout: 60_000 }, () => {
  let gate = deferred();
  let subgraph: TestSubgraph;
  let cluster: Cluster;
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    gate.resolve();
    subgraph = await startSubgraph(async () => {
      await gate.promise;
      return { value: 'x' };
    });
    cluster = await startCluster(subgraph, { engine: { enable_single_flight: false, enable_inbound_request_deduplication: false } });
    ends.push(() => subgraph.close(), ...cleanups.splice(0));
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  it('serves one port from several processes and sums up what they count', async () => {
    const { command, url, metric } = cluster;
    for (let i = 0; i < 10; i++) expect((await postAlone(url)).body).toEqual(X);
    const workers = new Set(command.lines.filter(({ msg }) => msg === 'request').map(({ worker }) => worker));
    expect(workers).toEqual(new Set([1, 2]));
    expect(await metric(SERVED)).toBe(10);
    expect(await metric('router_cluster_workers')).toBe(2);
  });

  it('replaces a worker that crashes, and forgets nothing that it had counted', async () => {
    const { command, url, metric } = cluster;
    const [pid] = await workerPids(command);
    const replaced = next(command, 'worker serves');
    process.kill(pid ?? 0, 'SIGKILL');
    expect(await command.logged('worker ended, another one is started')).toMatchObject({ level: 'error', signal: 'SIGKILL', delayMs: 250 });
    expect((await postAlone(url)).body).toEqual(X);
    await replaced;
    expect(await metric(SERVED)).toBe(11);
    expect(await metric('router_cluster_worker_ends_total')).toBe(1);
  });

  it('loses no request when its workers are replaced one after the other', async () => {
    const { command, url } = cluster;
    const load = new Load(2, async () => expect((await postAlone(url)).body).toEqual(X));
    for (const pid of await workerPids(command)) {
      await load.more(10);
      const replaced = next(command, 'worker serves');
      process.kill(pid, 'SIGTERM');
      await replaced;
    }
    await load.more(10);
    await load.stop();
    expect(load.answered).toBeGreaterThan(30);
  });

  it('reloads on SIGHUP, every worker, and loses no request meanwhile', async () => {
    const { command, url, post, write } = cluster;
    const load = new Load(2, async () => expect((await postAlone(url)).body).toEqual(X));
    await load.more(10);
    await write({ introspection: { enabled: false } });
    command.signal('SIGHUP');
    await command.logged('all workers have reloaded');
    await load.more(10);
    await load.stop();
    for (let i = 0; i < 4; i++) expect(codesOf(await post('{ __schema { __typename } }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(command.lines.filter(({ msg }) => msg === 'reload applied').map(({ worker }) => worker)).toEqual([1, 2]);
  });

  it('keeps what it has when a file is broken: the first worker that refuses spares the others', async () => {
    const { command, post, write, metric } = cluster;
    await write({ lissen_addr: 'x' });
    command.signal('SIGHUP');
    await command.logged('reload refused, the running configuration and graph stay');
    expect(await metric('router_reloads_total{result="refused"}')).toBe(1);
    expect((await post('{ value }')).body).toEqual(X);
    const reloaded = next(command, 'all workers have reloaded');
    await write({ cluster: { workers: 3 } });
    command.signal('SIGHUP');
    expect(await reloaded).toMatchObject({ workers: 3 });
  });

  it('lets requests in flight finish on SIGTERM, and ends with all of its workers', async () => {
    const { command, post } = cluster;
    const pids = await workerPids(command);
    gate = deferred();
    const before = subgraph.requests.length;
    const answers = Array.from({ length: 4 }, () => post('{ value }'));
    await subgraph.arrived(before + 4);
    command.signal('SIGTERM');
    await command.logged('shutting down', {}, 1);
    gate.resolve();
    for (const { body } of await Promise.all(answers)) expect(body).toEqual(X);
    expect(await command.ended).toBe(0);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('a cluster', { timeout: 60_000 }, () => {
  it('reloads once when a watched file changes, however many workers see it', async () => {
    const { command, write, post } = await startCluster(await healthySubgraph(), { watch_config: { enabled: true, interval: '20ms' } });
    await write({ watch_config: { enabled: true, interval: '20ms' }, introspection: { enabled: false } });
    await command.logged('all workers have reloaded');
    expect(codesOf(await post('{ __schema { __typename } }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it('refuses a broken file once, however many workers there are', async () => {
    const watch = { watch_config: { enabled: true, interval: '20ms' } };
    const { command, write, metric } = await startCluster(await healthySubgraph(), watch);
    for (const edit of [0, 1, 2]) {
      await write({ ...watch, [`typo_${edit}`]: true });
      await command.logged('reload refused, the running configuration and graph stay', {}, edit);
    }
    await write({ ...watch, introspection: { enabled: false } });
    await command.logged('all workers have reloaded');
    expect(await metric('router_reloads_total{result="refused"}')).toBe(3);
    expect(await metric('router_reloads_total{result="applied"}')).toBe(2); // one per worker
    // Who looks is one process, and none of those that could each look at another time.
    const told = command.lines.filter(({ msg }) => msg === 'files changed');
    expect(told.map(({ worker }) => worker)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('gives notice of its end on SIGTERM, serving meanwhile', async () => {
    const subgraph = await startSubgraph(() => ({ value: 'x' }));
    cleanups.push(() => subgraph.close());
    const { command, post, url } = await startCluster(subgraph, { shutdown_notice: '1h', shutdown_delay: '2h' });
    command.signal('SIGTERM');
    await command.logged('shutting down', {}, 1);
    expect((await fetch(url.replace('/graphql', '/health/ready'))).status).toBe(503);
    expect((await post('{ value }')).body).toEqual(X);
    command.signal('SIGINT'); // meant twice
    expect(await command.ended).toBe(1);
  });

  it.each([
    ['the primary dies', 'SIGKILL', 'SIGKILL'],
    ['an exception comes', 'SIGUSR2', 1],
  ] as const)('cuts the notice short when %s', async (_what, signal, outcome) => {
    const env = { NODE_OPTIONS: `--import=data:text/javascript,process.on('SIGUSR2',()=>{throw(new(Error)('because'))})` };
    const { command } = await startCluster(await healthySubgraph(), { shutdown_notice: '1h', shutdown_delay: '2h' }, env);
    command.signal('SIGTERM');
    await command.logged('shutting down', {}, 1);
    command.signal(signal);
    expect(await command.ended).toBe(outcome); // which is when the last worker lets go of standard output
  });

  it('says once and plainly why it cannot start', async () => {
    const other = createServer();
    const port = await listen(other);
    cleanups.push(() => other.close());
    const { command } = await prepare(await healthySubgraph(), { listen_addr: `127.0.0.1:${port}` });
    expect(await command.ended).toBe(1);
    expect(command.stderr).toBe(
      `candor: cannot listen on 127.0.0.1:${port}: the port is in use; stop the other process or change listen_addr\n`,
    );
  });
});

/** Of the workers that serve now. */
async function workerPids(command: RunningCommand): Promise<readonly number[]> {
  await command.logged('worker serves', {}, 1);
  const serving = command.lines.filter(({ msg }) => msg === 'worker serves').map(({ worker, pid }) => [worker, Number(pid)] as const);
  return [...new Map(serving).values()];
}
