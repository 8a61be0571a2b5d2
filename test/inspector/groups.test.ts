import { describe, expect, it } from 'vitest';
import { fromSnapshot, groupFailures, NO_FILTER, printAge, printDuration, withEntries } from '../../src/inspector-ui/groups.ts';
import type { EntrySummary } from '../../src/server/inspector/wire.ts';

const entry = (id: number, group: string, changes: Partial<EntrySummary> = {}): EntrySummary => ({
  id,
  group,
  time: id,
  subgraph: 's',
  code: 'C',
  kind: 'graphql',
  status: 200,
  message: 'm',
  shape: 'm',
  operationName: null,
  operationType: 'query',
  path: null,
  durationMs: 1,
  requestId: 'r',
  ...changes,
});

const known = fromSnapshot({
  entries: [entry(1, 'a'), entry(2, 'b'), entry(3, 'a', { operationName: 'Q' })],
  groups: [
    { group: 'a', count: 40 },
    { group: 'b', count: 1 },
  ],
  subgraphs: ['s'],
});

describe('groupFailures', () => {
  it('puts the newest first, and counts those that are gone', () => {
    const groups = groupFailures(known, NO_FILTER);
    expect(groups.map(({ key, latest, count, entries }) => [key, latest.id, count, entries.length])).toEqual([
      ['a', 3, 40, 2],
      ['b', 2, 1, 1],
    ]);
  });

  it('filters', () => {
    expect(groupFailures(known, { ...NO_FILTER, subgraph: 'other' })).toEqual([]);
    expect(groupFailures(known, { ...NO_FILTER, code: 'C' })).toHaveLength(2);
    expect(groupFailures(known, { ...NO_FILTER, operation: 'Q' })).toMatchObject([{ key: 'a', count: 1 }]);
    expect(groupFailures(known, { ...NO_FILTER, operation: '(anonymous)' })).toHaveLength(2);
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
