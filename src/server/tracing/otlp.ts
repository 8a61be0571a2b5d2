/** Traces over OTLP (HTTP, JSON). The only file that imports OpenTelemetry's SDK; itself imported only where tracing is on. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { RouterConfig } from '../../config/schema.ts';
import type { Log } from '../log.ts';
import { type Executors, OtelRequestTrace } from './request-trace.ts';
import { readTraceContext } from './trace-context.ts';
import type { Tracing } from './tracing.ts';

export interface OtlpOptions {
  readonly telemetry: Pick<RouterConfig['telemetry'], 'serviceName' | 'tracing'>;
  readonly log: Log;
}

const EXPORT_TIMEOUT_MS = 5_000;
// A collector that is away must not hold up a shutdown for all of its retries.
const CLOSE_TIMEOUT_MS = 2_000;

/** Nothing is registered globally: a router may live beside others, and beside an application's own tracing, in one process. */
export function createOtlpTracing({ telemetry, log }: OtlpOptions): Tracing {
  const { serviceName, tracing } = telemetry;
  const agent = new URL(tracing.endpoint).protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const exporter = new OTLPTraceExporter({
    url: tracing.endpoint,
    headers: Object.fromEntries(tracing.headers),
    timeoutMillis: EXPORT_TIMEOUT_MS,
    httpAgentOptions: () => agent,
  });
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes({ 'service.name': serviceName })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(tracing.samplingRate) }),
    spanProcessors: [new BatchSpanProcessor(loggedExporter(exporter, tracing.endpoint, log), { exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
  });
  const tracer = provider.getTracer('candor');
  const executors: Executors = new WeakMap();
  return {
    start: ({ headers, method, requestId }) => {
      const parent = readTraceContext(headers);
      const context = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
      const attributes = { 'http.request.method': method, 'request.id': requestId };
      return new OtelRequestTrace(tracer, tracer.startSpan('request', { kind: SpanKind.SERVER, attributes }, context), executors);
    },
    close: async () => {
      const isDone = await isDoneWithin(CLOSE_TIMEOUT_MS, provider.shutdown());
      if (!isDone) log.warn({ endpoint: tracing.endpoint }, 'traces cannot be sent');
      agent.destroy();
    },
  };
}

/** Says once that traces cannot be sent, and once that they can again. */
function loggedExporter(exporter: SpanExporter, endpoint: string, log: Log): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const hasFailed = result.error !== undefined;
        if (hasFailed && !isFailing) log.warn({ endpoint, error: result.error }, 'traces cannot be sent');
        if (!hasFailed && isFailing) log.info({ endpoint }, 'traces can be sent again');
        isFailing = hasFailed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** Failures have been logged where they happened. */
async function isDoneWithin(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => (timer = setTimeout(resolve, ms, false)));
  const done = work.then(
    () => true,
    () => true,
  );
  const isDone = await Promise.race([done, timeout]);
  clearTimeout(timer);
  return isDone;
}
