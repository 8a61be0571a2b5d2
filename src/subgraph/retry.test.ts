import { describe, expect, it } from 'vitest';
import { trafficOf } from '../../test/support/transport-fixtures.ts';
import type { SubgraphReply, TransportFailure } from '../errors/model.ts';
import { retryDelayMs } from './retry.ts';

const settings = trafficOf({ retry: { enabled: true, maxAttempts: 3, intervalMs: 100, maxDurationMs: 10_000 } }).retry;

const answer = (status: number, headers: Record<string, string> = {}): SubgraphReply => ({
  kind: 'response',
  status,
  headers,
  body: '',
  attempts: 1,
  durationMs: 1,
});

const failed = (failure: TransportFailure['failure']): SubgraphReply => ({
  kind: 'failure',
  failure,
  status: null,
  sent: true,
  retryAfterSeconds: null,
  cause: null,
  attempts: 1,
  durationMs: 1,
});

const situation = (attempts = 1, random = 0.5, stale = false, elapsedMs = 0) => ({ attempts, elapsedMs, stale, random: () => random });

describe('retryDelayMs', () => {
  it.each(['unreachable', 'timeout', 'interrupted'] as const)('retries on %s', (failure) => {
    expect(retryDelayMs(settings, failed(failure), situation())).not.toBeNull();
  });

  it.each(['too_large', 'circuit_open', 'rate_limited', 'cancelled'] as const)('does not retry on %s', (failure) => {
    expect(retryDelayMs({ ...settings, expression: 'always' }, failed(failure), situation())).toBeNull();
  });

  it('retries on the configured statuses alone', () => {
    expect([200, 400, 429, 500, 502, 504, 505].filter((status) => retryDelayMs(settings, answer(status), situation()) !== null)).toEqual([
      502, 504,
    ]);
  });

  it('retries on every status that is no success when the expression says so', () => {
    const always = { ...settings, expression: 'always' } as const;
    expect([200, 204, 302, 429, 500].filter((status) => retryDelayMs(always, answer(status), situation()) !== null)).toEqual([
      302, 429, 500,
    ]);
  });

  it('draws the pause below a limit that doubles', () => {
    const pauses = (random: number) => [1, 2, 3].map((attempts) => retryDelayMs(settings, failed('timeout'), situation(attempts, random)));
    expect(pauses(0)).toEqual([0, 0, 0]);
    expect(pauses(0.5)).toEqual([50, 100, 200]);
  });

  it('begins no pause that would end after max_duration, whoever asks for it', () => {
    const after = (elapsedMs: number, reply = failed('unreachable'), stale = false) =>
      retryDelayMs(settings, reply, situation(1, 0.5, stale, elapsedMs));
    expect([after(9_950), after(9_951)]).toEqual([50, null]);
    const asks = answer(503, { 'retry-after': '7' });
    expect([after(3_000, asks), after(3_001, asks)]).toEqual([7_000, null]);
    expect([after(10_000, undefined, true), after(10_001, undefined, true)]).toEqual([0, null]);
  });

  it('ends when the retries are used up, or off', () => {
    expect(retryDelayMs(settings, failed('timeout'), situation(3))).not.toBeNull();
    expect(retryDelayMs(settings, failed('timeout'), situation(4))).toBeNull();
    expect(retryDelayMs({ ...settings, enabled: false }, failed('timeout'), situation())).toBeNull();
  });

  it('waits as long as Retry-After says', () => {
    expect(retryDelayMs(settings, answer(503, { 'retry-after': '7' }), situation())).toBe(7000);
    const dates = { date: 'Wed, 21 Oct 2015 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2015 07:28:03 GMT' };
    expect(retryDelayMs(settings, answer(503, dates), situation())).toBe(3000);
    expect(retryDelayMs(settings, answer(503, { 'retry-after': 'soon' }), situation())).toBe(50);
  });

  it('tries again at once on a fresh connection when a reused one was just being closed', () => {
    expect(retryDelayMs(settings, failed('unreachable'), situation(1, 0.5, true))).toBe(0);
  });
});
