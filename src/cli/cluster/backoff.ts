const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** A worker that lived this long did not end because it cannot live. */
export const STABLE_AFTER_MS = 60_000;

/** How long to wait before a worker is replaced that ended for the `failures`th time in a row: 250 ms, doubled, at most 30 s. */
export function restartDelayMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
}
