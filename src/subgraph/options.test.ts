import { describe, expect, it } from 'vitest';
import { trafficOf } from '../../test/support/transport-fixtures.ts';
import type { RequestHeaderRule, ResponseHeaderRule } from '../config/keys/headers.ts';
import { subgraphOptionsFrom } from './options.ts';

const rule = (name: string): RequestHeaderRule => ({ op: 'set', name, value: '1' });

function shareable(all: readonly ResponseHeaderRule[], own: readonly ResponseHeaderRule[]): readonly boolean[] {
  const router = { maxRequestBodySizeBytes: 1, requestTimeoutMs: 1, maxConcurrentRequests: 0 };
  const config = {
    trafficShaping: { router, all: trafficOf(), subgraphs: new Map() },
    headers: { all: { request: [], response: all }, subgraphs: new Map([['b', { request: [], response: own }]]) },
  };
  const subgraphs = ['a', 'b'].map((name) => ({ name, url: `http://${name}` }));
  return subgraphOptionsFrom(config, subgraphs).map((options) => options.shareable);
}

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
      { name: 'a', url: 'http://a', traffic: all, requestHeaders: [rule('x-all')], shareable: true },
      { name: 'b', url: 'http://b', traffic: own, requestHeaders: [rule('x-all'), rule('x-own')], shareable: true },
    ]);
  });

  it('keeps replies apart where response rules hand cookies on, and only there', () => {
    const cookies: ResponseHeaderRule = {
      op: 'propagate',
      selector: { kind: 'named', name: 'set-cookie' },
      rename: null,
      default: null,
      algorithm: 'last_write',
    };
    expect(shareable([], [])).toEqual([true, true]);
    expect(shareable([], [cookies])).toEqual([true, false]);
    expect(shareable([cookies], [])).toEqual([false, false]);
  });
});
