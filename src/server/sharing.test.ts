import { describe, expect, it } from 'vitest';
import { Cancellation } from '../shared/cancellation.ts';
import { createSharing } from './sharing.ts';

const never = new Cancellation();

/** Work that ends when told, and remembers how often it was started and whether it was aborted. */
function createWork() {
  const signals: Cancellation[] = [];
  const settle: ((value: string) => void)[] = [];
  const work = (signal: Cancellation): Promise<string> => {
    signals.push(signal);
    return new Promise((resolve) => settle.push(resolve));
  };
  return { work, signals, finish: (value: string) => settle.forEach((resolve) => resolve(value)) };
}

describe('createSharing', () => {
  it('runs identical work once while it is open, and again afterwards', async () => {
    const sharing = createSharing<string>();
    const { work, signals, finish } = createWork();
    const both = Promise.all([sharing.run('a', '', never, work), sharing.run('a', '', never, work)]);
    finish('x');
    expect(await both).toEqual(['x', 'x']);
    expect(signals).toHaveLength(1);
    const third = sharing.run('a', '', never, work);
    finish('y');
    expect(await third).toBe('y');
    expect(signals).toHaveLength(2);
  });

  it('keeps different work apart', async () => {
    const sharing = createSharing<string>();
    const { work, signals, finish } = createWork();
    const both = [sharing.run('a', '', never, work), sharing.run('b', '', never, work)];
    finish('x');
    await Promise.all(both);
    expect(signals).toHaveLength(2);
  });

  it('goes on for the others when one caller leaves, also the first', async () => {
    const sharing = createSharing<string>();
    const { work, signals, finish } = createWork();
    const first = new Cancellation();
    void sharing.run('a', '', first, work);
    const second = sharing.run('a', '', never, work);
    first.abort();
    expect(signals[0]?.aborted).toBe(false);
    finish('x');
    expect(await second).toBe('x');
  });

  it('aborts when the last caller leaves, and starts anew for who comes later', async () => {
    const sharing = createSharing<string>();
    const { work, signals, finish } = createWork();
    const [one, two] = [new Cancellation(), new Cancellation()];
    void sharing.run('a', '', one, work);
    void sharing.run('a', '', two, work);
    one.abort();
    two.abort();
    expect(signals[0]?.aborted).toBe(true);
    const late = sharing.run('a', '', never, work);
    expect(signals).toHaveLength(2);
    finish('x');
    expect(await late).toBe('x');
  });

  it('aborts work whose only caller had gone before', () => {
    const sharing = createSharing<string>();
    const { work, signals } = createWork();
    void sharing.run('a', '', aborted(), work);
    expect(signals[0]?.aborted).toBe(true);
  });
});

function aborted(): Cancellation {
  const cancellation = new Cancellation();
  cancellation.abort();
  return cancellation;
}
