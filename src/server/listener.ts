import type { Server } from 'node:http';
import { invariant } from '../shared/assert.ts';
import { err, ok, type Result } from '../shared/result.ts';

export interface ListenAddress {
  /** Null for every interface. */
  readonly host: string | null;
  /** 0 for any free port. */
  readonly port: number;
}

/** Starts listening. The error is one sentence that says what to do; `key` is where the user configured the address. */
export function bind(server: Server, address: ListenAddress, key: string): Promise<Result<void, string>> {
  const { host, port } = address;
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void =>
      resolve(err(`cannot listen on ${printAddress(address, port)}: ${problemOf(error, key)}`));
    server.once('error', onError);
    // Named alone it may be bound on ::1 only, where clients that try 127.0.0.1 do not find it; those that try ::1 first try both.
    server.listen(port, host === 'localhost' ? '127.0.0.1' : (host ?? undefined), () => {
      server.removeListener('error', onError);
      resolve(ok(undefined));
    });
  });
}

function problemOf(error: NodeJS.ErrnoException, key: string): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `the port is in use; stop the other process or change ${key}`;
    case 'EACCES':
      return `not permitted; choose a port above 1023 or change ${key}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine does not have that address; change ${key}`;
    default:
      return `${error.message}; change ${key}`;
  }
}

/** `localhost:3002`, `[::1]:3002`; a listener on every interface is found at localhost. */
export function printAddress({ host }: ListenAddress, port: number): string {
  return `${host?.includes(':') === true ? `[${host}]` : (host ?? 'localhost')}:${port}`;
}

/** The port of a server that listens. */
export function boundPort(server: Server): number {
  const address = server.address();
  invariant(typeof address === 'object' && address !== null, 'only a pipe or a closed server has no port');
  return address.port;
}
