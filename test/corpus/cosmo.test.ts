/** The corpus in the cosmo profile: equal to Cosmo's recorded answers as JSON. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupScenarios, isCosmoBug, isPending, OURS, SCENARIOS } from './corpus.ts';
import { comparableBody, expectedInCosmoProfile } from './cosmo-answer.ts';
import { openStage, type Stage } from './play.ts';
import { printTally } from './tally.ts';

const playable = SCENARIOS.filter((scenario) => !isPending(scenario));
const passed = new Set<string>();

const idsWithOwnAnswer = Object.keys(OURS).filter((id) => OURS[id]?.cosmo !== undefined);

describe('corpus data', () => {
  it('has our own expectation exactly where Cosmo has a bug', () => {
    expect(idsWithOwnAnswer.toSorted()).toEqual(
      SCENARIOS.filter(isCosmoBug)
        .map(({ id }) => id)
        .toSorted(),
    );
  });
});

describe.each(groupScenarios(playable))('cosmo profile: $name', (group) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(group, { compatibility: 'cosmo' });
  });
  afterAll(() => stage.close());

  it.each(group.scenarios)('$id $title', async (scenario) => {
    const { status, body, unorderedErrors, calls } = expectedInCosmoProfile(scenario);
    const played = await stage.play(scenario);
    expect(comparableBody(played.reply.body, unorderedErrors)).toBe(comparableBody(body, unorderedErrors));
    expect(played.reply.status).toBe(status);
    expect(played.reply.headers['content-type']).toEqual(['application/json; charset=utf-8']);
    if (calls !== undefined) expect(played.calls).toMatchObject(calls);
    expect(played.problems).toEqual([]);
    passed.add(scenario.id);
  });
});

describe('pending in the cosmo profile', () => {
  it.skip.each(SCENARIOS.filter(isPending))('$id needs $needs: $title', () => {});
});

afterAll(() => printTally('cosmo profile', passed.size, playable.length, SCENARIOS.length - playable.length));
