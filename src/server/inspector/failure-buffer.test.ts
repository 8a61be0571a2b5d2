import { describe, expect, it } from 'vitest';
import { SAMPLE_ENTRY } from '../../../test/support/sample-entry.ts';
import { createFailureBuffer } from './failure-buffer.ts';
import type { EntryDetail } from './wire.ts';

const entry = (changes: Partial<EntryDetail> = {}): EntryDetail => ({ ...SAMPLE_ENTRY, ...changes });

describe('createFailureBuffer', () => {
  it('keeps the latest entries, and counts those that are gone', () => {
    const buffer = createFailureBuffer({ maxEntries: 3, maxBytes: 1_000_000 });
    for (let i = 0; i < 10; i++) buffer.add(entry());
    expect(buffer.summaries.map(({ id }) => id)).toEqual([8, 9, 10]);
    expect([buffer.detail(7), buffer.oldestId, buffer.countOf('g')]).toEqual([null, 8, 10]);
    expect(JSON.parse(buffer.detail(8) ?? '')).toMatchObject({ id: 8, operation: { document: { text: '{ a }' } } });
  });

  it('is bounded by bytes as well', () => {
    const buffer = createFailureBuffer({ maxEntries: 1_000, maxBytes: 20_000 });
    const copies = { curl: 'x'.repeat(3_000), golden: null, explain: null };
    for (let i = 0; i < 50; i++) {
      buffer.add(entry({ copies }));
      expect(buffer.bytes).toBeLessThanOrEqual(20_000);
    }
    expect(buffer.summaries.length).toBeGreaterThan(3);
    expect(buffer.summaries.at(-1)?.id).toBe(50);
  });

  it('leaves out the bulk of an entry that is too large by itself', () => {
    const buffer = createFailureBuffer({ maxEntries: 10, maxBytes: 20_000 });
    const { id } = buffer.add(entry({ copies: { curl: 'x'.repeat(30_000), golden: null, explain: null } }));
    expect(JSON.parse(buffer.detail(id) ?? '')).toMatchObject({ message: 'm', copies: { curl: null } });
    expect(buffer.bytes).toBeLessThan(20_000);
  });

  it('forgets everything when cleared, but never gives an id twice', () => {
    const buffer = createFailureBuffer({ maxEntries: 10, maxBytes: 20_000 });
    buffer.add(entry());
    buffer.clear();
    expect([buffer.summaries, buffer.groups, buffer.bytes]).toEqual([[], [], 0]);
    expect(buffer.add(entry()).id).toBe(2);
  });

  it('bounds the number of groups that it counts', () => {
    const buffer = createFailureBuffer({ maxEntries: 2, maxBytes: 1_000_000 });
    for (let i = 0; i < 1_500; i++) buffer.add(entry({ group: String(i) }));
    expect(buffer.groups).toHaveLength(1_000);
    expect([buffer.countOf('1499'), buffer.countOf('3')]).toEqual([1, 0]);
  });
});
