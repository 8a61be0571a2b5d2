import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { listen, portOf } from './listen.ts';

/** A request as it came over the wire. */
export interface WireRequest {
  /** Request line and headers. */
  readonly head: string;
  readonly body: string;
  readonly socket: Socket;
}

/** A server of raw bytes: every way to misbehave is a few lines in `answer`. */
export class TcpServer {
  readonly #server: Server;
  readonly sockets: Socket[] = [];
  readonly requests: WireRequest[] = [];
  readonly #waiting: ((request: WireRequest) => void)[] = [];

  constructor(answer: (request: WireRequest, index: number) => void) {
    this.#server = createServer((socket) => {
      this.sockets.push(socket);
      socket.on('error', () => {});
      readRequests(socket, (head, body) => {
        const request = { head, body, socket };
        this.requests.push(request);
        this.#waiting.shift()?.(request);
        answer(request, this.requests.length - 1);
      });
    });
  }

  /** Takes over connections before they send anything. */
  onConnection(take: (socket: Socket) => void): void {
    this.#server.on('connection', take);
  }

  async listen(): Promise<this> {
    await listen(this.#server);
    return this;
  }

  get port(): number {
    return portOf(this.#server);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/graphql`;
  }

  /** The next request that arrives. */
  nextRequest(): Promise<WireRequest> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when the other side has closed every connection. */
  async allClosed(): Promise<void> {
    await Promise.all(this.sockets.map((socket) => closed(socket)));
  }

  openSockets(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Unlike `once`, not put off by the error of a reset before it. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

function readRequests(socket: Socket, onRequest: (head: string, body: string) => void): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const end = pending.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = pending.subarray(0, end).toString('latin1');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (pending.length < end + 4 + length) return;
      const body = pending.subarray(end + 4, end + 4 + length).toString();
      pending = pending.subarray(end + 4 + length);
      onRequest(head, body);
    }
  });
}

/** A complete response; a body given as text is sent as UTF-8. */
export function respond(socket: Socket, status: number, body: string | Buffer, headers: readonly string[] = []): void {
  const bytes = Buffer.from(body);
  socket.write(headOf(status, [`content-length: ${bytes.length}`, ...headers]));
  if (bytes.length > 0) socket.write(bytes);
}

export function headOf(status: number, headers: readonly string[]): string {
  return `HTTP/1.1 ${status} Status\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
}
