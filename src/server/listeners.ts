/** What a router listens on: opened for a configuration, and kept by the next one where nothing about it changed. */
import type { RouterConfig } from '../config/schema.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { type HttpServer, listen } from './http-server.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { listenForMetrics, type MetricsServer } from './metrics-server.ts';
import type { RequestRecord, ServerState } from './service.ts';

export interface Listeners {
  /** Under which they were opened, or kept. */
  readonly config: RouterConfig;
  readonly http: HttpServer;
  readonly metrics: MetricsServer | null;
}

export interface ListenersOptions {
  readonly config: RouterConfig;
  /** For an HTTP listener that is new. */
  readonly state: ServerState;
  readonly before: Listeners | null;
  /** Null in a process whose metrics another one serves. */
  readonly metrics: Metrics | null;
  readonly log: Log;
  readonly onServed: (record: RequestRecord) => void;
}

/** Opens what the configuration asks for and is not open yet; all of it or nothing. The errors are lines for people. */
export async function openListeners(options: ListenersOptions): Promise<Result<Listeners, readonly string[]>> {
  const { config, state, before, log, onServed } = options;
  const keepsHttp = before !== null && isSame(before.config.listenAddr, config.listenAddr);
  const http = keepsHttp ? ok(before.http) : await listen({ address: config.listenAddr, state, log, onServed });
  const keepsMetrics = before !== null && isSame(before.config.telemetry.metrics.prometheus, config.telemetry.metrics.prometheus);
  const metrics = keepsMetrics ? ok(before.metrics) : await openMetrics(options);
  if (http.ok && metrics.ok) return ok({ config, http: http.value, metrics: metrics.value });
  await closeNew({ http: http.ok ? http.value : null, metrics: metrics.ok ? metrics.value : null }, before);
  return err([http, metrics].flatMap((opened) => (opened.ok ? [] : [opened.error])));
}

/** Closes what is open now and was not before; it has served nobody yet. */
export async function closeNew(
  { http, metrics }: Pick<Listeners, 'metrics'> & { readonly http: HttpServer | null },
  before: Listeners | null,
): Promise<void> {
  if (http !== before?.http) await http?.drain(0);
  if (metrics !== before?.metrics) await metrics?.close();
}

async function openMetrics({ config, metrics, log }: ListenersOptions): Promise<Result<MetricsServer | null, string>> {
  const { enabled, listenAddr: address, path } = config.telemetry.metrics.prometheus;
  return enabled && metrics !== null ? listenForMetrics({ address, path, metrics, log }) : ok(null);
}

/** Plain values, so their text tells. */
function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
