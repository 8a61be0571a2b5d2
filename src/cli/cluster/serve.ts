/** What a process of a cluster does. */
import cluster from 'node:cluster';
import { EventEmitter } from 'node:events';
import { type Router, startRouter } from '../../router.ts';
import type { MetricValues } from '../../server/metrics.ts';
import { unreachable } from '../../shared/assert.ts';
import { loadConfigFiles } from '../config-source.ts';
import { tuneHeap } from '../heap.ts';
import { EXIT_FAILED } from '../output.ts';
import { runUntilSignal } from '../start.ts';
import { type FromPrimary, type FromWorker, isFromPrimary } from './messages.ts';
import { WORKER_NUMBER } from './worker-process.ts';

/** Resolves when the message is on its way, or cannot be any more. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

/**
 * Resolves when nobody can be waiting for this process.
 *
 * The primary may have handed over a connection before it knew that this worker listens no more. Such connections are
 * refused and go to another worker, but only while this one lives: so the primary has the last word, and it gets the refusals.
 */
async function takeLeave(values: MetricValues): Promise<void> {
  const isFree = new Promise<void>((resolve) => {
    process.once('disconnect', resolve);
    process.on('message', (message) => {
      if (isFromPrimary(message) && message.kind === 'may_end') resolve();
    });
  });
  await tell({ kind: 'stopped', values });
  if (process.connected) await isFree;
  await tell({ kind: 'ending' });
}

async function answer(message: FromPrimary, router: Router, stop: (notice: boolean) => void): Promise<void> {
  switch (message.kind) {
    case 'reload':
      return tell({ kind: 'reloaded', question: message.question, problems: await router.reload() });
    case 'read_metrics':
      return tell({ kind: 'metrics', question: message.question, values: await router.readMetrics() });
    case 'shut_down':
      return stop(message.notice);
    case 'may_end':
      return;
    default:
      return unreachable(message);
  }
}

function endAtOnce(): void {
  process.exit(EXIT_FAILED);
}

/** Serves until the primary says stop, or is gone; gives the exit code. Once per process: it listens to what the primary says. */
export async function serve(): Promise<number> {
  tuneHeap();
  // Node would end this process with its primary, requests in flight or not.
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
  process.once('disconnect', endAtOnce); // until there is something to finish
  const started = await startRouter({
    loadConfig: () => loadConfigFiles(process.argv.slice(2)),
    worker: { number: Number(process.env[WORKER_NUMBER]) },
  });
  if (!started.ok) {
    await tell({ kind: 'cannot_start', problems: started.error });
    return EXIT_FAILED;
  }
  const router = started.value;
  let isStopping = false;
  const events = Object.assign(new EventEmitter(), { exit: (code: number) => process.exit(code) });
  const stop = (notice: boolean): void => {
    // A signal to the whole group and the primary's word may both arrive; only to a primary does a second one mean haste.
    if (!isStopping) events.emit(notice ? 'SIGTERM' : 'SIGINT');
    else if (!notice) void router.shutdown(); // cuts short what was given notice of
    isStopping = true;
  };
  // With the primary the port is gone, so nobody new can come whatever is given notice of.
  process.removeListener('disconnect', endAtOnce).once('disconnect', () => stop(false));
  process.on('SIGTERM', () => stop(true));
  process.on('uncaughtException', (error) => events.emit('uncaughtException', error));
  process.on('unhandledRejection', (error) => events.emit('unhandledRejection', error));
  process.on('message', (message) => {
    if (isFromPrimary(message)) void answer(message, router, stop);
  });
  const code = runUntilSignal(router, events);
  await tell({ kind: 'ready', url: router.url });
  await code;
  await takeLeave(await router.readMetrics());
  return code;
}
