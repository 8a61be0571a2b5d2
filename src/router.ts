/** The composition root: a running router, which swaps generations when its files change. */
import { once } from 'node:events';
import type { LoadedConfig } from './config/load.ts';
import type { RouterConfig } from './config/schema.ts';
import { writeAccessLine } from './server/access-log.ts';
import { ConfigWatch } from './server/config-watch.ts';
import { createDevMode, type DevMode } from './server/dev-mode.ts';
import { buildGeneration, type Generation, refuserOf } from './server/generation.ts';
import { INSPECTOR_PATH } from './server/inspector-port.ts';
import { closeNew, type Listeners, openListeners } from './server/listeners.ts';
import { createLog, type Log, type LogSink } from './server/log.ts';
import { createMetrics, type Metrics, type MetricValues } from './server/metrics.ts';
import { createSerial } from './server/serial.ts';
import type { RequestRecord, ServerState } from './server/service.ts';
import { logOptionsOf, serverSettingsOf, workerCount } from './server/settings.ts';
import { err, ok, type Result } from './shared/result.ts';

/** Lines for people: what is wrong, where, and what to do. */
export type Problems = readonly string[];

export interface RouterOptions {
  /** Reads the configuration; called again for every reload. */
  loadConfig(): Result<LoadedConfig, Problems>;
  /** SDL by subgraph name, in place of files. */
  readonly sdls?: ReadonlyMap<string, string>;
  /** Takes log lines in place of standard output. */
  readonly logSink?: LogSink;
  /** Set in a process of a cluster. */
  readonly worker?: WorkerRole;
}

/** One of several processes behind one port: it listens only once it can serve, and leaves metrics and the watching of files to the primary. */
export interface WorkerRole {
  /** Stands in its log lines. */
  readonly number: number;
}

export interface Router {
  /** `http://localhost:3002`, with the port that was really taken. */
  readonly url: string;
  /** Null when metrics are off. */
  readonly metricsUrl: string | null;
  /** Of the error inspector; null outside `dev_mode`. */
  readonly inspectorUrl: string | null;
  /** GraphQL requests without an answer. */
  readonly inFlight: number;
  readonly log: Log;
  /** The present values of all metrics, for whoever sums up several processes. */
  readMetrics(): Promise<MetricValues>;
  /**
   * Reads everything anew, builds a generation beside the running one and swaps them.
   *
   * With problems, which it returns, the running generation stays. No request fails because of a reload.
   */
  reload(): Promise<Problems>;
  /**
   * Not ready at once; resolves when requests in flight are done (`grace_period`) and everything is closed (`shutdown_delay`).
   *
   * Called again without `notice`, it cuts the time of notice short.
   */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

export interface ShutdownOptions {
  /** Whether to go on serving for `shutdown_notice`, so that load balancers notice; by default not. */
  readonly notice?: boolean;
}

/** Starts a router: listens, loads the graph, then is ready. On problems nothing is left open. */
export async function startRouter(options: RouterOptions): Promise<Result<Router, Problems>> {
  const loaded = options.loadConfig();
  if (!loaded.ok) return loaded;
  const router = new RunningRouter(options, loaded.value.config);
  const problems = await router.start(loaded.value);
  return problems.length === 0 ? ok(router) : err(problems);
}

class RunningRouter implements Router {
  readonly log: Log;
  readonly reload: () => Promise<Problems>;
  readonly #options: RouterOptions;
  readonly #metrics: Metrics;
  readonly #devMode: DevMode;
  #listeners: Listeners | null = null;
  #generation: Generation | null = null;
  readonly #watch: ConfigWatch;
  #started: Promise<Problems> = Promise.resolve([]);
  #stopped: Promise<void> | null = null;
  readonly #hurry = new AbortController();

  constructor(options: RouterOptions, config: RouterConfig) {
    this.#options = options;
    this.log = createLog(logOptionsOf(config), options.logSink, options.worker === undefined ? null : { worker: options.worker.number });
    this.#metrics = createMetrics({ inFlight: () => this.inFlight });
    this.#devMode = createDevMode(this.log);
    this.reload = createSerial(() => this.#reload());
    this.#watch = new ConfigWatch((files) => {
      this.log.info({ files }, 'files changed');
      void this.reload(); // says itself what came of it
    });
  }

  get url(): string {
    return this.#listeners?.http.url ?? '';
  }

  get inFlight(): number {
    return this.#listeners?.http.inFlight ?? 0;
  }

  get metricsUrl(): string | null {
    return this.#listeners?.metrics?.url ?? null;
  }

  get inspectorUrl(): string | null {
    return (this.#generation?.state.inspector ?? null) === null ? null : this.url + INSPECTOR_PATH;
  }

  readMetrics(): Promise<MetricValues> {
    return this.#metrics.read();
  }

  start(loaded: LoadedConfig): Promise<Problems> {
    this.#started = this.#start(loaded);
    return this.#started;
  }

  shutdown({ notice = false }: ShutdownOptions = {}): Promise<void> {
    if (!notice) this.#hurry.abort();
    this.#stopped ??= this.#shutdown();
    return this.#stopped;
  }

  async #start(loaded: LoadedConfig): Promise<Problems> {
    const { config } = loaded;
    this.#warn(loaded);
    if (this.#options.worker !== undefined) return this.#startWorker(loaded);
    // Listening before there is a graph: probes see a live process that is not ready yet.
    const state = { settings: serverSettingsOf(config), refuse: refuserOf(config), service: null, inspector: null };
    const listeners = await this.#open(config, state);
    if (!listeners.ok) return listeners.error;
    this.#listeners = listeners.value;
    await this.#watch.follow(loaded);
    const generation = await this.#build(loaded);
    if (!generation.ok) {
      await this.#closeListeners();
      return generation.error;
    }
    this.#serve(listeners.value, generation.value);
    return [];
  }

  /** Other processes serve already: nothing may be sent here before there is a graph. */
  async #startWorker(loaded: LoadedConfig): Promise<Problems> {
    const generation = await this.#build(loaded);
    const listeners = generation.ok ? await this.#open(loaded.config, generation.value.state) : generation;
    if (!generation.ok || !listeners.ok) {
      if (generation.ok) await generation.value.close();
      await this.#closeListeners();
      return listeners.ok ? [] : listeners.error;
    }
    this.#serve(listeners.value, generation.value);
    return [];
  }

  #serve(listeners: Listeners, generation: Generation): void {
    this.#swap(listeners, generation);
    const subgraphs = [...generation.supergraph.subgraphs.keys()];
    const urls = { url: this.url + generation.config.graphqlPath, metricsUrl: this.metricsUrl, inspectorUrl: this.inspectorUrl };
    this.log.info({ ...urls, subgraphs }, 'router is ready');
  }

  async #reload(): Promise<Problems> {
    await this.#started;
    if (this.#stopped !== null) return STOPPING;
    await this.#watch.acknowledge();
    const loaded = this.#options.loadConfig();
    const problems = loaded.ok ? await this.#apply(loaded.value) : loaded.error;
    this.#metrics.reloaded(problems.length === 0 ? 'applied' : 'refused');
    if (problems.length === 0) this.log.info({}, 'reload applied');
    else this.log.error({ problems }, 'reload refused, the running configuration and graph stay');
    return problems;
  }

  async #apply(loaded: LoadedConfig): Promise<Problems> {
    const { config } = loaded;
    if (this.#options.worker === undefined) await this.#watch.follow(loaded); // also when the rest fails: the file to be mended may be new
    const generation = await this.#build(loaded);
    if (!generation.ok) return generation.error;
    if (this.#stopped !== null) {
      await generation.value.close();
      return STOPPING;
    }
    const listeners = await this.#open(config, generation.value.state);
    if (!listeners.ok) {
      await generation.value.close();
      return listeners.error;
    }
    if (this.#stopped !== null) {
      await Promise.all([generation.value.close(), closeNew(listeners.value, this.#listeners)]); // nobody else would
      return STOPPING;
    }
    this.log.configure(logOptionsOf(config));
    this.#warn(loaded);
    this.#swap(listeners.value, generation.value);
    return [];
  }

  #build(source: LoadedConfig): Promise<Result<Generation, Problems>> {
    const { config, locate } = source;
    const shared = { log: this.log, metrics: this.#metrics, devMode: this.#devMode };
    return buildGeneration({ config, locate, source, sdls: this.#options.sdls ?? null, ...shared });
  }

  #open(config: RouterConfig, state: ServerState): Promise<Result<Listeners, Problems>> {
    const onServed = (record: RequestRecord): void => {
      this.#metrics.requestServed(record);
      if (this.#generation?.config.accessLogs.enabled !== false) writeAccessLine(this.log, record);
    };
    const metrics = this.#options.worker === undefined ? this.#metrics : null;
    return openListeners({ config, state, before: this.#listeners, metrics, log: this.log, onServed });
  }

  /** From now on requests meet the new generation; the old one is closed when its last request has its answer. */
  #swap(listeners: Listeners, generation: Generation): void {
    const [oldListeners, oldGeneration] = [this.#listeners, this.#generation];
    this.#listeners = listeners;
    this.#generation = generation;
    const answered: Promise<unknown>[] = [listeners.http.use(generation.state)];
    if (oldListeners !== null && oldListeners.http !== listeners.http)
      answered.push(oldListeners.http.drain(oldListeners.config.gracePeriodMs));
    if (oldListeners !== null && oldListeners.metrics !== listeners.metrics) answered.push(oldListeners.metrics?.close() ?? NOTHING);
    if (generation.state.inspector === null) this.#devMode.close();
    void Promise.all(answered).then(() => oldGeneration?.close()); // none of these rejects
  }

  #warn({ config, warnings }: LoadedConfig): void {
    for (const warning of [...warnings, ...idleKeys(config, this.#options.worker)])
      this.log.warn({ warning }, 'configuration needs attention');
  }

  async #shutdown(): Promise<void> {
    const startedAt = performance.now();
    const { http, config } = this.#listeners ?? {};
    const { gracePeriodMs = 0, shutdownDelayMs = 0, shutdownNoticeMs = 0 } = config ?? {};
    const isLeft = (): number => Math.max(0, shutdownDelayMs - (performance.now() - startedAt));
    this.log.info({ inFlight: this.inFlight }, 'shutting down');
    this.#watch.close();
    this.#devMode.close();
    http?.giveNotice();
    await waitAtMost(Math.min(shutdownNoticeMs, isLeft() - gracePeriodMs), this.#hurry.signal);
    const cutOff = (await http?.drain(Math.min(gracePeriodMs, isLeft()))) ?? 0;
    if (cutOff > 0) this.log.warn({ requests: cutOff }, 'requests were cut off at the end of the grace period');
    await atMost(isLeft(), this.#generation?.close() ?? NOTHING);
    await this.#closeListeners();
    this.log.info({}, 'router stopped');
  }

  async #closeListeners(): Promise<void> {
    this.#watch.close();
    await Promise.all([this.#listeners?.http.drain(0), this.#listeners?.metrics?.close()]);
  }
}

const NOTHING = Promise.resolve();
const STOPPING: Problems = ['the router is shutting down'];

async function waitAtMost(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0 && !signal.aborted) await atMost(ms, once(signal, 'abort'));
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.max(0, ms))));
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}

/** Keys that are valid and have no effect here: better said than ignored. */
function idleKeys({ cluster }: RouterConfig, worker: WorkerRole | undefined): readonly string[] {
  if (worker !== undefined || workerCount(cluster.workers) === 1) return [];
  return ['cluster.workers: this process serves alone; `candor start` starts the others, and must be started anew when there was one'];
}
