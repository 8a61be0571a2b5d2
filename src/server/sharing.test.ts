import { describe, expect, it } from 'vitest';
import { Cancellation } from '../shared/cancellation.ts';
import { transientKey } from '../shared/transient-map.ts';
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
    const both = Promise.all([sharing.run(transientKey('a', ''), never, work), sharing.run(transientKey('a', ''), never, work)]);
    finish('x');
    expect(await both).toEqual(['x', 'x']);
    expect(signals).toHaveLength(1);
    const third = sharing.run(transientKey('a', ''), never, work);
    finish('y');
    expect(await third).toBe('y');
    expect(signals).toHaveLength(2);
  });

  it('keeps different work apart', async () => {
    const sharing = createSharing<string>();
    const { work, signals, finish } = createWork();
    const both = [sharing.run(transientKey('a', ''), never, work), sharing.run(transientKey('b', ''), never, work)];
    finish('x');
    await Promise.all(both);
    expect(signals).toHaveLength(2);
  });

  it('goes on for the others when one caller leaves, also the first', async () => {
    const sharing = createSharing<string>();
    const { work, signals, finish } = createWork();
    const first = new Cancellation();
    void sharing.run(transientKey('a', ''), first, work);
    const second = sharing.run(transientKey('a', ''), never, work);
    first.abort();
    expect(signals[0]?.aborted).toBe(false);
    finish('x');
    expect(await second).toBe('x');
  });

  it('aborts when the last caller leaves, and starts anew for who comes later', async () => {
    const sharing = createSharing<string>();
    const { work, signals, finish } = createWork();
    const [one, two] = [new Cancellation(), new Cancellation()];
    void sharing.run(transientKey('a', ''), one, work);
    void sharing.run(transientKey('a', ''), two, work);
    one.abort();
    two.abort();
    expect(signals[0]?.aborted).toBe(true);
    const late = sharing.run(transientKey('a', ''), never, work);
    expect(signals).toHaveLength(2);
    finish('x');
    expect(await late).toBe('x');
  });

  it('aborts work whose only caller had gone before', () => {
    const sharing = createSharing<string>();
    const { work, signals } = createWork();
    void sharing.run(transientKey('a', ''), aborted(), work);
    expect(signals[0]?.aborted).toBe(true);
  });
});

function aborted(): Cancellation {
  const cancellation = new Cancellation();
  cancellation.abort();
  return cancellation;
}
