/** One HTTP request and the one answer to it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdFrom } from './request-id.ts';

type HeaderLines = readonly (readonly [name: string, value: string])[];

export interface Exchange {
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly queryString: string;
  /** `performance.now()` at which the head had arrived. */
  readonly startedAt: number;
  /** Writes the answer. `headers` never hold `content-length` or `connection`: this sets both. */
  send(status: number, headers: HeaderLines, body: string | Buffer): void;
}

export interface ExchangeOptions {
  /** Whether the connection must end with this answer. */
  isClosing(): boolean;
  /** For every answer, whatever it is. */
  commonHeaders(request: IncomingMessage): HeaderLines;
}

/**
 * How long a client may go on sending after an answer that did not wait for all of its request. Without it the
 * connection would be reset, and the answer with it.
 */
export const LINGER_MS = 1_000;
// A rest that is cheaper to swallow than a new connection.
const MAX_IGNORED_BODY_BYTES = 65_536;

export function createExchange(request: IncomingMessage, response: ServerResponse, options: ExchangeOptions): Exchange {
  const [path, queryString] = splitTarget(request.url ?? '/');
  const requestId = requestIdFrom(request.headers['x-request-id']);
  return {
    request,
    requestId,
    path,
    queryString,
    startedAt: performance.now(),
    send: (status, headers, body) => {
      if (response.headersSent || response.destroyed) return;
      const isAbandoning = hasUnreadBody(request);
      const lines: string[] = ['x-request-id', requestId];
      const common = options.commonHeaders(request);
      for (const [name, value] of common) lines.push(name, value);
      for (const [name, value] of headers) if (!isOurs(name, common)) lines.push(name, value);
      if (status !== 204) lines.push('content-length', String(Buffer.byteLength(body)));
      if (isAbandoning || options.isClosing()) lines.push('connection', 'close');
      response.writeHead(status, lines);
      if (isAbandoning) linger(request, response, body);
      else response.end(body);
    },
  };
}

/** Headers that rules take from subgraphs must not stand beside ours: twice, they would mean nothing. */
function isOurs(name: string, common: HeaderLines): boolean {
  return name === 'x-request-id' || name === 'date' || (name !== 'vary' && common.some(([own]) => own === name));
}

function splitTarget(target: string): readonly [path: string, queryString: string] {
  const origin = /^https?:\/\/[^/?]*/i.exec(target)?.[0] ?? ''; // absolute form, as proxies send it
  const rest = target.slice(origin.length);
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  return [path === '' ? '/' : path, mark < 0 ? '' : rest.slice(mark + 1)];
}

function hasUnreadBody(request: IncomingMessage): boolean {
  if (request.complete) return false;
  if (request.isPaused()) return true; // we stopped reading on purpose
  const length = request.headers['content-length'];
  return length === undefined ? request.headers['transfer-encoding'] !== undefined : Number(length) > MAX_IGNORED_BODY_BYTES;
}

/** The client has the whole answer; what it still sends is dropped until it notices, or for a moment. */
function linger(request: IncomingMessage, response: ServerResponse, body: string | Buffer): void {
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end).once('close', end);
  request.resume();
  response.write(body);
}
