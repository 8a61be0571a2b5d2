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
});
const SLOW = (id: number): string => `{f${id}{${'x'.repeat(5_000)}}}`;

/** A planner that counts, and plans slowly only when told. */
function fakePlanner() {
  const planned: string[] = [];
  const open: ((planning: Planning) => void)[] = [];
  const planner: Planner = {
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

  it('plans long and deep operations on another thread, one text once', async () => {
    const { planner, planned, open } = fakePlanner();
    const cache = createPlanCache(planner, 10);
    const [first, second] = [cache.plan(operation(SLOW(1))), cache.plan(operation(SLOW(1)))];
    expect(first).toBeInstanceOf(Promise);
    expect(second).toBe(first);
    expect(cache.plan(operation('{a{...f0}}fragment f0 on A{a}'))).toBeInstanceOf(Promise);
    await settle();
    expect(planned).toHaveLength(2);
    for (const resolve of open) resolve(ok({ root: null }));
    expect(await first).toEqual({ ok: true, value: { root: null } });
    expect(cache.plan(operation(SLOW(1)))).toEqual({ ok: true, value: { root: null } });
  });

  it('takes two threads at most, lets others wait, and refuses when too many do', async () => {
    const { planner, planned, open } = fakePlanner();
    const cache = createPlanCache(planner, 100);
    const plannings = Array.from({ length: 66 }, (_, i) => cache.plan(operation(SLOW(i))));
    expect(cache.plan(operation(SLOW(66)))).toMatchObject({ ok: false, error: { kind: 'overloaded' } });
    expect(planned).toHaveLength(2);
    // Known and quick ones are not held up.
    expect(cache.plan(operation('{a}'))).toMatchObject({ ok: true });
    for (let i = 0; i < 66; i++) {
      expect(planned.filter((text) => text !== '{a}')).toHaveLength(Math.min(66, i + 2));
      open[i]?.(ok({ root: null }));
      await settle();
    }
    for (const planning of plannings) expect(await planning).toMatchObject({ ok: true });
    expect(cache.plan(operation(SLOW(67)))).toBeInstanceOf(Promise);
  });
});
