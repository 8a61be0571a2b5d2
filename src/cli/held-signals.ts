import { EXIT_FAILED } from './output.ts';

const HELD_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Keeps signals that come before there is somebody to tell them to; SIGHUP alone would end a process that is still loading.
 *
 * Returns what hands them on, to whoever listens by then, and stops keeping them; the second time it does nothing.
 */
export function holdSignals(): () => void {
  const held = new Set<NodeJS.Signals>();
  const hold = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGHUP' && held.has(signal)) process.exit(EXIT_FAILED); // meant twice
    held.add(signal);
  };
  for (const signal of HELD_SIGNALS) process.on(signal, hold);
  return () => {
    for (const signal of HELD_SIGNALS) process.removeListener(signal, hold);
    for (const signal of held) process.emit(signal, signal);
    held.clear();
  };
}
