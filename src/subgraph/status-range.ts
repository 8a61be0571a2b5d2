import type { StatusRange } from '../config/fields.ts';

/** Whether a status lies in one of the ranges. */
export function isInRanges(status: number, ranges: readonly StatusRange[]): boolean {
  for (const { from, to } of ranges) if (status >= from && status <= to) return true;
  return false;
}
