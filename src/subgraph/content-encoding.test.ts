import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from '../../test/support/transport-fixtures.ts';
import { type Decoded, decodeBody, readCodings } from './content-encoding.ts';

const decode = (body: Buffer, codings: readonly string[], maxBytes = 1_000_000): Promise<Decoded> =>
  new Promise((resolve) => decodeBody(body, codings, maxBytes, resolve));

const text = Buffer.from('{"data":{"me":"ü"}}'.repeat(10));
// Larger than what is decoded on the main thread, once compressed.
const large = Buffer.from(noise(60_000));

const encoders = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;

describe('decodeBody', () => {
  it.each(Object.entries(encoders))('decodes %s, small and large', async (coding, encode) => {
    expect(await decode(encode(text), [coding])).toEqual({ ok: true, value: text });
    expect(await decode(encode(large), [coding])).toEqual({ ok: true, value: large });
  });

  it('decodes deflate without the zlib wrapper', async () => {
    expect(await decode(deflateRawSync(text), ['deflate'])).toEqual({ ok: true, value: text });
  });

  it('undoes several codings in reverse order', async () => {
    expect(await decode(brotliCompressSync(gzipSync(text)), ['gzip', 'br'])).toEqual({ ok: true, value: text });
  });

  it.each(['gzip', 'deflate', 'br'] as const)('says interrupted for %s data that is damaged, cut or missing', async (coding) => {
    const encoded = encoders[coding](text);
    for (const body of [Buffer.from('{"data":null}'), encoded.subarray(0, encoded.length - 12), Buffer.alloc(0)]) {
      expect(await decode(body, [coding])).toMatchObject({ ok: false, error: { kind: 'interrupted' } });
    }
  });

  it.each([10, 900_000, 3_000_000])('gives a bomb up at %i bytes', async (maxBytes) => {
    const bomb = Buffer.alloc(20_000_000, 'a');
    for (const encode of [gzipSync, deflateSync, brotliCompressSync]) {
      const coding = encode === gzipSync ? 'gzip' : encode === deflateSync ? 'deflate' : 'br';
      expect(await decode(encode(bomb), [coding], maxBytes)).toMatchObject({ ok: false, error: { kind: 'too_large' } });
    }
    expect(await decode(gzipSync(gzipSync(bomb)), ['gzip', 'gzip'], maxBytes)).toMatchObject({ ok: false, error: { kind: 'too_large' } });
  });

  it('lets through what is exactly as large as allowed', async () => {
    expect((await decode(gzipSync(text), ['gzip'], text.length)).ok).toBe(true);
    expect((await decode(gzipSync(text), ['gzip'], text.length - 1)).ok).toBe(false);
  });

  it('takes JSON under an unknown coding as it is, and nothing else', async () => {
    expect(await decode(text, ['utf-8'])).toEqual({ ok: true, value: text });
    expect(await decode(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), ['zstd'])).toMatchObject({ ok: false, error: { kind: 'interrupted' } });
  });

  it('never throws, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.constantFrom('gzip', 'deflate', 'br', 'zstd'), async (bytes, coding) => {
        expect(typeof (await decode(Buffer.from(bytes), [coding], 1000)).ok).toBe('boolean');
      }),
    );
  });
});

describe('readCodings', () => {
  it('reads a list without regard to case', () => {
    expect(readCodings(' GZIP, identity ,br,')).toEqual(['gzip', 'br']);
    expect(readCodings(null)).toEqual([]);
  });
});
