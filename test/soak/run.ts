/**
 * The soak as a command.
 *
 *     npm run soak               for five minutes
 *     npm run soak -- 30         for thirty
 *     npm run soak -- 30 12345   with a seed from an earlier run
 *
 * Exits with 1 when anything was lost, invalid, broken or leaked, when next to nothing happened, or when the heap grew by more than a fifth
 * after its first 15 seconds.
 */
import { problemsOf, runSoak, type SoakReport } from './soak.ts';

const MEBIBYTE = 2 ** 20;

function print(report: SoakReport): void {
  const { reloads, heapStartBytes, heapEndBytes } = report;
  const rows: readonly (readonly [string, unknown])[] = [
    ['seed', report.seed],
    ['seconds', report.seconds],
    ['requests', `${report.requests} (${report.requestsPerSecond}/s)`],
    ['clients that left', report.left],
    ...Object.entries(report.faultsByKind)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([kind, count]) => [`fault ${kind}`, count] as const),
    ['reloads', `${reloads.applied} applied, ${reloads.refused} refused`],
    ['lost requests', report.lost.length],
    ['invalid responses', report.invalid.length],
    ['bugs', report.bugs.length],
    ['leaked', JSON.stringify(report.leaked)],
    ['heap at start', `${(heapStartBytes / MEBIBYTE).toFixed(1)} MiB`],
    ['heap at end', `${(heapEndBytes / MEBIBYTE).toFixed(1)} MiB (${((heapEndBytes / heapStartBytes - 1) * 100).toFixed(1)} %)`],
  ];
  for (const [name, value] of rows) process.stdout.write(`${name.padEnd(20)} ${String(value)}\n`);
  for (const line of problemsOf(report).slice(0, 20)) process.stdout.write(`  ${line}\n`);
}

const [minutes = 5, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const report = await runSoak({
  durationMs: minutes * 60_000,
  seed,
  clients: 8,
  reloadEveryMs: 3_000,
  warmUpMs: 15_000,
  onProgress: ({ seconds, requests, lost, invalid }) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${seconds} s, ${requests} requests, ${lost.length} lost, ${invalid.length} invalid `);
  },
});
if (process.stderr.isTTY) process.stderr.write('\r');
print(report);
process.exitCode = problemsOf(report).length === 0 ? 0 : 1;
