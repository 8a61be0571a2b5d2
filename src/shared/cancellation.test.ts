import { expect, it } from 'vitest';
import { Cancellation } from './cancellation.ts';

function listener(name: string, heard: string[]) {
  return { onAbort: () => void heard.push(name) };
}

it('tells every listener once, in order', () => {
  const heard: string[] = [];
  const cancellation = new Cancellation();
  cancellation.add(listener('a', heard));
  cancellation.add(listener('b', heard));
  expect(cancellation.aborted).toBe(false);
  cancellation.abort();
  cancellation.abort();
  expect([cancellation.aborted, heard, cancellation.listenerCount]).toEqual([true, ['a', 'b'], 0]);
});

it('tells none that was removed, whichever it was', () => {
  for (const removed of ['a', 'b', 'c']) {
    const heard: string[] = [];
    const cancellation = new Cancellation();
    const listeners = ['a', 'b', 'c'].map((name) => ({ name, ...listener(name, heard) }));
    for (const each of listeners) cancellation.add(each);
    for (const each of listeners) if (each.name === removed) cancellation.remove(each);
    cancellation.remove(listener('stranger', heard));
    expect(cancellation.listenerCount).toBe(2);
    cancellation.abort();
    expect(heard.toSorted()).toEqual(['a', 'b', 'c'].filter((name) => name !== removed));
  }
});

it('stands listeners that leave while they are told', () => {
  const heard: string[] = [];
  const cancellation = new Cancellation();
  const second = listener('second', heard);
  cancellation.add({ onAbort: () => cancellation.remove(second) });
  cancellation.add(second);
  cancellation.abort();
  expect(heard).toEqual(['second']);
});
