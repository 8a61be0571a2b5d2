/** An OTLP collector: takes spans over HTTP and keeps them. */
import { createServer } from 'node:http';
import { listen } from './listen.ts';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly links: readonly { readonly spanId: string }[];
}

export interface Collector {
  /** For `telemetry.tracing.endpoint`. */
  readonly endpoint: string;
  readonly spans: readonly CollectedSpan[];
  readonly headers: readonly Readonly<Record<string, string | readonly string[] | undefined>>[];
  /** Resolves when nobody is connected any more. */
  allClosed(): Promise<void>;
  close(): Promise<void>;
}

/** Answers every request with `status`. */
export async function startCollector(status = 200): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const headers: Collector['headers'][number][] = [];
  const closed: Promise<void>[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    headers.push(request.headers);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      for (const { scopeSpans } of JSON.parse(Buffer.concat(chunks).toString()).resourceSpans)
        for (const scope of scopeSpans) spans.push(...scope.spans.map(readSpan));
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.on('connection', (socket) => {
    closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}/v1/traces`,
    spans,
    headers,
    allClosed: async () => void (await Promise.all(closed)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface WireValue {
  readonly stringValue?: string;
  readonly intValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values: readonly WireValue[] };
}

type WireAttributes = readonly { readonly key: string; readonly value: WireValue }[];

interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status: { readonly code: number };
  readonly attributes: WireAttributes;
  readonly events: readonly { readonly name: string; readonly attributes: WireAttributes }[];
  readonly links: readonly { readonly spanId: string }[];
}

function readSpan(span: WireSpan): CollectedSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name,
    isError: span.status.code === 2,
    attributes: readAttributes(span.attributes),
    events: span.events.map(({ name, attributes }) => ({ name, attributes: readAttributes(attributes) })),
    links: span.links.map(({ spanId }) => ({ spanId })),
  };
}

function readAttributes(attributes: WireAttributes): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, readValue(value)]));
}

function readValue(value: WireValue): unknown {
  return value.stringValue ?? value.intValue ?? value.boolValue ?? value.arrayValue?.values.map(readValue);
}
