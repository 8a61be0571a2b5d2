/** Prints what a run of the corpus came to, as one line that stands out of vitest's own report. */
export function printTally(profile: string, passed: number, played: number, pending: number): void {
  process.stdout.write(`corpus: ${passed} of ${played}, ${pending} pending (${profile})\n`);
}
