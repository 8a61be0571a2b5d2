import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDeeperThan, isJsonObject, type JsonValue, parseJson, printJson, RawNumber, setProperty } from './json.ts';

const reprint = (text: string): string | null => {
  const parsed = parseJson(text);
  return parsed.ok ? printJson(parsed.value) : null;
};

describe('parseJson and printJson', () => {
  it.each([
    '12345678901234567890',
    '1e400',
    '-0.12345678901234567890',
    '1.5e-400',
    '123456789012345678e5',
    '[1,2e500,"x"]',
    '{"a":1234567890123456789,"b":"1e500, 2e600"}',
    '{"a":[12345678901234567890,{"__proto__":1e999}],"__proto__":[-1E+999]}',
  ])('keeps %s as it was', (text) => {
    expect(reprint(text)).toBe(text);
  });

  it('makes raw numbers only where a double would lose', () => {
    expect(parseJson('[1.5, 100000000000000]')).toEqual({ ok: true, value: [1.5, 100000000000000] });
    expect(parseJson('[1e2, 1.5E-10, 1e290]')).toEqual({ ok: true, value: [100, 1.5e-10, 1e290] });
    expect(parseJson('[48.85837009999999, 9007199254740991, 1e300]')).toEqual({
      ok: true,
      value: [48.85837009999999, 9007199254740991, new RawNumber('1e300')],
    });
    expect(parseJson('[9007199254740993]')).toEqual({ ok: true, value: [new RawNumber('9007199254740993')] });
  });

  it('loses no number, wherever it stands in the text', () => {
    for (let before = 0; before < 40; before++) {
      for (const number of ['1234567890123456789', '-0.1234567890123456789', '1e999']) {
        const text = `["${'x'.repeat(before)}",${number}]`;
        expect(reprint(text)).toBe(text);
      }
    }
  });

  it.each([
    '',
    '{',
    '01',
    '1e',
    '[1e5',
    '{"a":12345678901234567890',
    'nan',
    '1e5 x',
    '\ufeff{}',
    '--1',
    '[1.2.3e4]',
  ])('refuses %j', (text) => {
    expect(parseJson(text).ok).toBe(false);
  });

  it('agrees with JSON for every value without long numbers', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const parsed = parseJson(text);
        expect(parsed.ok && JSON.parse(printJson(parsed.value))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is not confused by quotes and backslashes around numbers', () => {
    const text = '{"a\\"1e500":"\\\\","b":1e500,"c":"\\\\\\"2e600"}';
    expect(reprint(text)).toBe(text);
  });

  it('writes U+FFFD for lone surrogates and leaves escaped backslashes alone', () => {
    expect(printJson(['\ud800', '\\ud800', '😀'])).toBe('["\ufffd","\\\\ud800","😀"]');
  });

  it('writes U+FFFD for lone surrogates in keys, also beside escapes', () => {
    const text = printJson({ '\udfff\n"\\ud800': { '😀': '\ud83d\u0001' } });
    expect(text).toBe('{"\ufffd\\n\\"\\\\ud800":{"😀":"\ufffd\\u0001"}}');
    expect(text.isWellFormed()).toBe(true);
  });

  it('survives very deep nesting', () => {
    const text = `${'['.repeat(200_000)}1e500${']'.repeat(200_000)}`;
    expect(parseJson(text).ok).toBe(true);
  });
});

describe('setProperty', () => {
  it('makes __proto__ an own property', () => {
    const object: Record<string, JsonValue> = {};
    setProperty(object, '__proto__', 1);
    expect(Object.hasOwn(object, '__proto__')).toBe(true);
    expect(printJson(object)).toBe('{"__proto__":1}');
  });
});

describe('isDeeperThan', () => {
  it('counts levels of lists and objects', () => {
    expect(isDeeperThan({ a: [1] }, 1)).toBe(false);
    expect(isDeeperThan({ a: [[1]] }, 1)).toBe(true);
    expect(isJsonObject(new RawNumber('1'))).toBe(false);
    expect(isDeeperThan([[new RawNumber('1')]], 1)).toBe(false);
  });

  it('takes what nests deeper than the stack', () => {
    const parsed = parseJson(`${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`);
    expect(parsed.ok && isDeeperThan(parsed.value, 300)).toBe(true);
  });
});
