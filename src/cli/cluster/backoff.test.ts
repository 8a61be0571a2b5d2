import { describe, expect, it } from 'vitest';
import { restartDelayMs } from './backoff.ts';

describe('restartDelayMs', () => {
  it('doubles up to a limit', () => {
    expect([1, 2, 3, 4, 7, 8, 9, 1000].map(restartDelayMs)).toEqual([250, 500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
  });
});
