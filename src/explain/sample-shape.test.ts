import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../shared/json.ts';
import { addData, createSample, shapeOf } from './sample-shape.ts';

describe('addData', () => {
  it('reads every element of a list, however long it is', () => {
    const sample = createSample();
    addData(sample, { items: [...Array.from({ length: 200_000 }, () => ({ id: 1 })), { name: 'last' }] });
    const items = shapeOf(null, null, sample).field('items');
    expect(items?.listDepth).toBe(1);
    expect(items?.shape?.field('id')).toBeDefined();
    expect(items?.shape?.field('name')).toBeDefined();
  });

  it('takes a reply that nests deeper than the stack', () => {
    let value: JsonValue = { leaf: 1 };
    for (let i = 0; i < 100_000; i++) value = { a: value };
    const sample = createSample();
    addData(sample, value);
    expect(sample.members.has('a')).toBe(true);
  });
});
