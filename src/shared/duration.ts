import { err, ok, type Result } from './result.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/y;

// Beyond this, setTimeout fires at once instead of late.
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Parses a duration as Go writes it (`300ms`, `1m30s`, `0`) to milliseconds, which may have a fraction.
 *
 * Negative ones and those beyond 24 days (what a timer can hold) are refused; the error is a sentence about what is expected.
 */
export function parseDuration(text: string): Result<number, string> {
  if (text === '0') return ok(0);
  let ms = 0;
  PART.lastIndex = 0;
  let end = 0;
  for (let part = PART.exec(text); part !== null; part = PART.exec(text)) {
    ms += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? Number.NaN);
    end = PART.lastIndex;
  }
  if (end === 0 || end !== text.length) return err('expected a duration such as 300ms, 5s or 1m30s');
  if (ms > LONGEST_MS) return err('expected a duration of at most 24 days');
  return ok(Math.round(ms * 1e6) / 1e6);
}

/** Prints milliseconds so that `parseDuration` reads them back: `1m30s`, `1.5s`, `300ms`, `0s`. */
export function printDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 1000) return `${trim(ms)}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = (ms % 60_000) / 1000;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${seconds > 0 ? `${trim(seconds)}s` : ''}`;
}

function trim(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '');
}
