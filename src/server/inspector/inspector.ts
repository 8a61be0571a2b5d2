/** The error inspector of `dev_mode` (error-layer.md section 11). Loaded dynamically: outside `dev_mode` nothing of this exists. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FinishedOperation } from '../dev-tools.ts';
import { INSPECTOR_PATH, type InspectorRoutes } from '../inspector-port.ts';
import type { Log } from '../log.ts';
import type { FetchTiming } from '../trace/trace.ts';
import { refusalOf } from './access.ts';
import { type Assets, readAssets } from './assets.ts';
import { type CaptureOptions, createCapture } from './capture.ts';
import { createEventStreams, type EventStreams } from './event-stream.ts';
import { type BufferLimits, createFailureBuffer, type FailureBuffer } from './failure-buffer.ts';

export interface Inspector {
  /** For the requests of one generation; the list outlives it. */
  recorder(options: CaptureOptions): (operation: FinishedOperation, timings: readonly FetchTiming[]) => void;
  routes(options: { readonly allowRemote: boolean }): InspectorRoutes;
  /** Ends all streams. */
  close(): void;
}

const LIMITS: BufferLimits = { maxEntries: 500, maxBytes: 33_554_432 };

/** Nothing from elsewhere, nothing inline, and no way to turn a text into code. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

export function createInspector(log: Log, limits: BufferLimits = LIMITS): Inspector {
  const buffer = createFailureBuffer(limits);
  const streams = createEventStreams(buffer);
  const site = createSite(buffer, streams);
  return {
    recorder(options) {
      streams.start();
      const capture = createCapture(options);
      return (operation, timings) => {
        try {
          for (const entry of capture(operation, timings)) streams.announce(buffer.add(entry));
        } catch (error) {
          // Whatever is wrong with the inspector, the client gets its answer.
          log.error({ requestId: operation.request.requestId, error }, 'inspector could not record a failure');
        }
      };
    },
    routes: ({ allowRemote }) => ({
      serve(request, response, path) {
        const refusal = refusalOf(request, allowRemote);
        if (refusal === null) {
          site.serve(request, response, path).catch((error: unknown) => {
            log.error({ error }, 'inspector could not answer');
            if (!response.headersSent) sendText(response, 500, 'Internal server error');
          });
          return;
        }
        log.warn(
          { remoteAddress: request.socket.remoteAddress, host: request.headers.host, reason: refusal },
          'inspector refused a request',
        );
        sendText(response, 403, refusal);
      },
    }),
    close: () => streams.end(),
  };
}

interface Site {
  serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

function createSite(buffer: FailureBuffer, streams: EventStreams): Site {
  let assets: Promise<Assets> | null = null;

  async function sendAsset(response: ServerResponse, name: string): Promise<void> {
    assets ??= readAssets();
    const found = await assets;
    const asset = found.get(name);
    if (found.size === 0) {
      assets = null; // it may be built yet
      sendText(response, 503, 'The page of the inspector is not built; run: npm run build');
    } else if (asset === undefined) sendText(response, 404, 'Nothing is here.');
    else send(response, 200, asset.contentType, asset.body);
  }

  return {
    async serve(request, response, path) {
      const { method = '' } = request;
      const rest = path.slice(INSPECTOR_PATH.length);
      if (rest === '/entries' && method === 'DELETE') {
        buffer.clear();
        streams.resend();
        send(response, 204, null, '');
      } else if (method !== 'GET' && method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD');
        sendText(response, 405, 'Use GET.');
      } else if (rest === '') await sendAsset(response, 'index.html');
      else if (rest === '/events') openStream(response, method, streams);
      else if (rest.startsWith('/entries/')) sendEntry(response, buffer.detail(Number(rest.slice('/entries/'.length))));
      else await sendAsset(response, rest.slice(1));
    },
  };
}

function openStream(response: ServerResponse, method: string, streams: EventStreams): void {
  response.writeHead(200, { ...SECURITY_HEADERS, 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  if (method === 'HEAD') response.end();
  else streams.open(response);
}

function sendEntry(response: ServerResponse, detail: string | null): void {
  if (detail === null) sendText(response, 404, 'This entry is gone: newer ones took its place.');
  else send(response, 200, 'application/json; charset=utf-8', detail);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain; charset=utf-8', `${text}\n`);
}

function send(response: ServerResponse, status: number, contentType: string | null, body: string | Buffer): void {
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...SECURITY_HEADERS, ...(contentType !== null && { 'content-type': contentType }), ...length });
  response.end(body);
}
