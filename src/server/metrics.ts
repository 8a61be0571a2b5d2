/** What Prometheus sees (with `cluster-metrics` the only door to prom-client). Labels come from bounded sets: neither clients nor subgraphs can grow them. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import type { BreakerState, SubgraphObserver } from '../subgraph/observer.ts';
import type { RequestRecord } from './service.ts';

export interface Metrics {
  /** Counts what the transport does. */
  readonly transport: SubgraphObserver;
  requestServed(record: RequestRecord): void;
  /** Errors alike that a subgraph or a fetch caused, before any policy. */
  subgraphErrors(labels: SubgraphErrorLabels, count: number): void;
  planned(result: 'hit' | 'miss'): void;
  scrubbed(detector: string, subgraph: string): void;
  /** An error that the operator's own catalogue does not know. */
  undeclared(code: string, subgraph: string): void;
  reloaded(result: 'applied' | 'refused'): void;
  /** In Prometheus's text format. */
  print(): Promise<string>;
  readonly contentType: string;
  /** The same as values, for whoever sums up several processes. */
  read(): Promise<MetricValues>;
}

export interface SubgraphErrorLabels {
  readonly subgraph: string;
  readonly kind: string;
  /** Whatever the subgraph made up. */
  readonly code: string;
}

export type MetricValues = readonly MetricObjectWithValues<MetricValue<string>>[];

export interface MetricsOptions {
  /** GraphQL requests without an answer, asked when somebody looks. */
  inFlight(): number;
}

// A code is text that a subgraph made up; beyond this many different ones they count as `other`.
const MAX_CODES = 200;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const BREAKER_VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

// Event loop lag, heap and handles belong to the process, however many routers it holds.
let processRegistry: Registry | null = null;

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const { requests, durations, errors } = requestMetrics(registry, options);
  const { exchanges, exchangeDurations, subgraphErrors, retries, breakers } = subgraphMetrics(registry);
  const { plans, scrubs, strangers, reloads } = innerMetrics(registry);
  const codeLabel = boundedLabel(MAX_CODES);
  processRegistry ??= createProcessRegistry();
  const registries = [registry, processRegistry];
  return {
    contentType: registry.contentType,
    print: async () => (await Promise.all(registries.map((each) => each.metrics()))).join('\n'),
    read: async () => (await Promise.all(registries.map((each) => each.getMetricsAsJSON()))).flat(),
    transport: {
      onExchange: ({ subgraph, reply }) => {
        exchanges.inc({ subgraph, outcome: reply.kind === 'failure' ? reply.failure : `${Math.floor(reply.status / 100)}xx` });
        exchangeDurations.observe({ subgraph }, reply.durationMs / 1_000);
      },
      onRetry: ({ subgraph }) => retries.inc({ subgraph }),
      onBreakerChange: ({ subgraph, state }) => breakers.set({ subgraph }, BREAKER_VALUES[state]),
    },
    requestServed: ({ method, status, durationMs, facts }) => {
      const operation_type = facts.operationType ?? 'none';
      requests.inc({ method: methodLabel(method), status: String(status), operation_type });
      durations.observe({ operation_type }, durationMs / 1_000);
      for (const code of facts.codes) errors.inc({ code: codeLabel(code) });
    },
    subgraphErrors: ({ subgraph, kind, code }, count) => subgraphErrors.inc({ subgraph, kind, code: codeLabel(code) }, count),
    planned: (result) => plans.inc({ result }),
    scrubbed: (detector, subgraph) => scrubs.inc({ detector, subgraph }),
    undeclared: (code, subgraph) => strangers.inc({ code: codeLabel(code), subgraph }),
    reloaded: (result) => reloads.inc({ result }),
  };
}

function requestMetrics(registry: Registry, options: MetricsOptions) {
  const registers = [registry];
  const inFlight: Gauge = new Gauge({
    name: 'router_http_requests_in_flight',
    help: 'GraphQL requests without an answer.',
    registers,
    collect: (): void => inFlight.set(options.inFlight()),
  });
  return {
    requests: new Counter({
      name: 'router_http_requests_total',
      help: 'GraphQL requests; status 499 means that the client had gone.',
      labelNames: ['method', 'status', 'operation_type'],
      registers,
    }),
    durations: new Histogram({
      name: 'router_http_request_duration_seconds',
      help: 'Time from the head of a GraphQL request to its answer.',
      labelNames: ['operation_type'],
      buckets: SECONDS,
      registers,
    }),
    errors: new Counter({
      name: 'router_graphql_errors_total',
      help: 'Answers with an error of this code, as it was before any policy.',
      labelNames: ['code'],
      registers,
    }),
  };
}

function subgraphMetrics(registry: Registry) {
  const registers = [registry];
  return {
    exchanges: new Counter({
      name: 'subgraph_requests_total',
      help: 'Requests to subgraphs, retries not counted apart; outcome is the class of the status or the kind of failure.',
      labelNames: ['subgraph', 'outcome'],
      registers,
    }),
    exchangeDurations: new Histogram({
      name: 'subgraph_request_duration_seconds',
      help: 'Time of a request to a subgraph with all of its attempts.',
      labelNames: ['subgraph'],
      buckets: SECONDS,
      registers,
    }),
    subgraphErrors: new Counter({
      name: 'subgraph_errors_total',
      help: 'Errors of subgraphs and fetches as they really were, whatever clients may see.',
      labelNames: ['subgraph', 'kind', 'code'],
      registers,
    }),
    retries: new Counter({ name: 'subgraph_retries_total', help: 'Attempts after the first.', labelNames: ['subgraph'], registers }),
    breakers: new Gauge({
      name: 'subgraph_circuit_breaker_state',
      help: '0 closed, 1 half open, 2 open; of several processes the highest.',
      aggregator: 'max',
      labelNames: ['subgraph'],
      registers,
    }),
  };
}

function innerMetrics(registry: Registry) {
  const registers = [registry];
  return {
    plans: new Counter({
      name: 'router_plan_cache_requests_total',
      help: 'Look-ups of the plan cache: hit or miss.',
      labelNames: ['result'],
      registers,
    }),
    scrubs: new Counter({
      name: 'errors_scrubbed_total',
      help: 'Errors in which this detector of the scrubber found something.',
      labelNames: ['detector', 'subgraph'],
      registers,
    }),
    strangers: new Counter({
      name: 'errors_undeclared_total',
      help: 'Errors that subgraph_error_propagation.catalogue does not know.',
      labelNames: ['code', 'subgraph'],
      registers,
    }),
    reloads: new Counter({
      name: 'router_reloads_total',
      help: 'Reloads: applied, or refused because something was wrong and the running generation was kept.',
      labelNames: ['result'],
      registers,
    }),
  };
}

function createProcessRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** The first `max` values as they are, all later ones as `other`. */
function boundedLabel(max: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return 'other';
    known.add(value);
    return value;
  };
}

function methodLabel(method: string): string {
  return method === 'GET' || method === 'HEAD' || method === 'POST' ? method : 'other';
}
