/** Signals that reach `candor start` while it is still loading. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildRouter, REPOSITORY, RunningCommand } from '../support/built-router.ts';

let script: string;
/** A build of its own: others run theirs at the same time. */
let copy: string;
beforeAll(async () => {
  const shared = await buildRouter();
  // Inside the repository, where the real packages are found.
  copy = await mkdtemp(join(REPOSITORY, '.work', 'start-signals-'));
  await cp(join(dirname(shared), '..', '..'), copy, { recursive: true });
  script = join(copy, 'dist', 'cli', 'index.js');
  // A package that every process of the router loads, with a signal in it: it comes in the middle of loading, every time.
  const pino = join(copy, 'node_modules', 'pino');
  await mkdir(pino, { recursive: true });
  await writeFile(join(pino, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  const real = JSON.stringify(import.meta.resolve('pino'));
  await writeFile(
    join(pino, 'index.js'),
    `for (const signal of (process.env.SIGNALS ?? '').split(',')) if (signal !== '') process.kill(process.pid, signal);
export * from ${real};
export { default } from ${real};\n`,
  );
}, 120_000);
afterAll(() => rm(copy, { recursive: true }));

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(signals: string, config: object = {}): Promise<RunningCommand> {
  const folder = await mkdtemp(join(tmpdir(), 'start-signals-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'a.graphql'), 'type Query { a: Int }');
  const complete = {
    listen_addr: '127.0.0.1:0',
    shutdown_notice: '0s',
    telemetry: { metrics: { prometheus: { enabled: false } } },
    subgraphs: [{ name: 'a', routing_url: 'http://127.0.0.1:1/', schema: { file: 'a.graphql' } }],
    ...config,
  };
  await writeFile(join(folder, 'router.config.yaml'), JSON.stringify(complete));
  const command = new RunningCommand(script, ['start'], { cwd: folder, env: { SIGNALS: signals } });
  cleanups.push(async () => {
    command.signal('SIGTERM');
    await command.ended;
  });
  return command;
}

describe('a process that is loading', () => {
  it('keeps SIGHUP until it is ready, and reloads then', async () => {
    const command = await start('SIGHUP');
    await command.logged('router is ready');
    await command.logged('reload applied');
    command.signal('SIGTERM');
    expect(await command.ended).toBe(0);
  });

  it('keeps SIGTERM, and ends well', async () => {
    const command = await start('SIGTERM');
    expect(await command.ended).toBe(0);
  });

  it('is not ended by SIGTERM as a worker of a cluster: the primary keeps it, and ends well', async () => {
    const command = await start('SIGTERM', { cluster: { workers: 2 } });
    expect(await command.ended).toBe(0);
    expect(command.stderr).toBe('');
  });

  it('is not ended by SIGHUP as a worker of a cluster either', async () => {
    const command = await start('SIGHUP', { cluster: { workers: 2 } });
    await command.logged('cluster is ready');
    await command.logged('all workers have reloaded');
    expect(command.lines.filter(({ msg }) => msg === 'worker ended, another one is started')).toEqual([]);
    command.signal('SIGTERM');
    expect(await command.ended).toBe(0);
  });
});
