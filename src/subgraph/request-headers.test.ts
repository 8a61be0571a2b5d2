import { describe, expect, it } from 'vitest';
import { requestScope } from '../../test/support/transport-fixtures.ts';
import type { RequestHeaderRule } from '../config/keys/headers.ts';
import type { RequestScope } from './port.ts';
import { BASE_HEADERS, compileHeaderRules, headersKey } from './request-headers.ts';

type Propagate = Extract<RequestHeaderRule, { op: 'propagate' }>;

const named = (name: string, changes: Partial<Propagate> = {}): Propagate => ({
  op: 'propagate',
  selector: { kind: 'named', name },
  rename: null,
  default: null,
  ...changes,
});

const matching = (pattern: RegExp, negate = false): Propagate => named('', { selector: { kind: 'matching', pattern, negate } });

const set = (name: string, value: string): RequestHeaderRule => ({ op: 'set', name, value });

function apply(rules: readonly RequestHeaderRule[], headers: RequestScope['headers']): readonly string[] {
  return compileHeaderRules(rules)(requestScope({ headers })).slice(BASE_HEADERS.length);
}

describe('compileHeaderRules', () => {
  it('forwards nothing without rules', () => {
    expect(compileHeaderRules([])(requestScope({ headers: { authorization: 'x' } }))).toBe(BASE_HEADERS);
  });

  it('makes the list once when it is the same for everybody', () => {
    const headers = compileHeaderRules([set('x-api-key', 'k')]);
    expect(headers(requestScope())).toBe(headers(requestScope()));
    expect(headers(requestScope()).slice(-2)).toEqual(['x-api-key', 'k']);
  });

  it('forwards a named header with all of its values', () => {
    expect(apply([named('x-a')], { 'x-a': ['1', '2'], 'x-b': '3' })).toEqual(['x-a', '1', 'x-a', '2']);
  });

  it('forwards by pattern, or by what the pattern does not match', () => {
    const headers = { 'x-a': '1', accept: 'text/html', cookie: 'c', 'x-none': undefined };
    expect(apply([matching(/^X-/i)], headers)).toEqual(['x-a', '1']);
    expect(apply([matching(/^X-/i, true)], headers)).toEqual(['cookie', 'c']);
  });

  it('works by pattern once per client request', () => {
    const headers = compileHeaderRules([matching(/^x-/i)]);
    const scope = requestScope({ headers: { 'x-a': '1' } });
    expect(headers(scope)).toBe(headers(scope));
    expect(headers(requestScope({ headers: { 'x-a': '2' } }))).not.toBe(headers(scope));
  });

  it('renames, and sends the default when the header is missing', () => {
    expect(apply([named('x-a', { rename: 'x-b', default: 'd' })], { 'x-a': '1' })).toEqual(['x-b', '1']);
    expect(apply([named('x-a', { rename: 'x-b', default: 'd' })], {})).toEqual(['x-b', 'd']);
    expect(apply([named('x-a')], {})).toEqual([]);
  });

  it('lets a later rule for the same header win', () => {
    expect(apply([named('x-a'), set('x-a', 'router')], { 'x-a': ['1', '2'] })).toEqual(['x-a', 'router']);
    expect(apply([set('x-a', 'router'), named('x-a')], { 'x-a': '1' })).toEqual(['x-a', '1']);
  });

  it.each([
    'connection',
    'keep-alive',
    'transfer-encoding',
    'te',
    'trailer',
    'upgrade',
    'proxy-authorization',
    'proxy-connection',
    'host',
    'expect',
    'content-length',
    'content-type',
    'accept',
    'accept-encoding',
    'accept-charset',
    'accept-signature',
    'sec-websocket-key',
  ])('never forwards %s', (name) => {
    const rules = [named(name, { default: 'd' }), matching(/.*/i), named('x-a', { rename: name }), set(name, 'v')];
    expect(apply(rules, { [name]: 'x', 'x-a': '1' })).toEqual(['x-a', '1']);
  });

  it('never forwards a header that the client declares to be for this connection only', () => {
    expect(apply([named('x-a'), matching(/.*/i)], { connection: 'close, X-A', 'x-a': '1', 'x-b': '2' })).toEqual(['x-b', '2']);
  });

  it('takes a header that is called like a property of every object for what it is', () => {
    expect(apply([named('constructor')], {})).toEqual([]);
  });
});

describe('headersKey', () => {
  it('differs when any forwarded header differs', () => {
    const headers = compileHeaderRules([named('authorization'), named('x-a')]);
    const key = (of: RequestScope['headers']) => headersKey(headers(requestScope({ headers: of })));
    expect(key({ authorization: '1' })).toBe(key({ authorization: '1', other: '2' }));
    expect(new Set([key({}), key({ authorization: '1' }), key({ 'x-a': '1' }), key({ authorization: '1', 'x-a': '1' })]).size).toBe(4);
  });
});
