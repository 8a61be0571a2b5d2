/** Metrics have a listener of their own, so that they are never public by accident and never wait behind requests. */
import { createServer } from 'node:http';
import { ok, type Result } from '../shared/result.ts';
import { bind, boundPort, type ListenAddress, printAddress } from './listener.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly address: ListenAddress;
  readonly path: string;
  readonly metrics: Pick<Metrics, 'print' | 'contentType'>;
  readonly log: Log;
}

/** The error is one sentence that says what to do. */
export async function listenForMetrics(options: MetricsServerOptions): Promise<Result<MetricsServer, string>> {
  const { address, path, metrics, log } = options;
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== path) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end(`Metrics are at ${path}\n`);
      return;
    }
    metrics.print().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      (error: unknown) => {
        log.error({ error }, 'metrics could not be printed');
        response.writeHead(500).end();
      },
    );
  });
  const bound = await bind(server, address, 'telemetry.metrics.prometheus.listen_addr');
  if (!bound.ok) return bound;
  return ok({
    url: `http://${printAddress(address, boundPort(server))}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
