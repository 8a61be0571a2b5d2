import { describe, expect, it } from 'vitest';
import { trafficOf } from '../../test/support/transport-fixtures.ts';
import { type BreakerVerdict, CircuitBreaker } from './circuit-breaker.ts';

/** Threshold 4, 50 %, window 10 s, sleep 1 s. */
function breaker() {
  const time = { now: 100_000 };
  const states: string[] = [];
  const created = new CircuitBreaker(
    trafficOf().circuitBreaker,
    () => time.now,
    (state) => states.push(state),
  );
  const attempt = (verdict: BreakerVerdict): boolean => {
    const permit = created.acquire();
    if (permit !== null) created.report(permit, verdict);
    return permit !== null;
  };
  return { created, time, states, attempt };
}

describe('CircuitBreaker', () => {
  it('opens when enough attempts of the window failed', () => {
    const { attempt, states } = breaker();
    const verdicts = ['success', 'success', 'failure', 'failure'] as const;
    expect(verdicts.map(attempt)).toEqual([true, true, true, true]);
    expect(states).toEqual(['open']);
    expect(attempt('success')).toBe(false);
  });

  it('stays closed below the number of requests and below the percentage', () => {
    const few = breaker();
    for (let i = 0; i < 3; i++) few.attempt('failure');
    expect(few.states).toEqual([]);
    const mild = breaker();
    for (let i = 0; i < 100; i++) mild.attempt(i % 3 === 2 ? 'failure' : 'success');
    expect(mild.states).toEqual([]);
  });

  it('forgets what is older than the window', () => {
    const { attempt, states, time } = breaker();
    for (let i = 0; i < 3; i++) attempt('failure');
    time.now += 10_000;
    for (let i = 0; i < 3; i++) attempt('failure');
    expect(states).toEqual([]);
    time.now += 8000;
    attempt('failure');
    expect(states).toEqual(['open']);
  });

  it('never counts what is neutral', () => {
    const { attempt, states } = breaker();
    for (let i = 0; i < 100; i++) attempt('neutral');
    for (let i = 0; i < 3; i++) attempt('failure');
    expect(states).toEqual([]);
  });

  it('lets one attempt try after the sleep window, and closes on success', () => {
    const { created, attempt, states, time } = breaker();
    for (let i = 0; i < 4; i++) attempt('failure');
    time.now += 999;
    expect([created.acquire(), created.retryAfterSeconds()]).toEqual([null, 1]);
    time.now += 1;
    const probe = created.acquire();
    expect(created.acquire()).toBeNull();
    created.report(probe ?? -1, 'success');
    expect(states).toEqual(['open', 'half_open', 'closed']);
    for (let i = 0; i < 3; i++) expect(attempt('failure')).toBe(true);
  });

  it('opens again when the trial fails, and sleeps once more', () => {
    const { attempt, states, time } = breaker();
    for (let i = 0; i < 4; i++) attempt('failure');
    time.now += 1000;
    attempt('failure');
    expect(states).toEqual(['open', 'half_open', 'open']);
    time.now += 999;
    expect(attempt('success')).toBe(false);
  });

  it('lets the next attempt try when the client of the trial went away', () => {
    const { attempt, states, time } = breaker();
    for (let i = 0; i < 4; i++) attempt('failure');
    time.now += 1000;
    attempt('neutral');
    expect(states).toEqual(['open', 'half_open']);
    attempt('success');
    expect(states).toEqual(['open', 'half_open', 'closed']);
  });

  it('ignores verdicts of attempts that began before it opened', () => {
    const { created, attempt, states, time } = breaker();
    const slow = created.acquire();
    for (let i = 0; i < 4; i++) attempt('failure');
    time.now += 1000;
    const probe = created.acquire();
    created.report(slow ?? -1, 'success');
    expect(states).toEqual(['open', 'half_open']);
    created.report(probe ?? -1, 'failure');
    expect(states).toEqual(['open', 'half_open', 'open']);
  });

  it('says how long to wait', () => {
    const { created, attempt, time } = breaker();
    for (let i = 0; i < 4; i++) attempt('failure');
    expect(created.retryAfterSeconds()).toBe(1);
    time.now += 5000;
    expect(created.retryAfterSeconds()).toBe(1);
  });
});
