import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interned } from './interned.ts';

describe('interned', () => {
  it('is the same text, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', '0', '')), (text) => interned(text) === text),
    );
    expect(interned('constructor')).toBe('constructor');
  });
});
