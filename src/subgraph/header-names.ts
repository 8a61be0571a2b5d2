/**
 * Headers that belong to one connection or to the message's framing, which this router makes itself on each side:
 * they are never forwarded, whatever a rule says (RFC 9110 section 7.6.1).
 */
const NEVER_FORWARDED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'host',
  'expect',
  'content-length',
  'content-type',
  'content-encoding',
  'accept',
  'accept-encoding',
  'accept-charset',
  'accept-signature',
  'http2-settings',
]);

/** Whether a rule may carry a header of this lower-case name from one side to the other. */
export function isForwardable(name: string): boolean {
  return !(NEVER_FORWARDED.has(name) || name.startsWith('proxy-') || name.startsWith('sec-websocket-') || name.startsWith(':'));
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** Lower-case names that a message's own `connection` header declares to be for one hop only. */
export function connectionNames(connection: string | readonly string[] | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return NO_NAMES;
  return new Set(
    String(connection)
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
}
