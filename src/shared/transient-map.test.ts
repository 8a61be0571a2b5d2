import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransientMap } from './transient-map.ts';

describe('TransientMap', () => {
  it('tells both parts of a key apart', () => {
    const map = new TransientMap<number>();
    map.add('ab', 'c', 1);
    map.add('a', 'bc', 2);
    map.add('', 'abc', 3);
    expect([map.get('ab', 'c'), map.get('a', 'bc'), map.get('', 'abc'), map.get('abc', '')]).toEqual([1, 2, 3, undefined]);
  });

  it('deletes only the value that it is told to', () => {
    const map = new TransientMap<object>();
    const [first, second] = [{}, {}];
    map.add('', 'a', first);
    map.delete('', 'a', second);
    map.delete('', 'b', first);
    expect([map.get('', 'a'), map.size]).toEqual([first, 1]);
    map.delete('', 'a', first);
    map.delete('', 'a', first);
    expect([map.get('', 'a'), map.size]).toEqual([undefined, 0]);
  });

  it('keeps texts apart that differ where the hash does not look', () => {
    const map = new TransientMap<number>();
    const texts = Array.from({ length: 300 }, (_, at) => `${'x'.repeat(at)}y${'x'.repeat(9_999 - at)}`);
    for (const [at, text] of texts.entries()) map.add('', text, at);
    expect(texts.map((text) => map.get('', text))).toEqual(texts.map((_, at) => at));
  });

  it('holds what a Map holds, whatever comes and goes', () => {
    const key = fc.tuple(fc.constantFrom('', 'a', 'b'), fc.nat(60).map(String));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 300 }), (steps) => {
        const map = new TransientMap<object>();
        const model = new Map<string, object>();
        for (const [adds, [scope, text]] of steps) {
          const name = JSON.stringify([scope, text]);
          const present = model.get(name);
          expect(map.get(scope, text)).toBe(present);
          if (adds && present === undefined) {
            const value = {};
            model.set(name, value);
            map.add(scope, text, value);
          } else if (!adds && present !== undefined) {
            model.delete(name);
            map.delete(scope, text, present);
          }
        }
        expect(map.size).toBe(model.size);
      }),
    );
  });
});
