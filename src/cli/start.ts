import { type Router, startRouter } from '../router.ts';
import { loadConfigFiles } from './config-source.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK, printProblems } from './output.ts';

/** The part of `process` that tells a router to stop or to reload. */
export interface Signals {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  removeListener(signal: NodeJS.Signals, listener: () => void): unknown;
  /** Ends the process at once. */
  exit(code: number): void;
}

/**
 * `candor start`: runs until SIGTERM or SIGINT and gives the exit code when everything is closed.
 *
 * SIGHUP reloads. A second SIGTERM or SIGINT ends at once.
 */
export async function start(configFiles: readonly string[], output: CliOutput, signals: Signals = process): Promise<number> {
  const router = await startRouter({ loadConfig: () => loadConfigFiles(configFiles) });
  if (!router.ok) {
    printProblems(output, router.error);
    return EXIT_FAILED;
  }
  return runUntilSignal(router.value, signals);
}

/** Resolves with the exit code when a signal has stopped the router. */
export function runUntilSignal(router: Router, signals: Signals): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false;
    const reload = (): void => void router.reload(); // logs what came of it
    const stop = (): void => {
      if (isStopping) {
        router.log.warn({}, 'second signal, ending at once');
        signals.exit(EXIT_FAILED);
        return;
      }
      isStopping = true;
      void router.shutdown().then(() => {
        signals.removeListener('SIGTERM', stop);
        signals.removeListener('SIGINT', stop);
        signals.removeListener('SIGHUP', reload);
        resolve(EXIT_OK);
      });
    };
    signals.on('SIGTERM', stop);
    signals.on('SIGINT', stop);
    signals.on('SIGHUP', reload);
  });
}
