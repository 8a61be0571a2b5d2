import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDeeperThan, type JsonValue, parseJson, printJson } from '../shared/json.ts';
import { ingestErrors, MISSING_MESSAGE } from './ingest.ts';

const ingest = (...entries: JsonValue[]) => ingestErrors(entries, printJson(entries).length).errors;

describe('ingestErrors', () => {
  it('leaves sound entries as they are', () => {
    const entry = { message: 'm', path: ['a', 0], extensions: { code: 'C' } };
    expect(ingest(entry)).toEqual([{ index: 0, message: 'm', path: ['a', 0], extensions: { code: 'C' }, raw: entry, repairs: [] }]);
  });

  it.each<[JsonValue, string, string]>([
    [{}, MISSING_MESSAGE, 'message is missing'],
    [{ message: 7 }, MISSING_MESSAGE, 'message is not a string'],
    ['x', MISSING_MESSAGE, 'entry is not an object'],
    [null, MISSING_MESSAGE, 'entry is not an object'],
    [{ message: 'm', path: '/' }, 'm', 'path is not a list'],
    [{ message: 'm', path: ['a', null] }, 'm', 'path has an element that is neither a string nor a number'],
    [{ message: 'm', extensions: [] }, 'm', 'extensions is not an object'],
  ])('mends %j', (entry, message, repair) => {
    const [mended] = ingest(entry);
    expect(mended).toMatchObject({ message, repairs: [repair] });
  });

  it('leaves out what nests too deeply, and only that', () => {
    const deep = parseJson(`${'['.repeat(500)}${']'.repeat(500)}`);
    const nested = deep.ok ? deep.value : null;
    const [entry] = ingest({ message: 'm', a: nested, extensions: { code: 'C', deep: nested } });
    expect(entry).toMatchObject({ message: 'm', raw: { message: 'm', extensions: { code: 'C' } }, extensions: { code: 'C' } });
    expect(isDeeperThan(entry?.raw ?? null, 110)).toBe(false);
  });

  it('survives extensions within extensions without end', () => {
    const text = `{"message":"m","extensions":${'{"extensions":'.repeat(5000)}1${'}'.repeat(5000)}}`;
    const parsed = parseJson(text);
    const [entry] = ingestErrors([parsed.ok ? parsed.value : null], text.length).errors;
    expect(entry).toMatchObject({ message: 'm', extensions: {} });
  });

  it('counts what is too much to keep', () => {
    const { errors, unlisted } = ingestErrors(
      Array.from({ length: 250_000 }, () => 0),
      500_000,
    );
    expect([errors.length, unlisted]).toEqual([100_000, 150_000]);
  });

  it('is total and loses no entry', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), (values) => {
        const entries: JsonValue[] = JSON.parse(JSON.stringify(values));
        const errors = ingest(...entries);
        expect(errors.map(({ index }) => index)).toEqual(entries.map((_entry, i) => i));
        for (const { message } of errors) expect(typeof message).toBe('string');
      }),
    );
  });
});
