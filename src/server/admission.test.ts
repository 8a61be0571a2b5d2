import { describe, expect, it } from 'vitest';
import { type Admission, createAdmission } from './admission.ts';

/** An admission whose turns come when told. */
function stage() {
  const turns: (() => void)[] = [];
  const admission = createAdmission((callback) => turns.push(callback));
  const begun: number[] = [];
  return {
    admission,
    begun,
    admit: (count: number) => {
      for (let i = 0; i < count; i++) admission.admit(() => begun.push(begun.length));
    },
    turn: () => turns.splice(0).forEach((callback) => callback()),
    get pending() {
      return turns.length;
    },
  };
}

function answer(admission: Admission, count: number, length: number): void {
  for (let i = 0; i < count; i++) {
    admission.admit(() => undefined);
    admission.end(length);
  }
}

describe('createAdmission', () => {
  it('begins at once what is known to be small, and what nothing is known of', () => {
    const { admission, begun, admit, pending } = stage();
    admit(100);
    expect([begun.length, pending]).toEqual([100, 0]);
    answer(admission, 200, 100);
    admit(100);
    expect(begun).toHaveLength(200);
  });

  it('begins one large answer per turn beyond those that fit, in order', () => {
    const s = stage();
    answer(s.admission, 300, 96_000);
    const order: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) s.admission.admit(() => order.push(name));
    expect(order).toEqual(['a', 'b', 'c', 'd', 'e'].slice(0, order.length));
    const atOnce = order.length;
    expect(atOnce).toBeGreaterThanOrEqual(4);
    expect(atOnce).toBeLessThanOrEqual(5);
    s.turn();
    expect(order).toHaveLength(atOnce + 1);
    expect(s.admission.isBusy).toBe(true);
    s.turn();
    expect(order.join('')).toBe('abcdefg'.slice(0, atOnce + 2));
  });

  it('is not busy when nobody waits', () => {
    const s = stage();
    s.admit(3);
    expect(s.admission.isBusy).toBe(false);
  });

  it('begins two at once however large answers are', () => {
    const s = stage();
    answer(s.admission, 300, 50_000_000);
    s.admit(5);
    expect(s.begun).toHaveLength(2);
  });

  it('fills up within a turn when answers have left', () => {
    const s = stage();
    answer(s.admission, 300, 96_000);
    s.admit(50);
    const atOnce = s.begun.length;
    for (let i = 0; i < atOnce; i++) s.admission.end(96_000);
    s.turn();
    expect(s.begun).toHaveLength(2 * atOnce);
  });

  it('lets nobody overtake who waits', () => {
    const s = stage();
    answer(s.admission, 300, 96_000);
    s.admit(10);
    const begun = s.begun.length;
    for (let i = 0; i < begun; i++) s.admission.end(96_000);
    s.admit(1);
    expect(s.begun).toHaveLength(begun);
  });

  it('begins everything in the end, also when no answer ever comes', () => {
    const s = stage();
    answer(s.admission, 300, 1_000_000);
    s.admit(5_000);
    for (let turns = 0; s.pending > 0; turns++) {
      expect(turns).toBeLessThan(5_000);
      s.turn();
    }
    expect(s.begun).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
    s.admit(1);
    s.turn();
    expect(s.begun).toHaveLength(5_001);
  });

  it('counts answers that were shared for nothing', () => {
    const s = stage();
    for (let i = 0; i < 40; i++) {
      answer(s.admission, 1, 96_000);
      answer(s.admission, 49, 0);
    }
    s.admit(50);
    expect(s.begun).toHaveLength(50);
  });
});
