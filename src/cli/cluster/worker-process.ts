/** A worker as its primary sees it. */
import cluster, { type Worker } from 'node:cluster';
import type { Problems } from '../../router.ts';
import type { MetricValues } from '../../server/metrics.ts';
import { unreachable } from '../../shared/assert.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type FromPrimary, type FromWorker, isFromWorker } from './messages.ts';

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
}

type Reply = Extract<FromWorker, { readonly question: number }>;

/** The variable in which a worker finds its number. */
export const WORKER_NUMBER = 'CANDOR_WORKER_NUMBER';
// A worker that is too busy for this long counts with what it said last.
const METRICS_TIMEOUT_MS = 2_000;

/** One process, from fork to exit. */
export class WorkerProcess {
  readonly number: number;
  readonly startedAt = performance.now();
  /** Where it listens, once it does; problems when it cannot start. */
  readonly started: Promise<Result<string, Problems>>;
  readonly exited: Promise<WorkerExit>;
  isReady = false;
  readonly #worker: Worker;
  readonly #questions = new Map<number, (reply: Reply | null) => void>();
  #lastQuestion = 0;
  #values: MetricValues = [];
  #settleStart: (started: Result<string, Problems>) => void = () => undefined;

  constructor(number: number) {
    this.number = number;
    this.started = new Promise((resolve) => (this.#settleStart = resolve));
    this.#worker = cluster.fork({ [WORKER_NUMBER]: String(number) });
    this.#worker.on('message', (message: unknown) => {
      if (isFromWorker(message)) this.#hear(message);
    });
    this.#worker.on('error', () => undefined); // it cannot be told something; that it has ended is told by its exit
    this.exited = new Promise((resolve) =>
      this.#worker.once('exit', (code: number | null, signal: string | null) => {
        this.isReady = false;
        this.#settleStart(
          err([`worker ${this.number} ended ${signal === null ? `with code ${code}` : `by ${signal}`} before it was ready`]),
        );
        for (const settle of this.#questions.values()) settle(null);
        resolve({ code, signal });
      }),
    );
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  /** Problems for which it kept what it had; null when it ended meanwhile. */
  async reload(): Promise<Problems | null> {
    const reply = await this.#ask('reload');
    return reply?.kind === 'reloaded' ? reply.problems : null;
  }

  /** The present values, or the last that are known. */
  async readMetrics(): Promise<MetricValues> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<null>((resolve) => (timer = setTimeout(resolve, METRICS_TIMEOUT_MS, null)));
    const reply = await Promise.race([this.#ask('read_metrics'), timeout]);
    clearTimeout(timer);
    if (reply?.kind === 'metrics') this.#values = reply.values;
    return this.#values;
  }

  /** What it had counted when it was last heard of. */
  get lastMetrics(): MetricValues {
    return this.#values;
  }

  shutDown(notice: boolean): void {
    if (this.isReady) this.#tell({ kind: 'shut_down', notice });
    else this.kill(); // it serves nobody yet
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        this.isReady = true;
        this.#settleStart(ok(message.url));
        return;
      case 'cannot_start':
        this.#settleStart(err(message.problems));
        return;
      case 'reloaded':
      case 'metrics':
        this.#questions.get(message.question)?.(message);
        return;
      case 'stopped':
        this.#values = message.values;
        this.#tell({ kind: 'may_end' });
        return;
      case 'ending':
        return;
      default:
        unreachable(message);
    }
  }

  #ask(kind: 'reload' | 'read_metrics'): Promise<Reply | null> {
    const question = ++this.#lastQuestion;
    return new Promise((resolve) => {
      this.#questions.set(question, (reply) => {
        this.#questions.delete(question);
        resolve(reply);
      });
      if (!this.#tell({ kind, question })) this.#questions.get(question)?.(null);
    });
  }

  #tell(message: FromPrimary): boolean {
    if (!this.#worker.isConnected()) return false;
    this.#worker.send(message);
    return true;
  }
}
