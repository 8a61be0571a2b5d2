import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBytes, printBytes } from './bytes.ts';

describe('parseBytes', () => {
  it.each([
    ['5MB', 5_000_000],
    ['4KiB', 4096],
    ['4kib', 4096],
    ['1.5 GB', 1_500_000_000],
    ['1Mi', 1_048_576],
    ['2k', 2000],
    ['17', 17],
    ['17B', 17],
    ['0', 0],
  ])('reads %s', (text, bytes) => {
    expect(parseBytes(text)).toEqual({ ok: true, value: bytes });
  });

  it.each(['', 'MB', '-1MB', '5XB', '5MBB', '1e3', '5 5MB', '0x10'])('refuses %j', (text) => {
    expect(parseBytes(text)).toEqual({ ok: false, error: 'expected a size such as 5MB or 4KiB' });
  });

  it('refuses what a number cannot count', () => {
    expect(parseBytes('9000TiB').ok).toBe(false);
  });
});

describe('printBytes', () => {
  it.each([
    [5_000_000, '5MB'],
    [4096, '4KiB'],
    [1234, '1234'],
    [0, '0'],
  ])('prints %d in the largest unit that divides it', (bytes, text) => {
    expect(printBytes(bytes)).toBe(text);
  });

  it('is read back unchanged', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(parseBytes(printBytes(bytes))).toEqual({ ok: true, value: bytes });
      }),
    );
  });
});
