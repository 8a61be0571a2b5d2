/**
 * Runs a task one at a time. Who asks while it runs shares the next run, so that nothing that changed meanwhile is missed.
 *
 * The task must not reject.
 */
export function createSerial<T>(task: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<T> | null = null;
  return () => {
    if (waiting === null) {
      waiting = last.then(() => {
        waiting = null;
        return task();
      });
      last = waiting;
    }
    return waiting;
  };
}
