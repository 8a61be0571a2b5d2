/** Where the router listens and what it answers there: `listen_addr`, paths, playground, introspection, CORS, proxies. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { duration, filledText, named, parsedText, section, urlPath } from '../fields.ts';

/** `host` is null where the address names none, which means every interface. */
export interface ListenAddress {
  readonly host: string | null;
  readonly port: number;
}

const LISTEN_EXPECTED = 'expected host:port, such as localhost:3002, 0.0.0.0:3002 or [::1]:3002';

/** Reads `localhost:3002`, `:3002` and `[::1]:3002`. */
function parseListenAddress(text: string): Result<ListenAddress, string> {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]*)):(\d{1,5})$/i.exec(text);
  if (match === null) return err(LISTEN_EXPECTED);
  const [, ipv6, name, digits] = match;
  if (ipv6 !== undefined && isIP(ipv6) !== 6) return err(LISTEN_EXPECTED);
  const port = Number(digits);
  if (port > 65_535) return err('expected a port of at most 65535');
  const host = ipv6 ?? name ?? '';
  return ok({ host: host === '' ? null : host, port });
}

export function listenAddress() {
  return parsedText(parseListenAddress, LISTEN_EXPECTED, { type: 'host:port' });
}

/** Checks an address or a network; gives it back as `address/bits`. */
function parseNetwork(text: string): Result<string, string> {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  const isNetwork = family !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
  return isNetwork ? ok(`${address}/${bits ?? most}`) : err('expected an address or a network, such as 10.0.0.0/8');
}

/** An address or a network, `address/bits` in code. */
export function network() {
  return parsedText(parseNetwork, 'expected an address or a network, such as 10.0.0.0/8', { type: 'network' });
}

export const listenerKeys = {
  listen_addr: listenAddress()
    .prefault('localhost:3002')
    .describe('Address to listen on, `host:port`. In containers `0.0.0.0:3002`. Without a host: every interface.'),
  graphql_path: urlPath().default('/graphql').describe('Path of the GraphQL endpoint.'),
  playground: section({
    enabled: z.boolean().default(true).describe('Serve GraphiQL, which works offline.'),
    path: urlPath().default('/').describe('Path of the playground.'),
    tabs: z
      .array(
        section({
          query: filledText().describe('Its operation; the name of the operation names the tab.'),
          headers: named(z.string()).prefault({}).describe('Headers that it sends, by name.'),
        }),
      )
      .default([])
      .describe('Tabs that the page opens with, such as operations that show your graph. Everybody who finds the page can read them.'),
  })
    .prefault({})
    .describe('The playground for the browser.'),
  introspection: section({
    enabled: z.boolean().default(true).describe('Answer `__schema` and `__type`.'),
  })
    .prefault({})
    .describe('Introspection of the public schema.'),
  cors: section({
    enabled: z.boolean().default(true).describe('Answer preflights and send CORS headers.'),
    allow_origins: z
      .array(z.string().min(1))
      .default(['*'])
      .describe('Origins that may read answers: `*`, an origin, or one with `*` for a part of the host (`https://*.example.com`).'),
    allow_credentials: z
      .boolean()
      .default(false)
      .describe('Let browsers send cookies and credentials. With `*` among the origins this is an error.'),
    max_age: duration().prefault('5m').describe('How long a browser may keep the answer to a preflight.'),
  })
    .prefault({})
    .describe('Which pages of other origins may use the router from a browser.'),
  trusted_proxies: z
    .array(network())
    .prefault([])
    .describe("Networks whose `X-Forwarded-For` counts. Without any, a client's address is the socket's peer."),
};
