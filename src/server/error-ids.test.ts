import { describe, expect, it } from 'vitest';
import { createErrorIds } from './error-ids.ts';

describe('createErrorIds', () => {
  it('sorts by time, also within a millisecond and when the clock steps back', () => {
    const times = [1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_001, 1_699_999_999_000, 1_700_000_000_002];
    const next = createErrorIds(() => times.shift() ?? 0);
    const ids = Array.from({ length: 5 }, next);
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(5);
  });

  it('never repeats its ordered part, however many are made at once', () => {
    const next = createErrorIds(
      () => 1_700_000_000_000,
      () => 0,
    );
    const ids = Array.from({ length: 5_000 }, next);
    expect(new Set(ids).size).toBe(5_000);
    expect(ids).toEqual(ids.toSorted());
  });

  it('has 15 letters and digits', () => {
    expect(createErrorIds()()).toMatch(/^[0-9a-z]{15}$/);
  });
});
