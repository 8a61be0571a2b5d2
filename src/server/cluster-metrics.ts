/** Metrics of several processes as one page. */
import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';
import type { MetricValues } from './metrics.ts';

export interface ClusterMetrics {
  readonly contentType: string;
  /** Keeps what a process that has ended had counted: a sum that shrinks would look like a restart of everything. */
  retire(values: MetricValues): Promise<void>;
  /** A process ended that nobody had asked to. */
  workerEnded(): void;
  /** Sums up the processes that run with those that have ended. In Prometheus's text format. */
  print(running: readonly MetricValues[]): Promise<string>;
}

export function createClusterMetrics(runningWorkers: () => number): ClusterMetrics {
  const registry: Registry = new Registry();
  const registers = [registry];
  const workers: Gauge = new Gauge({
    name: 'router_cluster_workers',
    help: 'Processes that serve requests.',
    registers,
    collect: (): void => workers.set(runningWorkers()),
  });
  const ends = new Counter({
    name: 'router_cluster_worker_ends_total',
    help: 'Processes that ended unasked and were replaced.',
    registers,
  });
  let retired: MetricValues = [];
  return {
    contentType: registry.contentType,
    retire: async (values) => {
      retired = await sumUp([retired, values.filter(isCounted)]).getMetricsAsJSON();
    },
    workerEnded: () => ends.inc(),
    print: async (running) => `${await sumUp([...running, retired]).metrics()}\n${await registry.metrics()}`,
  };
}

function sumUp(parts: readonly MetricValues[]): Registry {
  return AggregatorRegistry.aggregate(parts.map((part) => [...part]));
}

/** prom-client's own type says that this is a number; it is a name. */
function isCounted({ type }: MetricValues[number]): boolean {
  return ['counter', 'histogram'].includes(String(type));
}
