import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from './linear-pattern.ts';

const compile = (source: string) => {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new Error(`${source}: ${compiled.error}`);
  return compiled.value;
};

describe('compilePattern', () => {
  it.each([
    ['timeout', 'a timeout occurred', true],
    ['^timeout$', 'a timeout', false],
    ['(?i)card (declined|refused)', 'Your CARD Refused', true],
    ['\\bERR-\\d{3,5}\\b', 'see ERR-4711.', true],
    ['\\bERR-\\d{3,5}\\b', 'see ERR-47.', false],
    ['a{2}b?', 'caab', true],
    ['[^a-c]x', 'ax', false],
    ['[\\w-]+@[\\w.]+', 'mail a-b@c.d now', true],
    ['(?:a|b)*c', 'ababab', false],
    ['x*', '', true],
    ['(?<year>\\d\\d)', 'in 99', true],
    ['\\u0041\\x42', 'AB', true],
    ['a.c', 'a\nc', false],
  ])('%s against %j', (source, text, expected) => {
    expect(compile(source).test(text)).toBe(expected);
  });

  it.each(['(?=a)', '(?<=a)b', '(a)\\1', '(', 'a)', '[a', '*a', 'a{3,1}', '\\p', 'a**', '(a{1000}){1000}'])('refuses %s', (source) => {
    expect(compilePattern(source).ok).toBe(false);
  });

  it('finds the longest match at each start', () => {
    expect(compile('\\d+|-').find('12-345')).toEqual([
      [0, 2],
      [2, 3],
      [3, 6],
    ]);
    expect(compile('a*').find('baac')).toEqual([[1, 3]]);
  });

  it('takes everything that is left where looking ahead would become quadratic', () => {
    const found = compile('a.*b|a').find('a'.repeat(10_000));
    expect(found.length).toBeLessThan(100);
    expect(found.at(-1)?.[1]).toBe(10_000);
  });

  it('agrees with RegExp', () => {
    const pieces = fc.constantFrom(
      'a',
      'b',
      '.',
      '\\d',
      '[ab]',
      '[^a]',
      'a*',
      'b+',
      'a?',
      '(a|b)',
      '(ab)*',
      'a{1,2}',
      '^',
      '$',
      '\\b',
      '(a*)*',
    );
    const source = fc.array(pieces, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(source, fc.string({ unit: fc.constantFrom('a', 'b', '1', ' '), maxLength: 8 }), (pattern, text) => {
        expect(compile(pattern).test(text)).toBe(new RegExp(pattern).test(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes linear time where backtracking would explode', () => {
    const pattern = compile('(a*)*(a|b)*c$');
    const time = (length: number): number => {
      const text = 'a'.repeat(length);
      const start = performance.now();
      pattern.test(text);
      return performance.now() - start;
    };
    time(20_000);
    expect(time(200_000)).toBeLessThan(30 * Math.max(time(20_000), 1));
  });
});
