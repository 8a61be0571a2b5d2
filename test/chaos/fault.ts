/** Ways in which a subgraph misbehaves on the wire. Each goes on until the router hangs up, never by the clock. */
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { headOf, respond, type WireRequest } from '../support/tcp-server.ts';

export interface Fault {
  readonly name: string;
  readonly answer: (request: WireRequest) => void;
  /** Code of the error that the client gets. */
  readonly code: string;
  /** Further traffic shaping that the fault is about. */
  readonly traffic?: object;
}

/** What the router reads at most. */
export const MAX_BODY = '1MB';

const JSON_HEAD = 'content-type: application/json';
const GIGABYTE = 2 ** 30;
const CHUNK = Buffer.alloc(65_536, ' ');

export const FAULTS: readonly Fault[] = [
  { name: 'resets', answer: ({ socket }) => void socket.resetAndDestroy(), code: 'SUBGRAPH_UNREACHABLE' },
  { name: 'closes without a word', answer: ({ socket }) => void socket.end(), code: 'SUBGRAPH_UNREACHABLE' },
  { name: 'never answers', answer: () => undefined, code: 'SUBGRAPH_TIMEOUT' },
  {
    name: 'stalls after the head',
    answer: ({ socket }) => void socket.write(headOf(200, [JSON_HEAD, 'content-length: 100'])),
    code: 'SUBGRAPH_TIMEOUT',
  },
  {
    name: 'stalls in the middle of the body',
    answer: ({ socket }) => void socket.write(`${headOf(200, [JSON_HEAD, 'content-length: 100'])}{"data":`),
    code: 'SUBGRAPH_TIMEOUT',
  },
  {
    name: 'cuts the body',
    answer: ({ socket }) => void socket.end(`${headOf(200, [JSON_HEAD, 'content-length: 100'])}{"data":`),
    code: 'SUBGRAPH_CONNECTION_LOST',
  },
  {
    name: 'resets in the middle of the body',
    answer: ({ socket }) => void socket.write(`${headOf(200, [JSON_HEAD, 'content-length: 100'])}{"data":`, () => socket.resetAndDestroy()),
    code: 'SUBGRAPH_CONNECTION_LOST',
  },
  {
    name: 'drips its head byte by byte',
    answer: ({ socket }) => drip(socket, 'HTTP/1.1 200 OK\r\nx-slow: '),
    code: 'SUBGRAPH_TIMEOUT',
  },
  {
    name: 'drips its body byte by byte',
    answer: ({ socket }) => drip(socket, `${headOf(200, [JSON_HEAD, 'content-length: 1000000'])}{"data":`),
    code: 'SUBGRAPH_TIMEOUT',
  },
  {
    name: 'announces a gigabyte',
    answer: ({ socket }) => pour(socket, headOf(200, [JSON_HEAD, `content-length: ${GIGABYTE}`])),
    code: 'SUBGRAPH_RESPONSE_TOO_LARGE',
  },
  {
    name: 'pours a gigabyte unannounced',
    answer: ({ socket }) => pour(socket, headOf(200, [JSON_HEAD, 'connection: close'])),
    code: 'SUBGRAPH_RESPONSE_TOO_LARGE',
  },
  {
    name: 'sends little that inflates to much',
    answer: ({ socket }) => respond(socket, 200, BOMB, [JSON_HEAD, 'content-encoding: gzip']),
    code: 'SUBGRAPH_RESPONSE_TOO_LARGE',
  },
  {
    name: 'redirects to itself, and redirects are refused',
    answer: ({ socket }) => respond(socket, 307, 'moved', ['location: /graphql']),
    code: 'SUBGRAPH_HTTP_ERROR',
  },
  {
    name: 'redirects elsewhere',
    answer: ({ socket }) => respond(socket, 307, 'moved', ['location: http://127.0.0.1:1/graphql']),
    code: 'SUBGRAPH_HTTP_ERROR',
    traffic: { redirects: 'same_origin' },
  },
  { name: 'is not HTTP at all', answer: ({ socket }) => void socket.write('220 smtp ready\r\n'), code: 'SUBGRAPH_CONNECTION_LOST' },
  {
    name: 'answers 503 in HTML',
    answer: ({ socket }) => respond(socket, 503, '<h1>down</h1>', ['content-type: text/html']),
    code: 'SUBGRAPH_HTTP_ERROR',
  },
  {
    name: 'answers 504 in HTML',
    answer: ({ socket }) => respond(socket, 504, '<h1>slow</h1>', ['content-type: text/html']),
    code: 'SUBGRAPH_HTTP_ERROR',
  },
];

const BOMB = gzipSync(Buffer.alloc(2 ** 24));

/** Writes `head`, then a byte whenever the last one is out. */
function drip(socket: Socket, head: string): void {
  const next = (): void => {
    if (!socket.destroyed) socket.write('x', () => setImmediate(next));
  };
  socket.write(head, next);
}

/** Writes a gigabyte as fast as the other side reads. */
function pour(socket: Socket, head: string): void {
  let left = GIGABYTE;
  const next = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= CHUNK.length;
      if (!socket.write(CHUNK)) {
        socket.once('drain', next);
        return;
      }
    }
    socket.end();
  };
  socket.write(head);
  next();
}
