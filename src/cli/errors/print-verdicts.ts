/** What differs from the golden files, for people. */
import type { GoldenVerdict } from './junit.ts';

/** The problem of every case of a file that does not exist. */
export const NO_FILE = 'there is no such file';

/** A line for each case that differs, with where its difference begins; one for all cases of a file that does not exist. */
export function printBriefly(failed: readonly GoldenVerdict[]): string {
  const missing = failed.filter(({ problem }) => problem === NO_FILE).map(({ file }) => file);
  const files = [...new Set(missing)].map((file) => `${file}: ${NO_FILE}, for ${missing.filter((each) => each === file).length} cases\n`);
  const cases = failed
    .filter(({ problem }) => problem !== NO_FILE)
    .map(({ file, name, problem, diff }) => `${file}: ${name}: ${diff.length === 0 ? problem : summarize(diff)}\n`);
  return [...files, ...cases].join('');
}

const MAX_LINE = 80;

/** The first line that was, the first that is, and how many more lines differ. */
function summarize(diff: readonly string[]): string {
  const [gone, added] = ['-', '+'].map((mark) =>
    diff.filter((line) => line.startsWith(mark)).map((line) => clip(line.slice(1).replace(/^ *(?:- )?/, ''))),
  );
  const [was, is] = [gone?.[0], added?.[0]];
  const more = Math.max(gone?.length ?? 0, added?.length ?? 0) - 1;
  const change = was === undefined ? `new: ${is}` : is === undefined ? `gone: ${was}` : `was ${was}, is ${is}`;
  return `${change}${more > 0 ? ` (and ${more} more)` : ''}`;
}

function clip(line: string): string {
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE).toWellFormed()}…` : line;
}

/** A case with its difference and what stands around it. */
export function printVerdict({ file, name, problem, diff }: GoldenVerdict): string {
  const lines = clipDiff(diff).map((line) => `  ${line}\n`);
  return `${file}: ${name}: ${problem}\n${lines.join('')}`;
}

const CONTEXT = 2;

/** Changed lines and what stands around them. */
function clipDiff(diff: readonly string[]): readonly string[] {
  const isNear = diff.map((_line, i) => diff.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some((line) => !line.startsWith(' ')));
  return diff.flatMap((line, i) => (isNear[i] ? [line] : isNear[i - 1] ? [' …'] : []));
}
