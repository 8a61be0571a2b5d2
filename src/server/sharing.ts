/** In-flight de-duplication: identical queries that are open at the same time are executed once (issue "Traffic", part 2). */
import { Cancellation, type CancellationListener } from '../shared/cancellation.ts';
import { type TransientKey, TransientMap } from '../shared/transient-map.ts';

/** Runs work that several callers may wait for. */
export interface Sharing<T> {
  /**
   * The result of `work`, started now or by an earlier caller with the same key that still waits.
   *
   * A caller that goes away takes nothing from the others; the work's own signal aborts when the last one has gone.
   */
  run(key: TransientKey, signal: Cancellation, work: (signal: Cancellation) => Promise<T>): Promise<T>;
}

interface OpenWork<T> {
  readonly promise: Promise<T>;
  readonly cancellation: Cancellation;
  callers: number;
}

export function createSharing<T>(): Sharing<T> {
  const open = new TransientMap<OpenWork<T>>();

  function start(key: TransientKey, work: (signal: Cancellation) => Promise<T>): OpenWork<T> {
    const cancellation = new Cancellation();
    const entry: OpenWork<T> = {
      cancellation,
      callers: 0,
      promise: work(cancellation).finally(() => open.delete(key, entry)),
    };
    open.add(key, entry);
    return entry;
  }

  return {
    run: async (key, signal, work) => {
      const entry = open.get(key) ?? start(key, work);
      entry.callers++;
      const caller: CancellationListener = {
        onAbort: () => {
          entry.callers--;
          if (entry.callers > 0) return;
          open.delete(key, entry); // who comes later must not get cancelled work
          entry.cancellation.abort();
        },
      };
      if (signal.aborted) caller.onAbort();
      else signal.add(caller);
      try {
        return await entry.promise;
      } finally {
        signal.remove(caller);
      }
    },
  };
}
