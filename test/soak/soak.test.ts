import { expect, it } from 'vitest';
import { problemsOf, runSoak } from './soak.ts';

// Long where nobody waits for it, short at a desk; `npm run soak` takes its minutes as an argument.
const IS_LONG = process.env['CI'] !== undefined;
const DURATION_MS = IS_LONG ? 62_000 : 6_000;
const SEED = Number(process.env['SOAK_SEED'] ?? Date.now() % 1_000_000);

it(
  `holds out for ${DURATION_MS / 1_000} s of random faults and reloads (SOAK_SEED=${SEED})`,
  async () => {
    const report = await runSoak({
      durationMs: DURATION_MS,
      seed: SEED,
      clients: 6,
      reloadEveryMs: IS_LONG ? 3_000 : 1_000,
      warmUpMs: IS_LONG ? 15_000 : 3_000,
    });
    expect(problemsOf(report)).toEqual([]);
  },
  DURATION_MS + 60_000,
);

it('is not passed by a run in which nothing happened', () => {
  const nothing = {
    seed: 1,
    seconds: 0,
    requests: 0,
    requestsPerSecond: 0,
    left: 0,
    faultsByKind: {},
    reloads: { applied: 0, refused: 0 },
    lost: [],
    invalid: [],
    bugs: [],
    heapStartBytes: 0,
    heapEndBytes: 1,
    leaked: {},
  };
  expect(problemsOf(nothing)).toEqual(['only 0 requests', 'no reload was applied', 'the heap grew from 0 to 1 bytes']);
  expect(problemsOf({ ...nothing, requests: 51, reloads: { applied: 1, refused: 0 }, heapStartBytes: 1, leaked: { Timeout: 2 } })).toEqual([
    'leaked: 2 Timeout',
  ]);
});
