import { describe, expect, it } from 'vitest';
import { trafficOf } from '../../test/support/transport-fixtures.ts';
import type { RequestHeaderRule } from '../config/keys/headers.ts';
import { subgraphOptionsFrom } from './options.ts';

const rule = (name: string): RequestHeaderRule => ({ op: 'set', name, value: '1' });

describe('subgraphOptionsFrom', () => {
  it("takes a subgraph's own settings where it has some, and puts its header rules last", () => {
    const all = trafficOf({ requestTimeoutMs: 1 });
    const own = trafficOf({ requestTimeoutMs: 2 });
    const config = {
      trafficShaping: {
        router: { maxRequestBodySizeBytes: 1, requestTimeoutMs: 1, maxConcurrentRequests: 0 },
        all,
        subgraphs: new Map([['b', own]]),
      },
      headers: {
        all: { request: [rule('x-all')], response: [] },
        subgraphs: new Map([['b', { request: [rule('x-own')], response: [] }]]),
      },
    };
    const subgraphs = [
      { name: 'a', url: 'http://a' },
      { name: 'b', url: 'http://b' },
    ];
    expect(subgraphOptionsFrom(config, subgraphs)).toEqual([
      { name: 'a', url: 'http://a', traffic: all, requestHeaders: [rule('x-all')] },
      { name: 'b', url: 'http://b', traffic: own, requestHeaders: [rule('x-all'), rule('x-own')] },
    ]);
  });
});
