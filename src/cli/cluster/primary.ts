/** Several processes behind one port: starts them, replaces them, hands on reloads and shutdowns, sums up their metrics. */
import cluster from 'node:cluster';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadedConfig } from '../../config/load.ts';
import type { RouterConfig } from '../../config/schema.ts';
import type { Problems, ShutdownOptions } from '../../router.ts';
import { type ClusterMetrics, createClusterMetrics } from '../../server/cluster-metrics.ts';
import { ConfigWatch } from '../../server/config-watch.ts';
import { createLog, type Log } from '../../server/log.ts';
import { listenForMetrics, type MetricsServer } from '../../server/metrics-server.ts';
import { createSerial } from '../../server/serial.ts';
import { logOptionsOf, workerCount } from '../../server/settings.ts';
import { ok, type Result } from '../../shared/result.ts';
import { restartDelayMs, STABLE_AFTER_MS } from './backoff.ts';
import { type WorkerExit, WorkerProcess } from './worker-process.ts';

export interface ClusterOptions {
  readonly configFiles: readonly string[];
  loadConfig(): Result<LoadedConfig, Problems>;
}

/** Beyond `shutdown_delay` a worker is stuck. */
const KILL_MARGIN_MS = 2_000;

/** The primary. It serves no requests itself, so that nothing that a request does can take it down. */
export class Cluster {
  readonly log: Log;
  /** Workers reload one after the other; the first that refuses keeps the others from trying. */
  readonly reload: () => Promise<Problems>;
  readonly #options: ClusterOptions;
  readonly #metrics: ClusterMetrics;
  readonly #workers = new Map<number, WorkerProcess>();
  readonly #failures = new Map<number, number>();
  readonly #restarts = new Map<number, NodeJS.Timeout>();
  readonly #watch: ConfigWatch;
  readonly #loaded: LoadedConfig;
  #config: RouterConfig;
  #metricsServer: MetricsServer | null = null;
  /** Before, a worker that ends is not replaced: it tells why nothing can start. */
  #isServing = false;
  #started: Promise<Problems> = Promise.resolve([]);
  #stopped: Promise<void> | null = null;

  constructor(options: ClusterOptions, loaded: LoadedConfig) {
    this.#options = options;
    this.#loaded = loaded;
    this.#config = loaded.config;
    this.log = createLog(logOptionsOf(this.#config));
    this.#metrics = createClusterMetrics(() => this.#serving().length);
    this.reload = createSerial(() => this.#reload());
    this.#watch = new ConfigWatch((files) => {
      this.log.info({ files }, 'files changed');
      void this.reload(); // the workers say what came of it
    });
    cluster.setupPrimary({
      exec: fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url)),
      args: [...options.configFiles],
      serialization: 'advanced', // NaN is a value of a metric, and none of JSON
    });
  }

  /**
   * Starts one worker, and when it serves the others: what is wrong is told once, and then nothing is left running.
   *
   * From there on a worker that cannot start takes nothing from those that serve; it is tried again.
   */
  start(): Promise<Problems> {
    this.#started = this.#start();
    return this.#started;
  }

  async #start(): Promise<Problems> {
    await this.#watch.follow(this.#loaded); // before workers read the files, so that no change is missed
    const problems = await this.#startWorkers();
    if (problems.length > 0) this.#watch.close();
    return problems;
  }

  async #startWorkers(): Promise<Problems> {
    const metricsServer = await this.#listenForMetrics(this.#config);
    if (!metricsServer.ok) return [metricsServer.error];
    this.#metricsServer = metricsServer.value;
    const worker = this.#fork(1);
    const first = await worker.started;
    if (!first.ok) {
      await worker.exited;
      await this.#metricsServer?.close();
      return first.error;
    }
    this.#isServing = true;
    await this.#scaleTo(workerCount(this.#config.cluster.workers));
    const { url } = this.#metricsServer ?? { url: null };
    this.log.info({ url: first.value + this.#config.graphqlPath, metricsUrl: url, workers: this.#workers.size }, 'cluster is ready');
    return [];
  }

  /**
   * Requests in flight finish in their workers; resolves when all have ended.
   *
   * Called again without `notice`, it cuts the time of notice short.
   */
  shutdown({ notice = false }: ShutdownOptions = {}): Promise<void> {
    if (this.#stopped === null) this.#stopped = this.#shutdown(notice);
    else if (!notice) for (const worker of this.#running()) worker.shutDown(false);
    return this.#stopped;
  }

  /** Ends all workers at once. */
  kill(): void {
    for (const worker of this.#running()) worker.kill();
  }

  async #shutdown(notice: boolean): Promise<void> {
    this.#watch.close();
    for (const timer of this.#restarts.values()) clearTimeout(timer);
    const running = this.#running();
    this.log.info({ workers: running.length }, 'cluster is shutting down');
    for (const worker of running) worker.shutDown(notice);
    const late = setTimeout(() => {
      this.log.warn({ workers: this.#workers.size }, 'workers did not end in time, killing them');
      this.kill();
    }, this.#config.shutdownDelayMs + KILL_MARGIN_MS);
    await Promise.all(running.map(({ exited }) => exited));
    clearTimeout(late);
    await this.#metricsServer?.close();
    this.log.info({}, 'cluster stopped');
  }

  async #reload(): Promise<Problems> {
    const notStarted = await this.#started;
    if (notStarted.length > 0) return notStarted;
    await this.#watch.acknowledge();
    const loaded = this.#options.loadConfig();
    if (loaded.ok) await this.#watch.follow(loaded.value); // also when the rest fails: the file to be mended may be new
    for (const worker of this.#running()) {
      if (!(await worker.started).ok) continue;
      const problems = await worker.reload(); // which logs what came of it
      if (problems !== null && problems.length > 0) return problems;
    }
    if (!loaded.ok || this.#stopped !== null) return [];
    const { config } = loaded.value;
    this.log.configure(logOptionsOf(config));
    const problem = await this.#moveMetrics(config);
    if (problem !== null) this.log.error({ problem }, 'metrics stay where they are');
    this.#config = config;
    await this.#scaleTo(workerCount(config.cluster.workers));
    this.log.info({ workers: this.#workers.size }, 'all workers have reloaded');
    return [];
  }

  #running(): readonly WorkerProcess[] {
    return [...this.#workers.values()];
  }

  #serving(): readonly WorkerProcess[] {
    return this.#running().filter(({ isReady }) => isReady);
  }

  /** Resolves when the workers that were missing serve, or cannot start. */
  async #scaleTo(count: number): Promise<void> {
    for (const [number, worker] of this.#workers) if (number > count) worker.shutDown(false); // the others hold the port
    const missing = Array.from({ length: count }, (_, i) => i + 1).filter((n) => !this.#workers.has(n) && !this.#restarts.has(n));
    await Promise.all(missing.map((number) => this.#fork(number).started));
  }

  #fork(number: number): WorkerProcess {
    this.#restarts.delete(number);
    const worker = new WorkerProcess(number);
    this.#workers.set(number, worker);
    void worker.started.then((started) => {
      if (started.ok) this.log.info({ worker: number, pid: worker.pid }, 'worker serves');
      else if (this.#isServing && this.#stopped === null)
        this.log.error({ worker: number, problems: started.error }, 'worker cannot start');
    });
    void worker.exited.then(async ({ code, signal }) => {
      this.#workers.delete(number);
      await this.#metrics.retire(worker.lastMetrics);
      if (!this.#isServing || this.#stopped !== null || number > workerCount(this.#config.cluster.workers)) return;
      this.#metrics.workerEnded();
      const failures = performance.now() - worker.startedAt > STABLE_AFTER_MS ? 1 : (this.#failures.get(number) ?? 0) + 1;
      this.#failures.set(number, failures);
      this.#replace(number, code === 0 ? 0 : restartDelayMs(failures), { pid: worker.pid, code, signal });
    });
    return worker;
  }

  #replace(number: number, delayMs: number, ended: WorkerExit & { readonly pid: number | undefined }): void {
    const say = ended.code === 0 ? this.log.warn : this.log.error;
    say({ worker: number, ...ended, delayMs }, 'worker ended, another one is started');
    const timer = setTimeout(() => {
      this.#fork(number);
    }, delayMs);
    this.#restarts.set(number, timer);
  }

  async #moveMetrics(config: RouterConfig): Promise<string | null> {
    const [before, after] = [this.#config, config].map(({ telemetry }) => JSON.stringify(telemetry.metrics));
    if (before === after) return null;
    const opened = await this.#listenForMetrics(config);
    if (!opened.ok) return opened.error;
    await this.#metricsServer?.close();
    this.#metricsServer = opened.value;
    return null;
  }

  async #listenForMetrics({ telemetry }: RouterConfig): Promise<Result<MetricsServer | null, string>> {
    const { enabled, listenAddr: address, path } = telemetry.metrics.prometheus;
    if (!enabled) return ok(null);
    const print = async (): Promise<string> =>
      this.#metrics.print(await Promise.all(this.#serving().map((worker) => worker.readMetrics())));
    return listenForMetrics({ address, path, metrics: { print, contentType: this.#metrics.contentType }, log: this.log });
  }
}
