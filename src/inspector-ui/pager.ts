/** Steps through the failures of the group that is open. */
import { button, h, setText } from './dom.ts';

interface Pager {
  readonly element: HTMLElement;
  /** `at` is from 1, the newest; 0 for a failure that is not among them. */
  update(at: number, count: number): void;
}

/** The same elements for all failures, so that the focus stays; `onMove` goes to a newer (-1) or an older (1) one. */
export function createPager(onMove: (step: number) => void): Pager {
  let [at, count] = [0, 0];
  const move = (step: number): void => {
    if (at + step >= 1 && at + step <= count) onMove(step);
  };
  const newer = button('‹', () => move(-1), { class: 'plain', title: 'Newer', attrs: { 'aria-label': 'Newer' } });
  const older = button('›', () => move(1), { class: 'plain', title: 'Older', attrs: { 'aria-label': 'Older' } });
  const place = h('span');
  const element = h('nav', { class: 'pager', attrs: { 'aria-label': 'Failures of this group' } }, newer, place, older);
  return {
    element,
    update(nextAt, nextCount) {
      [at, count] = [nextAt, nextCount];
      element.hidden = at < 1 || count < 2;
      setText(place, `${at} of ${count}`);
      // For assistive technology only: a button that is truly disabled loses the focus.
      newer.setAttribute('aria-disabled', String(at <= 1));
      older.setAttribute('aria-disabled', String(at >= count));
    },
  };
}
