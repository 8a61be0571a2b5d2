import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transientKey as key, TransientMap } from './transient-map.ts';

describe('TransientMap', () => {
  it('tells both parts of a key apart', () => {
    const map = new TransientMap<number>();
    map.add(key('ab', 'c'), 1);
    map.add(key('a', 'bc'), 2);
    map.add(key('', 'abc'), 3);
    expect([map.get(key('ab', 'c')), map.get(key('a', 'bc')), map.get(key('', 'abc')), map.get(key('abc', ''))]).toEqual([
      1,
      2,
      3,
      undefined,
    ]);
  });

  it('deletes only the value that it is told to', () => {
    const map = new TransientMap<object>();
    const [first, second] = [{}, {}];
    map.add(key('', 'a'), first);
    map.delete(key('', 'a'), second);
    map.delete(key('', 'b'), first);
    expect([map.get(key('', 'a')), map.size]).toEqual([first, 1]);
    map.delete(key('', 'a'), first);
    map.delete(key('', 'a'), first);
    expect([map.get(key('', 'a')), map.size]).toEqual([undefined, 0]);
  });

  it('keeps texts apart that differ where the hash does not look', () => {
    const map = new TransientMap<number>();
    const texts = Array.from({ length: 300 }, (_, at) => `${'x'.repeat(at)}y${'x'.repeat(9_999 - at)}`);
    for (const [at, text] of texts.entries()) map.add(key('', text), at);
    expect(texts.map((text) => map.get(key('', text)))).toEqual(texts.map((_, at) => at));
  });

  it('holds what a Map holds, whatever comes and goes', () => {
    const parts = fc.tuple(fc.constantFrom('', 'a', 'b'), fc.nat(60).map(String));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), parts), { maxLength: 300 }), (steps) => {
        const map = new TransientMap<object>();
        const model = new Map<string, object>();
        for (const [adds, [scope, text]] of steps) {
          const name = JSON.stringify([scope, text]);
          const present = model.get(name);
          expect(map.get(key(scope, text))).toBe(present);
          if (adds && present === undefined) {
            const value = {};
            model.set(name, value);
            map.add(key(scope, text), value);
          } else if (!adds && present !== undefined) {
            model.delete(name);
            map.delete(key(scope, text), present);
          }
        }
        expect(map.size).toBe(model.size);
      }),
    );
  });
});
