import { describe, expect, it } from 'vitest';
import { type Filter, fromSnapshot, groupFailures, printAge, printDuration, withEntries } from '../../src/inspector-ui/groups.ts';
import type { EntrySummary } from '../../src/server/inspector/wire.ts';
import { SAMPLE_SUMMARY } from '../support/sample-entry.ts';

const ANY: Filter = { subgraph: null, code: null, operation: null };

const entry = (id: number, group: string, changes: Partial<EntrySummary> = {}): EntrySummary => ({
  ...SAMPLE_SUMMARY,
  id,
  group,
  time: id,
  ...changes,
});

const known = fromSnapshot({
  entries: [entry(1, 'a'), entry(2, 'b'), entry(3, 'a', { operationName: 'Q' })],
  groups: [
    { group: 'a', count: 40 },
    { group: 'b', count: 1 },
  ],
});

describe('groupFailures', () => {
  it('puts the newest first, and counts those that are gone', () => {
    const groups = groupFailures(known, ANY);
    expect(groups.map(({ key, latest, count, entries }) => [key, latest.id, count, entries.length])).toEqual([
      ['a', 3, 40, 2],
      ['b', 2, 1, 1],
    ]);
  });

  it('filters', () => {
    expect(groupFailures(known, { ...ANY, subgraph: 'other' })).toEqual([]);
    expect(groupFailures(known, { ...ANY, code: 'C' })).toHaveLength(2);
    expect(groupFailures(known, { ...ANY, operation: 'Q' })).toMatchObject([{ key: 'a', count: 1 }]);
    expect(groupFailures(known, { ...ANY, operation: '(anonymous)' })).toHaveLength(2);
  });
});

describe('withEntries', () => {
  it('adds what is new, once, and forgets what the router forgot', () => {
    const next = withEntries(known, { entries: [entry(3, 'a'), entry(4, 'b')], groups: [{ group: 'b', count: 2 }], oldestId: 2 });
    expect(next.entries.map(({ id }) => id)).toEqual([2, 3, 4]);
    expect([...next.counts]).toEqual([
      ['a', 40],
      ['b', 2],
    ]);
  });

  it('keeps no count of a group that is gone', () => {
    const next = withEntries(known, { entries: [entry(4, 'c')], groups: [{ group: 'c', count: 1 }], oldestId: 4 });
    expect([...next.counts]).toEqual([['c', 1]]);
  });
});

describe('times', () => {
  it.each([
    [500, 'now'],
    [12_000, '12 s'],
    [180_000, '3 min'],
    [7_200_000, '2 h'],
    [200_000_000, '2 d'],
  ])('of %i ms are read as %s', (ms, text) => expect(printAge(ms)).toBe(text));

  it.each([
    [1.234, '1.2 ms'],
    [123.4, '123 ms'],
    [12_345, '12.3 s'],
  ])('that took %d ms are read as %s', (ms, text) => expect(printDuration(ms)).toBe(text));
});
