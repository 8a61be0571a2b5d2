import type { LoadedConfig } from '../config/load.ts';
import { type Problems, type Router, startRouter } from '../router.ts';
import { workerCount } from '../server/settings.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { loadConfigFiles } from './config-source.ts';
import { tuneHeap } from './heap.ts';
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
 * SIGTERM keeps `shutdown_notice`, SIGINT does not: somebody waits at the terminal. A second one ends at once. SIGHUP reloads.
 * `releaseSignals` hands on those that came before the router listens to them.
 */
export async function start(configFiles: readonly string[], output: CliOutput, releaseSignals: () => void): Promise<number> {
  const loadConfig = (): Result<LoadedConfig, Problems> => loadConfigFiles(configFiles);
  const started = await startProcesses(configFiles, loadConfig);
  if (!started.ok) {
    printProblems(output, started.error);
    return EXIT_FAILED;
  }
  const ended = runUntilSignal(started.value, process);
  releaseSignals();
  return ended;
}

/** One router in this process, or a cluster of them. */
async function startProcesses(
  configFiles: readonly string[],
  loadConfig: () => Result<LoadedConfig, Problems>,
): Promise<Result<Runnable, Problems>> {
  const loaded = loadConfig();
  if (!loaded.ok) return loaded;
  const { config } = loaded.value;
  if (workerCount(config.cluster.workers) === 1) {
    tuneHeap();
    return startRouter({ loadConfig });
  }
  const { Cluster } = await import('./cluster/primary.ts');
  const cluster = new Cluster({ configFiles, loadConfig }, loaded.value);
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
    let code = EXIT_OK;
    let isStopping = false;
    let isSignalled = false;
    const stop = (notice: boolean): void => {
      isStopping = true;
      void router.shutdown({ notice }).then(() => {
        for (const [event, listener] of listeners) events.removeListener(event, listener);
        resolve(code);
      });
    };
    const onSignal = (notice: boolean): void => {
      if (isSignalled) {
        router.log.warn({}, 'second signal, ending at once');
        router.kill?.();
        return events.exit(EXIT_FAILED);
      }
      isSignalled = true;
      if (!isStopping) stop(notice); // otherwise an exception came first
    };
    const listeners = [
      ['SIGTERM', () => onSignal(true)],
      ['SIGINT', () => onSignal(false)],
      ['SIGHUP', () => void router.reload()], // which logs what came of it
      // One request's bug must not end all others; after an exception nobody knows the state, so the process is replaced.
      ['unhandledRejection', (error: unknown) => router.log.error({ error }, 'unexpected rejection')],
      [
        'uncaughtException',
        (error: unknown) => {
          router.log.error({ error }, 'unexpected error, shutting down');
          code = EXIT_FAILED;
          if (isStopping)
            void router.shutdown(); // which cuts the time of notice short
          else stop(false);
        },
      ],
    ] as const;
    for (const [event, listener] of listeners) events.on(event, listener);
  });
}
