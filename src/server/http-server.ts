/** The listener: opens, serves, and closes without losing a request. */
import { createServer as createNodeServer, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ok, type Result } from '../shared/result.ts';
import { answerBadHttp } from './bad-http.ts';
import { createHttpHandler } from './http-handler.ts';
import { bind, boundPort, type ListenAddress, printAddress } from './listener.ts';
import type { Log } from './log.ts';
import type { RequestRecord, ServerState } from './service.ts';

export interface HttpServerOptions {
  readonly address: ListenAddress;
  readonly state: ServerState;
  readonly log: Log;
  onServed(record: RequestRecord): void;
}

export interface HttpServer {
  /** `http://localhost:3002`, with the port that was really taken. */
  readonly url: string;
  readonly port: number;
  /** GraphQL requests that have no answer yet. */
  readonly inFlight: number;
  /** Requests from now on meet `state`; resolves when all that met the one before have their answers. */
  use(state: ServerState): Promise<void>;
  /** Not ready any more, and every answer ends its connection; requests are served as before. */
  giveNotice(): void;
  /**
   * Not ready, no new connections; resolves when every request has its answer or `graceMs` is over.
   *
   * Tells how many requests were cut off.
   */
  drain(graceMs: number): Promise<number>;
}

// A head is small; who needs longer than this holds a socket for nothing.
const HEADERS_TIMEOUT_MS = 15_000;
// Longer than the idle timeout of common load balancers (60 s), so that they close first and never race with us.
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const CONNECTION_CHECK_MS = 5_000;
// A client may be writing to a connection that we think idle: it gets a moment, and its answer says `connection: close`.
const QUIET_MS = 500;

/** Opens the listener. The error is one sentence that says what to do. */
export async function listen(options: HttpServerOptions): Promise<Result<HttpServer, string>> {
  const { address, log } = options;
  let { state } = options;
  const handler = createHttpHandler(state, { log, onServed: (record) => options.onServed(record) });
  const server = createNodeServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: requestTimeoutOf(state),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: CONNECTION_CHECK_MS,
    requireHostHeader: false, // the handler's own check answers better
  });
  const connections = trackConnections(server);
  server.on('request', (request, response) => handler.serve(request, response));
  answerBadHttp(server, {
    responseOn: (socket) => connections.get(socket)?.response ?? null,
    refuse: (reason) => state.refuse(reason, 'application/json'),
  });
  const bound = await bind(server, address, 'listen_addr');
  if (!bound.ok) return bound;
  const port = boundPort(server);
  return ok({
    url: `http://${printAddress(address, port)}`,
    port,
    get inFlight() {
      return handler.inFlight;
    },
    use: (next) => {
      state = next;
      server.requestTimeout = requestTimeoutOf(state);
      return handler.use(state);
    },
    giveNotice: () => handler.setDraining(),
    drain: async (graceMs) => {
      handler.setDraining();
      const startedAt = performance.now();
      // Not for all of the time: where no balancer has noticed, connections never stop coming.
      if (handler.isBusy) await acceptWaiting(server, graceMs / 2);
      return drain(server, connections, graceMs - (performance.now() - startedAt));
    },
  });
}

/** The handler's own timeout comes first and answers better; this is for bodies that nobody reads. */
function requestTimeoutOf({ settings }: ServerState): number {
  return HEADERS_TIMEOUT_MS + settings.requestTimeoutMs;
}

interface Connection {
  readonly socket: Socket;
  /** That is not complete. */
  response: ServerResponse | null;
}

/** What is open on a listener. An entry stays as long as its connection: what comes and goes with requests leaves much behind (`TransientMap`). */
type Connections = ReadonlyMap<Duplex, Connection>;

function trackConnections(server: Server): Connections {
  const connections = new Map<Duplex, Connection>();
  server.on('connection', (socket) => {
    connections.set(socket, { socket, response: null });
    socket.setMaxListeners(0); // each of the requests that a client sends one behind the other wants to know when it leaves
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    const connection = connections.get(socket);
    if (connection === undefined) return;
    connection.response = response;
    response.once('close', () => {
      if (connection.response === response) connection.response = null;
    });
  });
  return connections;
}

/**
 * Accepts the connections that wait already, as they do where requests wait: closing the listener would reset them, whatever they have sent.
 *
 * A turn of the event loop accepts at least one, so none waits when a turn accepts none.
 */
async function acceptWaiting(server: Server, atMostMs: number): Promise<void> {
  const until = performance.now() + atMostMs;
  let accepted = 0;
  const count = (): void => void accepted++;
  server.on('connection', count);
  for (let before = -1; before !== accepted && performance.now() < until; ) {
    before = accepted;
    await nextTurn();
    await nextTurn();
  }
  server.removeListener('connection', count);
}

async function drain(server: Server, connections: Connections, graceMs: number): Promise<number> {
  let cutOff = 0;
  // Node's own closeIdleConnections() takes a connection without any request for a busy one.
  const closeIdle = (): void => {
    for (const { socket, response } of connections.values()) if (response === null && !socket.writableEnded) socket.destroySoon();
  };
  await new Promise<void>((resolve) => {
    const quiet = setTimeout(
      () => {
        closeIdle();
        for (const { response } of connections.values()) response?.once('close', closeIdle);
        server.on('request', (_request, response: ServerResponse) => response.once('close', closeIdle));
      },
      Math.min(QUIET_MS, graceMs),
    );
    const grace = setTimeout(() => {
      cutOff = [...connections.values()].filter(({ response }) => response !== null).length;
      for (const socket of connections.keys()) socket.destroy(); // Node's own closeAllConnections() forgets those that want a tunnel
    }, graceMs);
    // http.Server's own close() would cut idle connections at once; net.Server's only stops listening.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(quiet);
      clearTimeout(grace);
      resolve();
    });
  });
  server.close(); // already closed: stops the timer that checks connections
  return cutOff;
}
