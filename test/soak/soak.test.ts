import { expect, it } from 'vitest';
import { runSoak } from './soak.ts';

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
    expect({ lost: report.lost, invalid: report.invalid, bugs: report.bugs, leaked: report.leaked }).toEqual({
      lost: [],
      invalid: [],
      bugs: [],
      leaked: {},
    });
    expect(report.requests).toBeGreaterThan(50);
    expect(report.reloads.applied).toBeGreaterThan(0);
    expect(report.heapEndBytes).toBeLessThan(report.heapStartBytes * 1.2);
  },
  DURATION_MS + 60_000,
);
