/** In-flight de-duplication: identical queries that are open at the same time are executed once (issue "Traffic", part 2). */

/** Runs work that several callers may wait for. */
export interface Sharing<T> {
  /**
   * The result of `work`, started now or by an earlier caller with the same key that still waits.
   *
   * A caller that goes away takes nothing from the others; the work's own signal aborts when the last one has gone.
   */
  run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface OpenWork<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  callers: number;
}

export function createSharing<T>(): Sharing<T> {
  const open = new Map<string, OpenWork<T>>();

  function start(key: string, work: (signal: AbortSignal) => Promise<T>): OpenWork<T> {
    const controller = new AbortController();
    const entry: OpenWork<T> = {
      controller,
      callers: 0,
      promise: work(controller.signal).finally(() => forget(key, entry)),
    };
    open.set(key, entry);
    return entry;
  }

  function forget(key: string, entry: OpenWork<T>): void {
    if (open.get(key) === entry) open.delete(key);
  }

  return {
    run: async (key, signal, work) => {
      const entry = open.get(key) ?? start(key, work);
      entry.callers++;
      const leave = (): void => {
        entry.callers--;
        if (entry.callers > 0) return;
        forget(key, entry); // who comes later must not get cancelled work
        entry.controller.abort();
      };
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
      try {
        return await entry.promise;
      } finally {
        signal.removeEventListener('abort', leave);
      }
    },
  };
}
