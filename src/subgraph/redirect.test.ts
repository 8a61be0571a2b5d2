import { describe, expect, it } from 'vitest';
import { followRedirect, targetOf } from './redirect.ts';

const from = { origin: 'http://a:1', path: '/graphql?v=1', method: 'POST' } as const;

describe('followRedirect', () => {
  it.each([307, 308])('repeats the request for %i', (status) => {
    expect(followRedirect(from, status, '/other?x=y')).toEqual({ origin: 'http://a:1', path: '/other?x=y', method: 'POST' });
  });

  it.each([301, 302, 303])('makes it a GET for %i', (status) => {
    expect(followRedirect(from, status, 'http://a:1/other')).toEqual({ origin: 'http://a:1', path: '/other', method: 'GET' });
  });

  it.each([
    'http://a:2/',
    'https://a:1/',
    'http://b:1/',
    '//b/',
    'http://169.254.169.254/',
    'file:///etc/passwd',
    'http://',
    null,
  ])('does not follow to %j', (location) => {
    expect(followRedirect(from, 307, location)).toBeNull();
  });

  it.each([300, 304, 305])('does not follow %i', (status) => {
    expect(followRedirect(from, status, '/other')).toBeNull();
  });
});

describe('targetOf', () => {
  it('takes http and https URLs alone', () => {
    expect(targetOf('https://a/graphql?v=1#f')).toEqual({ origin: 'https://a', path: '/graphql?v=1', method: 'POST' });
    expect([targetOf('ftp://a/'), targetOf('a'), targetOf('')]).toEqual([null, null, null]);
  });
});
