import { describe, expect, it } from 'vitest';
import { configOf, problemsOf, withGraph } from '../../../test/support/config.ts';

const traffic = (yaml: string) => configOf(`traffic_shaping: { ${yaml} }`).trafficShaping;

describe('traffic_shaping', () => {
  it('inherits key by key, also inside retry and circuit_breaker', () => {
    const { all, subgraphs } = traffic(
      'all: { request_timeout: 9s, retry: { max_attempts: 2 }, circuit_breaker: { enabled: true, statuses: [500] } }, subgraphs: { a: { request_timeout: 2s, circuit_breaker: { request_threshold: 3 } } }',
    );
    expect(all.retry).toMatchObject({ enabled: true, maxAttempts: 2, intervalMs: 3000 });
    expect(subgraphs.get('a')).toEqual({
      ...all,
      requestTimeoutMs: 2000,
      circuitBreaker: { ...all.circuitBreaker, requestThreshold: 3 },
    });
    expect(subgraphs.get('a')?.circuitBreaker).toMatchObject({ enabled: true, statuses: [{ from: 500, to: 500 }] });
  });

  it('does not let an override bring defaults back', () => {
    const { subgraphs } = traffic(
      'all: { retry: { enabled: false, interval: 1s } }, subgraphs: { a: { retry: {} }, b: { retry: { enabled: true } } }',
    );
    expect(subgraphs.get('a')?.retry).toMatchObject({ enabled: false, intervalMs: 1000 });
    expect(subgraphs.get('b')?.retry).toMatchObject({ enabled: true, intervalMs: 1000 });
  });

  it('reads statuses as single ones and classes, and lets the list be empty', () => {
    expect(traffic('all: { retry: { statuses: [429, 5xx] } }').all.retry.statuses).toEqual([
      { from: 429, to: 429 },
      { from: 500, to: 599 },
    ]);
    expect(traffic('all: { retry: { statuses: 503 } }').all.retry.statuses).toEqual([{ from: 503, to: 503 }]);
    expect(traffic('all: { retry: { statuses: [] } }').all.retry.statuses).toEqual([]);
  });

  it("knows Cosmo's two expressions and no other", () => {
    const expression = 'IsRetryableStatusCode() || IsConnectionError() || IsTimeout()';
    expect(traffic(`all: { retry: { expression: "${expression}" } }`).all.retry.expression).toBe('default');
    expect(traffic('all: { retry: { expression: "true" } }').all.retry.expression).toBe('always');
    expect(problemsOf(withGraph('traffic_shaping: { all: { retry: { expression: "statusCode == 500" } } }'))[0]).toContain('Cosmo feature');
  });

  it('refuses what would stop every request', () => {
    const yaml =
      'traffic_shaping: { all: { request_timeout: 0, pool: { connections: 0 }, circuit_breaker: { error_threshold_percentage: 101 } } }';
    expect(problemsOf(withGraph(yaml)).map((problem) => problem.replace(/^.*? traffic_shaping\.all\./, ''))).toEqual([
      'request_timeout: must be longer than 0s',
      'pool.connections: must be at least 1',
      'circuit_breaker.error_threshold_percentage: must be at most 100',
    ]);
  });
});
