/** Who may open the inspector: raw replies are for the developer at this machine, not for whoever can reach the port. */
import type { IncomingMessage } from 'node:http';
import { BlockList } from 'node:net';
import { isInNetworks } from '../../errors/policy/audience.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/**
 * Why a request is refused, as a sentence; null when it is let in.
 *
 * A peer on loopback may stand for somebody else: a proxy says so in a header, and a browser that was lured by DNS names a foreign
 * host. What other sites' pages ask is refused in any case.
 */
export function refusalOf(request: IncomingMessage, allowRemote: boolean): string | null {
  const { headers, socket } = request;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'The inspector answers its own page only.';
  if (allowRemote) return null;
  if (!isInNetworks(socket.remoteAddress ?? '', LOOPBACK)) return REMOTE;
  if (FORWARDED.some((name) => headers[name] !== undefined)) return REMOTE;
  return isLoopbackHost(headers.host ?? '') ? null : 'The inspector is at localhost; this host name is another.';
}

const REMOTE = 'The inspector is open to this machine only; set inspector.allow_remote to open it to others.';

function isLoopbackHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name.endsWith('.localhost') || isInNetworks(name, LOOPBACK);
}
