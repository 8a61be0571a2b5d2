import { GraphQLObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { CanonicalOperation, SelectionSet } from '../operation/model.ts';
import { err, ok } from '../shared/result.ts';
import { createPlanCache, type Planning } from './plan-cache.ts';
import type { Planner } from './planner.ts';

const QUERY = new GraphQLObjectType({ name: 'Query', fields: {} });
const NOTHING: SelectionSet = { parentType: QUERY, selections: [] };

/** Only the text matters to a cache. */
const operation = (text: string): CanonicalOperation => ({
  type: 'query',
  name: null,
  text,
  selection: NOTHING,
  introspection: null,
  variables: [],
  literals: [],
});
const SLOW = (id: number): string => `{f${id}{${'x'.repeat(5_000)}}}`;

/** A planner that counts, and plans slowly only when told. */
function fakePlanner(isFragile = false) {
  const planned: string[] = [];
  const open: ((planning: Planning) => void)[] = [];
  const planner: Planner = {
    isFragile,
    plan({ text }) {
      planned.push(text);
      return text === '{bad}' ? err({ kind: 'unsatisfiable', message: 'bad' }) : ok({ root: null });
    },
    planAsync({ text }) {
      planned.push(text);
      return new Promise((resolve) => open.push(resolve));
    },
  };
  return { planner, planned, open };
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

describe('createPlanCache', () => {
  it('plans a text once, also one that cannot be planned', () => {
    const { planner, planned } = fakePlanner();
    const cache = createPlanCache(planner, 10);
    expect(cache.plan(operation('{a}'))).toBe(cache.plan(operation('{a}')));
    expect(cache.plan(operation('{bad}'))).toEqual(cache.plan(operation('{bad}')));
    expect(planned).toEqual(['{a}', '{bad}']);
  });

  it('asks nobody about an operation without text', () => {
    const { planner, planned } = fakePlanner();
    expect(createPlanCache(planner, 10).plan(operation(''))).toEqual({ ok: true, value: { root: null } });
    expect(planned).toEqual([]);
  });

  it('forgets the least used', () => {
    const { planner, planned } = fakePlanner();
    const cache = createPlanCache(planner, 2);
    for (const text of ['{a}', '{b}', '{a}', '{c}', '{a}', '{b}']) void cache.plan(operation(text));
    expect(planned).toEqual(['{a}', '{b}', '{c}', '{b}']);
  });

  it('plans long and deep operations elsewhere, one text once', async () => {
    const { planner, planned, open } = fakePlanner();
    const cache = createPlanCache(planner, 10);
    const [first, second] = [cache.plan(operation(SLOW(1))), cache.plan(operation(SLOW(1)))];
    expect(first).toBeInstanceOf(Promise);
    expect(second).toBe(first);
    expect(cache.plan(operation('{a{...f0}}fragment f0 on A{a}'))).toBeInstanceOf(Promise);
    await settle();
    expect(planned).toHaveLength(1);
    open[0]?.(ok({ root: null }));
    expect(await first).toEqual({ ok: true, value: { root: null } });
    expect(cache.plan(operation(SLOW(1)))).toEqual({ ok: true, value: { root: null } });
  });

  it('plans everything of a fragile graph there', () => {
    expect(createPlanCache(fakePlanner(true).planner, 10).plan(operation('{a}'))).toBeInstanceOf(Promise);
  });

  it('plans one of these at a time, lets others wait, and refuses when too many do', async () => {
    const { planner, planned, open } = fakePlanner();
    const cache = createPlanCache(planner, 200);
    const plannings = Array.from({ length: 101 }, (_, i) => cache.plan(operation(SLOW(i))));
    expect(cache.plan(operation(SLOW(101)))).toMatchObject({ ok: false, error: { kind: 'overloaded' } });
    expect(planned).toHaveLength(1);
    // Known and quick ones are not held up.
    expect(cache.plan(operation('{a}'))).toMatchObject({ ok: true });
    for (let i = 0; i < 101; i++) {
      expect(planned.filter((text) => text !== '{a}')).toHaveLength(i + 1);
      open[i]?.(ok({ root: null }));
      await settle();
    }
    for (const planning of plannings) expect(await planning).toMatchObject({ ok: true });
    expect(cache.plan(operation(SLOW(102)))).toBeInstanceOf(Promise);
  });
});
