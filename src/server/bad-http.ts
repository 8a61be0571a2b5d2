/** What Node would answer emptily, or not at all: answered in our own shape, like any other request that is refused. */
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RouterResponse } from '../respond/model.ts';
import { LINGER_MS } from './exchange.ts';
import { type RequestRefusal, refusal } from './graphql-request.ts';
import { methodNotAllowed } from './incoming-operation.ts';

export interface BadHttpOptions {
  /** The response on a connection that is not complete. */
  readonly responseOn: (socket: Duplex) => ServerResponse | null;
  /** Under the present configuration. */
  readonly refuse: (reason: RequestRefusal) => RouterResponse;
}

/** Makes a server answer bad HTTP. The handler has to check heads itself (`headProblem`). */
export function answerBadHttp(server: Server, { responseOn, refuse }: BadHttpOptions): void {
  const refused = new WeakSet<Duplex>();
  /** A good request may have come before on the same connection: it gets its answer first. */
  const refuseInTurn = (socket: Duplex, reason: RequestRefusal): void => {
    refused.add(socket);
    const before = responseOn(socket);
    if (before === null) writeTo(socket, refuse(reason));
    else before.once('close', () => (socket.writable ? writeTo(socket, refuse(reason)) : socket.destroy()));
  };
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', (_request, socket) => {
    // Node has let go of this socket. Unheard, an error of it would be an uncaught one; unread, its end would never be seen.
    socket.on('error', () => socket.destroy()).resume();
    // As Node does with every client that ends its side while a request is in flight.
    if (responseOn(socket) !== null) socket.once('end', () => socket.destroy());
    refuseInTurn(socket, methodNotAllowed());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (refused.has(socket)) return; // the rest of what was refused
    const response = responseOn(socket);
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else if (response === null) refuseInTurn(socket, badHttp(error.code));
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') socket.destroy();
    else if (response.req.complete) refuseInTurn(socket, badHttp(error.code));
    else {
      refused.add(socket);
      // Whoever reads the body is told; nobody does when the answer does not depend on it, and then the connection ends with that.
      if (response.req.listenerCount('error') > 0) response.req.emit('error', error);
    }
  });
}

function badHttp(code: string | undefined): RequestRefusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { ...refusal('REQUEST_TOO_LARGE', 'The request head is too large.'), status: 431 };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { ...refusal('REQUEST_TIMEOUT', 'The request did not arrive in time.'), status: 408 };
    default:
      return refusal('BAD_REQUEST', 'This is not a valid HTTP request.');
  }
}

/** There is no `ServerResponse` for what never became a request. */
function writeTo(socket: Duplex, { status, headers, body }: RouterResponse): void {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const length = Buffer.byteLength(body);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n${lines}content-length: ${length}\r\nconnection: close\r\n\r\n${body}`,
  );
}
