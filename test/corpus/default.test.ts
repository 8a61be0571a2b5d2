/** The corpus in the default profile: Cosmo's answers but for the differences that the error layer spec lists, and exact paths. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../src/shared/json.ts';
import { readJsonObject, sortedText } from '../support/same-json.ts';
import { isRecord } from '../support/script.ts';
import { groupScenarios, isPending, OURS, SCENARIOS, type Scenario } from './corpus.ts';
import { unexpectedDifferences, unrealPaths } from './default-answer.ts';
import { openStage, type Played, type Stage } from './play.ts';
import { printTally } from './tally.ts';

const playable = SCENARIOS.filter((scenario) => !isPending(scenario));
const passed = new Set<string>();

describe.each(groupScenarios(playable))('default profile: $name', (group) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(group, { compatibility: 'none' });
  });
  afterAll(() => stage.close());

  it.each(group.scenarios)('$id $title', async (scenario) => {
    const played = await stage.play(scenario);
    const body = readJsonObject(played.reply.body);
    if (isRequestError(scenario)) expectRequestError(played, body);
    else expectExecuted(scenario, played, body);
    expect(played.problems).toEqual([]);
    passed.add(scenario.id);
  });
});

function expectExecuted(scenario: Scenario, { reply, calls }: Played, body: JsonObject): void {
  const own = OURS[scenario.id]?.none;
  const options = scenario.config['subgraph_error_propagation'];
  const rules = { hidden: isRecord(options) && options['enabled'] === false };
  expect(reply.status).toBe(200);
  if (own === undefined) expect(unexpectedDifferences(readJsonObject(scenario.expected.body), body, rules), reply.body).toEqual([]);
  else expect(sortedText(withoutErrorIds(body))).toBe(sortedText(readJsonObject(own.body)));
  if (!isRecord(options) || options['rewrite_paths'] !== false) expect(unrealPaths(body)).toEqual([]);
  const expectedCalls = own?.calls ?? scenario.expected.calls;
  if (expectedCalls !== undefined) expect(calls).toMatchObject(expectedCalls);
}

/** Ids are made anew each time. */
function withoutErrorIds(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(withoutErrorIds);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([key]) => key !== 'errorId');
  return Object.fromEntries(members.map(([key, member]) => [key, withoutErrorIds(member)]));
}

/** Cosmo answers requests that it does not execute without `data`. */
function isRequestError({ expected }: Scenario): boolean {
  return !Object.hasOwn(readJsonObject(expected.body), 'data');
}

/** Section 1: request errors have graphql-js's messages, a code, and no path; section 9 gives the status. */
function expectRequestError({ reply, calls }: Played, body: JsonObject): void {
  expect(Object.keys(body)).toEqual(['errors']);
  const expectedEntry = { message: expect.any(String), extensions: { code: expect.stringMatching(/^[A-Z_]+$/) } };
  expect(body['errors']).toEqual(expect.arrayContaining([expect.objectContaining(expectedEntry)]));
  expect(JSON.stringify(body['errors'])).not.toContain('"path"');
  expect([200, 400, 405]).toContain(reply.status);
  expect(Object.values(calls).every((count) => count === 0)).toBe(true);
}

describe('pending in the default profile', () => {
  it.skip.each(SCENARIOS.filter(isPending))('$id needs $needs: $title', () => {});
});

afterAll(() => printTally('default profile', passed.size, playable.length, SCENARIOS.length - playable.length));
