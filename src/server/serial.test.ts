import { describe, expect, it } from 'vitest';
import { createSerial } from './serial.ts';

describe('createSerial', () => {
  it('never runs twice at a time, and shares the run that has not begun', async () => {
    const finish: ((value: number) => void)[] = [];
    const run = createSerial(() => new Promise<number>((resolve) => finish.push(resolve)));
    const first = run();
    await Promise.resolve();
    const second = run();
    const third = run();
    await Promise.resolve();
    expect(finish).toHaveLength(1);
    finish[0]?.(1);
    expect(await first).toBe(1);
    await Promise.resolve();
    expect(finish).toHaveLength(2);
    finish[1]?.(2);
    expect(await Promise.all([second, third])).toEqual([2, 2]);
    expect(finish).toHaveLength(2);
  });
});
