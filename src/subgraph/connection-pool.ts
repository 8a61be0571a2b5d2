import { rootCertificates } from 'node:tls';
import { Client, type Dispatcher, Pool } from 'undici';
import type { SubgraphTraffic } from '../config/keys/traffic-shaping.ts';

/** A dispatch handler that wants to know which connection it was given. */
export interface PooledHandler extends Dispatcher.DispatchHandler {
  connection: Connection | null;
}

/** One connection slot of a pool: undici opens it anew when the socket is gone. */
export class Connection extends Client {
  /** Answers on the present socket; more than 0 means that the socket is reused, so the peer may just be closing it. */
  served = 0;

  constructor(origin: string | URL, options: Client.Options) {
    super(origin, options);
    this.on('connect', () => {
      this.served = 0;
    });
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: PooledHandler): boolean {
    handler.connection = this;
    return super.dispatch(options, handler);
  }
}

/** The connections to one origin. */
export class ConnectionPool {
  readonly #pool: Pool;
  readonly #connections = new Set<Connection>();

  constructor(
    origin: string,
    traffic: Pick<SubgraphTraffic, 'pool' | 'dialTimeoutMs'>,
    certificateAuthorities: readonly string[] | undefined,
  ) {
    const options = traffic.pool;
    this.#pool = new Pool(origin, {
      connections: options.connections,
      pipelining: options.pipelining,
      keepAliveTimeout: options.keepAliveTimeoutMs,
      allowH2: options.http2,
      // Deadlines are ours: undici's own timers are coarse and know nothing of the client's request.
      headersTimeout: 0,
      bodyTimeout: 0,
      connectTimeout: traffic.dialTimeoutMs,
      ...(certificateAuthorities === undefined ? {} : { connect: { ca: [...rootCertificates, ...certificateAuthorities] } }),
      factory: (url: URL, clientOptions: Client.Options) => this.#open(url, clientOptions),
    });
  }

  /** Sends as soon as a connection is free. Everything that happens is told to the handler, never thrown. */
  dispatch(options: Dispatcher.DispatchOptions, handler: PooledHandler): void {
    this.#pool.dispatch(options, handler);
  }

  /** Ends open requests with an error. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
    await Promise.all([...this.#connections].map((connection) => connection.destroy()));
  }

  // undici forgets a connection that failed to open but may still use it for queued requests; closing must reach it.
  #open(url: URL, options: Client.Options): Connection {
    const connection = new Connection(url, options);
    connection.on('connect', () => this.#connections.add(connection));
    connection.on('disconnect', () => this.#connections.delete(connection));
    return connection;
  }
}
