import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerEncoder } from './answer-bytes.ts';

const LONG = 'x'.repeat(20_000);

const bytesOf = (encoded: string | Buffer): Buffer => (typeof encoded === 'string' ? Buffer.from(encoded) : encoded);

describe('createAnswerEncoder', () => {
  it('makes UTF-8 of any text, however long', () => {
    const encode = createAnswerEncoder();
    fc.assert(
      fc.property(
        fc.constantFrom('', LONG, 'y'.repeat(1_000_001)),
        fc.oneof(fc.constantFrom('', '{}'), fc.string({ unit: 'binary' })),
        fc.constantFrom('', 'é', '\u0141', '…', '😀', '\ud800'),
        (padding, some, odd) => {
          const text = some + padding + odd;
          expect(bytesOf(encode(text)).equals(Buffer.from(text))).toBe(true);
        },
      ),
    );
  });

  it('leaves short texts as they are', () => {
    expect(createAnswerEncoder()('{}')).toBe('{}');
  });

  it('makes the bytes of a text once for all who get it one after another', () => {
    const encode = createAnswerEncoder();
    const first = encode(LONG);
    expect(encode(LONG) === first).toBe(true);
    expect(encode(`${LONG}!`) === first).toBe(false);
    expect(encode(LONG) === first).toBe(false);
  });

  it('keeps no huge answer', () => {
    const encode = createAnswerEncoder();
    const huge = LONG.repeat(100);
    expect(encode(huge) === encode(huge)).toBe(false);
  });
});
