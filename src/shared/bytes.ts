import { err, ok, type Result } from './result.ts';

const UNITS: readonly (readonly [name: string, factor: number])[] = [
  ['TiB', 1024 ** 4],
  ['TB', 1000 ** 4],
  ['GiB', 1024 ** 3],
  ['GB', 1000 ** 3],
  ['MiB', 1024 ** 2],
  ['MB', 1000 ** 2],
  ['KiB', 1024],
  ['KB', 1000],
];

const SIZE = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i;

/** Parses a size to bytes: `5MB` is 5,000,000, `4KiB` is 4,096, a bare number counts bytes; case does not matter. */
export function parseBytes(text: string): Result<number, string> {
  const match = SIZE.exec(text);
  const factor = match === null ? undefined : factorOf((match[2] ?? '').toLowerCase());
  if (match === null || factor === undefined) return err('expected a size such as 5MB or 4KiB');
  const bytes = Math.round(Number(match[1]) * factor);
  return Number.isSafeInteger(bytes) ? ok(bytes) : err('expected a size below 8 PiB');
}

function factorOf(unit: string): number | undefined {
  if (unit === '' || unit === 'b') return 1;
  return UNITS.find(([name]) => unit === name.toLowerCase() || `${unit}b` === name.toLowerCase())?.[1];
}

/** Prints bytes so that `parseBytes` reads them back, in the largest unit that divides them: `5MB`, `4KiB`, `1234`. */
export function printBytes(bytes: number): string {
  const unit = UNITS.find(([, factor]) => bytes >= factor && bytes % factor === 0);
  return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`;
}
