/** `telemetry`: metrics for Prometheus, traces over OTLP. */
import * as z from 'zod';
import { fieldNotes, filledText, httpUrl, named, section, urlPath } from '../fields.ts';
import { listenAddress } from './listener.ts';

export const telemetryKeys = {
  telemetry: section({
    service_name: filledText()
      .default('candor-router')
      .register(fieldNotes, { variables: ['TELEMETRY_SERVICE_NAME'] })
      .describe('Name of this service in traces.'),
    metrics: section({
      prometheus: section({
        enabled: z
          .boolean()
          .register(fieldNotes, { variables: ['PROMETHEUS_ENABLED'] })
          .default(true)
          .describe('Serve metrics.'),
        listen_addr: listenAddress()
          .register(fieldNotes, { textual: true, type: 'host:port', variables: ['PROMETHEUS_LISTEN_ADDR'] })
          .prefault('127.0.0.1:8088')
          .describe('Address of the metrics, apart from that of the router.'),
        path: urlPath()
          .register(fieldNotes, { type: 'URL path', variables: ['PROMETHEUS_HTTP_PATH'] })
          .default('/metrics')
          .describe('Path of the metrics.'),
      })
        .prefault({})
        .describe('Metrics for Prometheus.'),
    })
      .prefault({})
      .describe('Metrics.'),
    tracing: section({
      enabled: z
        .boolean()
        .register(fieldNotes, { variables: ['TRACING_ENABLED'] })
        .default(false)
        .describe('Send traces.'),
      endpoint: httpUrl()
        .register(fieldNotes, { type: 'URL', variables: ['TRACING_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] })
        .default('http://localhost:4318/v1/traces')
        .describe('OTLP over HTTP: where traces go.'),
      headers: named(z.string()).prefault({}).describe('Headers for the endpoint, such as credentials as `${NAME}`.'),
      sampling_rate: z
        .number()
        .min(0)
        .max(1)
        .register(fieldNotes, { variables: ['TRACING_SAMPLING_RATE'] })
        .default(1)
        .describe('Share of requests that are traced, from 0 to 1. A client that sends `traceparent` has decided already.'),
    })
      .prefault({})
      .describe('Traces with OpenTelemetry.'),
  })
    .prefault({})
    .describe('Metrics and traces.'),
};
