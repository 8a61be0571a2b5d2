import { describe, expect, it } from 'vitest';
import { sampleConfig } from '../../../test/support/sample-policy.ts';
import { type AudienceFacts, clientAddressOf, compileNetworks, selectAudience, signAudience } from './audience.ts';
import { compileErrorPolicy } from './compile.ts';

const NOW = Date.UTC(2026, 0, 1);

const { audiences, audienceHeaders } = compileErrorPolicy(
  sampleConfig({
    subgraph_error_propagation: {
      audiences: [
        { name: 'staff', when: { signed_header: { name: 'X-Error-Audience', secret: 'key', max_age: '10m' } } },
        { name: 'partner', when: { header: { name: 'X-Partner-Key', equals: 's3cret' } } },
        { name: 'both', when: { header: { name: 'X-Both', equals: 'yes' }, network: ['10.0.0.0/8'] } },
        { name: 'office', when: { network: ['192.168.0.0/16', 'fd00::/8'] } },
      ],
    },
  }),
);

const select = (headers: AudienceFacts['headers'], clientAddress = '203.0.113.1') =>
  selectAudience(audiences, { headers, clientAddress, now: NOW });

describe('selectAudience', () => {
  it('knows who presents a key, byte for byte', () => {
    expect(select({ 'x-partner-key': 's3cret' })).toBe('partner');
    expect(select({ 'x-partner-key': 's3cre' })).toBe('public');
    expect(select({ 'x-partner-key': ['s3cret', 's3cret'] })).toBe('public');
    expect(select({})).toBe('public');
  });

  it('asks for all conditions', () => {
    expect(select({ 'x-both': 'yes' }, '10.1.2.3')).toBe('both');
    expect(select({ 'x-both': 'yes' })).toBe('public');
  });

  it('knows networks, IPv4 within IPv6 included', () => {
    expect(select({}, '::ffff:192.168.3.4')).toBe('office');
    expect(select({}, 'fd12::1')).toBe('office');
    expect(select({}, 'not an address')).toBe('public');
  });

  it('takes a signature that is genuine and young', () => {
    expect(select({ 'x-error-audience': signAudience('staff', 'key', NOW) })).toBe('staff');
    expect(select({ 'x-error-audience': signAudience('staff', 'key', NOW - 599_000) })).toBe('staff');
    expect(select({ 'x-error-audience': signAudience('staff', 'key', NOW + 29_000) })).toBe('staff');
  });

  const genuine = signAudience('staff', 'key', NOW);
  it.each([
    ['forged', signAudience('staff', 'other key', NOW)],
    ['expired', signAudience('staff', 'key', NOW - 601_000)],
    ['from the future', signAudience('staff', 'key', NOW + 32_000)],
    ['truncated', genuine.slice(0, -1)],
    ['too long', `${genuine}0`],
    ['in capitals', genuine.toUpperCase()],
    ['for another audience', signAudience('office', 'key', NOW)],
    ['with another name in front', genuine.replace('staff', 'office')],
    ['empty', ''],
    ['nonsense', '..'],
  ])('refuses one that is %s', (_what, value) => {
    expect(select({ 'x-error-audience': value })).toBe('public');
  });

  it('names the headers that answers vary by', () => {
    expect(audienceHeaders).toEqual(['x-error-audience', 'x-partner-key', 'x-both']);
  });
});

describe('clientAddressOf', () => {
  const trusted = compileNetworks(['10.0.0.0/8', '127.0.0.1/32']);

  it.each([
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['10.0.0.1', '10.0.0.3', '10.0.0.1'],
    ['10.0.0.1', 'evil', '10.0.0.1'],
  ])('peer %s, forwarded for %s', (peer, forwardedFor, expected) => {
    expect(clientAddressOf(peer, forwardedFor, trusted)).toBe(expected);
  });
});
