/** The fault suite against the project's own router. */
import { afterAll, describe, expect, it } from 'vitest';
import { playVariant } from './play.ts';
import { readSections } from './scenario.ts';

const sections = readSections();

/** Scenarios per section of the fault scenarios page. */
const COUNTS = { A: 17, B: 25, C: 14, D: 18, E: 14, F: 7, G: 11, H: 13, I: 10, J: 10 };

const tally = { passed: 0, failed: 0, pending: 0 };

it('has every scenario of the page, once', () => {
  expect(Object.fromEntries(sections.map(({ section, scenarios }) => [section, scenarios.length]))).toEqual(COUNTS);
  const ids = sections.flatMap(({ scenarios }) => scenarios.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
});

describe.each(sections)('$section: $title', ({ scenarios }) => {
  for (const { id, title, pending, variants } of scenarios) {
    if (pending !== null) {
      tally.pending++;
      it.skip(`${id} ${title} (pending: ${pending})`, () => {});
      continue;
    }
    it(`${id} ${title}`, async () => {
      tally.failed++;
      const playable = variants.filter((variant) => variant.pending === undefined);
      const found = await Promise.all(
        playable.map(async (variant) =>
          (await playVariant(variant)).map((problem) => (variant.name === '' ? problem : `${variant.name}: ${problem}`)),
        ),
      );
      expect(found.flat()).toEqual([]);
      tally.failed--;
      tally.passed++;
    });
  }
});

afterAll(() => {
  process.stdout.write(`faults: ${tally.passed} passed, ${tally.failed} failed, ${tally.pending} pending\n`);
});
