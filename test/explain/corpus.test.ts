/** `explain` on a captured reply and the running router, over real HTTP, give clients the same errors, status and headers. */
import { readFileSync } from 'node:fs';
import type { GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../src/shared/json.ts';
import { composeSubgraphs } from '../../src/supergraph/compose.ts';
import { graphFiles, groupScenarios, isPending, SCENARIOS, type Scenario } from '../corpus/corpus.ts';
import { openStage, type Stage } from '../corpus/play.ts';
import { configOf } from '../support/config.ts';
import { readJsonObject, sortedText } from '../support/same-json.ts';
import { failingFetch } from './corpus-fetch.ts';

const fitting = SCENARIOS.filter((scenario) => !isPending(scenario) && failingFetch(scenario) !== null);
const HEADERS = ['content-type', 'x-router-completed', 'cache-control', 'retry-after', 'vary'];
/** Whether the entities' parent stands there all the same, which other fetches decide. */
const UNKNOWABLE: Readonly<Record<string, string>> = { A414: 'x-router-completed' };
const compared = new Set<string>();

describe.each(['none', 'cosmo'] as const)('compatibility: %s', (profile) => {
  describe.each(groupScenarios(fitting))('$name', (group) => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await openStage(group, { compatibility: profile });
    });
    afterAll(() => stage.close());

    it.each(group.scenarios)('$id $title', async (scenario) => {
      const { reply } = await stage.play(scenario);
      const answer = readJsonObject(reply.body);
      const errors = answer['errors'] ?? [];
      // Errors of values are found in the merged data, of which a captured reply tells nothing.
      const ofFetches = isJsonArray(errors) ? errors.filter((error) => !isAboutValue(error)) : [];
      const explained = explainScenario(scenario, profile);
      expect(plain(explained.errors)).toBe(plain(ofFetches));
      expect(explained.status).toBe(reply.status);
      if (isJsonArray(errors) && ofFetches.length === errors.length) {
        const headers = Object.fromEntries(explained.headers);
        for (const name of HEADERS.filter((each) => each !== UNKNOWABLE[scenario.id]))
          expect([name, headers[name]]).toEqual([name, reply.headers[name]?.join(', ')]);
      }
      compared.add(`${profile} ${scenario.id}`);
    });
  });
});

function explainScenario(scenario: Scenario, profile: string) {
  const fetch = failingFetch(scenario);
  if (fetch === null) throw new Error('does not fit');
  const yaml = Object.entries({ compatibility: profile, ...scenario.config }).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  const config = configOf(yaml.join(''));
  return explain({ config, source: null, fetch, schema: schemaOf(scenario.graph), operationName: null }).response;
}

it('compares most of the corpus', () => {
  expect(fitting.length).toBeGreaterThanOrEqual(188);
});

/** By the graph's name: composing costs more than everything else here. */
const schemas = new Map<string, GraphQLSchema>();

function schemaOf(graph: string): GraphQLSchema {
  const schema = schemas.get(graph) ?? composeGraph(graph);
  schemas.set(graph, schema);
  return schema;
}

function composeGraph(graph: string): GraphQLSchema {
  const sdls = Object.entries(graphFiles(graph)).map(([name, file]) => ({
    name,
    url: 'http://localhost/',
    sdl: readFileSync(file, 'utf8'),
  }));
  const composed = composeSubgraphs(sdls);
  if (!composed.ok) throw new Error(`${graph} does not compose`);
  return composed.value.publicSchema;
}

const VALUE_CODES: readonly JsonValue[] = ['NULL_NOT_ALLOWED', 'INVALID_SUBGRAPH_VALUE', 'INVALID_TYPENAME', 'INVALID_GRAPHQL'];

function isAboutValue(error: JsonValue): boolean {
  if (!isJsonObject(error)) return false;
  const { message, extensions } = error;
  const code = isJsonObject(extensions) ? (extensions['code'] ?? null) : null;
  return (
    VALUE_CODES.includes(code) ||
    (typeof message === 'string' && /^Cannot return null for non-nullable|cannot represent .*value/.test(message))
  );
}

/** Canonical text; ids are made anew each time. */
function plain(value: JsonValue): string {
  return sortedText(value).replaceAll(/"errorId":"[^"]*"/g, '"errorId":"<id>"');
}

afterAll(() => {
  process.stdout.write(
    `explain: ${compared.size} of ${fitting.length * 2}, ${SCENARIOS.length - fitting.length} scenarios have no single failing fetch\n`,
  );
});
