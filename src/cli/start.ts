import type { LoadedConfig } from '../config/load.ts';
import { type Problems, type Router, startRouter } from '../router.ts';
import { workerCount } from '../server/settings.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { loadConfigFiles } from './config-source.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK, printProblems } from './output.ts';

type Bug = 'uncaughtException' | 'unhandledRejection';

/** The part of `process` that tells a router to stop or to reload, or that something broke. */
export interface ProcessEvents {
  on(event: NodeJS.Signals | Bug, listener: (reason: unknown) => void): unknown;
  removeListener(event: NodeJS.Signals | Bug, listener: (reason: unknown) => void): unknown;
  /** Ends the process at once. */
  exit(code: number): void;
}

/**
 * `candor start`: runs until SIGTERM or SIGINT and gives the exit code when everything is closed.
 *
 * SIGHUP reloads. A second SIGTERM or SIGINT ends at once.
 */
export async function start(configFiles: readonly string[], output: CliOutput): Promise<number> {
  const loadConfig = (): Result<LoadedConfig, Problems> => loadConfigFiles(configFiles);
  const releaseSignals = holdSignals();
  const started = await startProcesses(configFiles, loadConfig);
  if (!started.ok) {
    releaseSignals();
    printProblems(output, started.error);
    return EXIT_FAILED;
  }
  const ended = runUntilSignal(started.value, process);
  releaseSignals();
  return ended;
}

/** Signals that come before there is somebody to tell them to wait: SIGHUP would end a process that starts. */
function holdSignals(): () => void {
  const held = new Set<NodeJS.Signals>();
  const hold = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGHUP' && held.has(signal)) process.exit(EXIT_FAILED); // meant twice
    held.add(signal);
  };
  for (const signal of HELD_SIGNALS) process.on(signal, hold);
  return () => {
    for (const signal of HELD_SIGNALS) process.removeListener(signal, hold);
    for (const signal of held) process.emit(signal, signal);
  };
}

const HELD_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** One router in this process, or a cluster of them. */
async function startProcesses(
  configFiles: readonly string[],
  loadConfig: () => Result<LoadedConfig, Problems>,
): Promise<Result<Runnable, Problems>> {
  const loaded = loadConfig();
  if (!loaded.ok) return loaded;
  const { config } = loaded.value;
  if (workerCount(config.cluster.workers) === 1) return startRouter({ loadConfig });
  const { Cluster } = await import('./cluster/primary.ts');
  const cluster = new Cluster({ configFiles, loadConfig }, config);
  const problems = await cluster.start();
  return problems.length === 0 ? ok(cluster) : err(problems);
}

/** A router, or several as one. */
export interface Runnable extends Pick<Router, 'log' | 'reload' | 'shutdown'> {
  /** Ends what would outlive this process. */
  kill?(): void;
}

/** Resolves with the exit code when a signal has stopped the router. */
export function runUntilSignal(router: Runnable, events: ProcessEvents): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (code: number): void => {
      isStopping = true;
      void router.shutdown().then(() => {
        for (const [event, listener] of listeners) events.removeListener(event, listener);
        resolve(code);
      });
    };
    const onSignal = (): void => {
      if (!isStopping) return stop(EXIT_OK);
      router.log.warn({}, 'second signal, ending at once');
      router.kill?.();
      events.exit(EXIT_FAILED);
    };
    const listeners = [
      ['SIGTERM', onSignal],
      ['SIGINT', onSignal],
      ['SIGHUP', () => void router.reload()], // which logs what came of it
      // One request's bug must not end all others; after an exception nobody knows the state, so the process is replaced.
      ['unhandledRejection', (error: unknown) => router.log.error({ error }, 'unexpected rejection')],
      [
        'uncaughtException',
        (error: unknown) => {
          router.log.error({ error }, 'unexpected error, shutting down');
          if (!isStopping) stop(EXIT_FAILED);
        },
      ],
    ] as const;
    for (const [event, listener] of listeners) events.on(event, listener);
  });
}
