import { type Router, startRouter } from '../router.ts';
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
  const router = await startRouter({ loadConfig: () => loadConfigFiles(configFiles) });
  if (!router.ok) {
    printProblems(output, router.error);
    return EXIT_FAILED;
  }
  return runUntilSignal(router.value, process);
}

/** Resolves with the exit code when a signal has stopped the router. */
export function runUntilSignal(router: Router, events: ProcessEvents): Promise<number> {
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
