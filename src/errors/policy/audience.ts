/** Who reads a response (error-layer.md section 7.3). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Audience } from '../../config/keys/error-rules.ts';

/** What of a client's request decides about its audience. */
export interface AudienceFacts {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The socket's peer, or behind trusted proxies the client that they name. */
  readonly clientAddress: string;
  /** Milliseconds since 1970; an argument, so that the decision is a pure function. */
  readonly now: number;
}

export interface AudienceTest {
  readonly name: string;
  readonly includes: (facts: AudienceFacts) => boolean;
}

/** The first audience that includes the client, or `public`. Costs nothing where none is configured. */
export function selectAudience(audiences: readonly AudienceTest[], facts: AudienceFacts): string {
  return audiences.find(({ includes }) => includes(facts))?.name ?? 'public';
}

/** All conditions of `when` must hold. */
export function compileAudience({ name, when }: Audience): AudienceTest {
  const tests: AudienceTest['includes'][] = [];
  if (when.header !== undefined) tests.push(headerTest(when.header));
  if (when.signedHeader !== undefined) tests.push(signatureTest(name, when.signedHeader));
  if (when.network !== undefined) tests.push(networkTest(when.network));
  return { name, includes: (facts) => tests.length > 0 && tests.every((holds) => holds(facts)) };
}

function headerTest({ name, equals }: { readonly name: string; readonly equals: string }): AudienceTest['includes'] {
  const header = name.toLowerCase();
  return ({ headers }) => {
    const value = singleHeader(headers, header);
    return value !== null && isSameSecret(value, equals);
  };
}

function singleHeader(headers: AudienceFacts['headers'], name: string): string | null {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'string' ? value : null;
}

const COMPARISON_KEY = randomBytes(32);

function digest(text: string): Buffer {
  return createHmac('sha256', COMPARISON_KEY).update(text).digest();
}

/** Compares digests of equal length, so that the time tells nothing about the secret, not even its length. */
function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

const MAX_SECONDS_AHEAD = 30;
const SIGNED = /^([A-Za-z0-9_-]{1,128})\.(\d{1,12})\.([0-9a-f]{64})$/;

interface SignedHeader {
  readonly name: string;
  readonly secret: string;
  readonly maxAgeMs: number;
}

function signatureTest(audience: string, { name, secret, maxAgeMs }: SignedHeader): AudienceTest['includes'] {
  const header = name.toLowerCase();
  return ({ headers, now }) => {
    const parts = SIGNED.exec(singleHeader(headers, header) ?? '');
    if (parts === null) return false;
    const [, signedName = '', seconds = '', signature = ''] = parts;
    const isGenuine = isSameSecret(signature, signatureOf(audience, seconds, secret));
    const age = now / 1000 - Number(seconds);
    return isGenuine && signedName === audience && age <= maxAgeMs / 1000 && age >= -MAX_SECONDS_AHEAD;
  };
}

function signatureOf(audience: string, seconds: string, secret: string): string {
  return createHmac('sha256', secret).update(`${audience}.${seconds}`).digest('hex');
}

/** The value of a signed header: `<audience>.<unix seconds>.<hex HMAC-SHA256>`. */
export function signAudience(audience: string, secret: string, now: number): string {
  const seconds = String(Math.floor(now / 1000));
  return `${audience}.${seconds}.${signatureOf(audience, seconds, secret)}`;
}

function networkTest(networks: readonly string[]): AudienceTest['includes'] {
  const list = compileNetworks(networks);
  return ({ clientAddress }) => isInNetworks(clientAddress, list);
}

/** Networks as `address/bits`. */
export function compileNetworks(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Whether an address, IPv4 within IPv6 included, lies in one of the networks. False for what is no address. */
export function isInNetworks(address: string, networks: BlockList): boolean {
  const plain = address.toLowerCase().startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
  const family = isIP(plain);
  return family !== 0 && networks.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The client's address: the peer's, or where the peer is a trusted proxy the last address of `X-Forwarded-For` that is not one.
 *
 * Read from the right, since what stands left of it the client may have written itself.
 */
export function clientAddressOf(peer: string, forwardedFor: string | readonly string[] | undefined, trusted: BlockList): string {
  if (forwardedFor === undefined || !isInNetworks(peer, trusted)) return peer;
  const hops = (typeof forwardedFor === 'string' ? forwardedFor : forwardedFor.join(',')).split(',').map((hop) => hop.trim());
  const client = hops.findLast((hop) => !isInNetworks(hop, trusted));
  return client !== undefined && isIP(client) !== 0 ? client : peer;
}
