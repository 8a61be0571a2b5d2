import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, printDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['300ms', 300],
    ['5s', 5000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['0', 0],
    ['0s', 0],
    ['1h2m3s4ms', 3_723_004],
    ['250us', 0.25],
    ['250µs', 0.25],
    ['1000ns', 0.001],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms });
  });

  it.each(['', '5', 's', '-5s', '5 s', '5sec', '1d', '5s ', 'm5', '5.5.5s', '1e3s', '٣s', 'NaNs'])('refuses %j', (text) => {
    expect(parseDuration(text)).toEqual({ ok: false, error: 'expected a duration such as 300ms, 5s or 1m30s' });
  });

  it('refuses what a timer cannot hold', () => {
    expect(parseDuration('596h')).toMatchObject({ ok: true });
    expect(parseDuration('597h')).toEqual({ ok: false, error: 'expected a duration of at most 24 days' });
    expect(parseDuration(`${'9'.repeat(400)}h`).ok).toBe(false);
  });
});

describe('printDuration', () => {
  it.each([
    [0, '0s'],
    [300, '300ms'],
    [1500, '1.5s'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [0.25, '0.25ms'],
  ])('prints %d as parseDuration reads it', (ms, text) => {
    expect(printDuration(ms)).toBe(text);
  });

  it('is read back unchanged', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (ms) => {
        expect(parseDuration(printDuration(ms))).toEqual({ ok: true, value: ms });
      }),
    );
  });
});
