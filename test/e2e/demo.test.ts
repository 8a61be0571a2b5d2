import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { invariant } from '../../src/shared/assert.ts';
import { REPOSITORY } from '../support/built-router.ts';
import { codesOf, type Stage, startDemoStage } from './stage.ts';

const IDS = [1, 2, 3, 4, 5, 7, 8, 10, 11, 12];

describe('the demo', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startDemoStage();
  });
  afterAll(() => stage.close());

  it('answers one query from all four subgraphs', async () => {
    const { body, headers } = await stage.post('query All { employees { id details { forename } hobbies { __typename } products } }');
    expect(body.errors).toBeUndefined();
    const employees = body.data?.['employees'];
    expect(employees).toHaveLength(IDS.length);
    expect(employees).toContainEqual(
      expect.objectContaining({ id: 1, details: { forename: expect.any(String) }, products: expect.any(Array) }),
    );
    expect(headers.get('x-router-completed')).toBe('true');
    const line = stage.lines.find((each) => each['operationName'] === 'All');
    expect(line).toMatchObject({
      msg: 'request',
      status: 200,
      operationType: 'query',
      errorCount: 0,
      requestId: headers.get('x-request-id'),
    });
    expect(line?.['subgraphs']).toEqual(expect.arrayContaining(['employees', 'family', 'hobbies', 'products']));
  });

  it('answers partial data with an error, and logs both under one id', async () => {
    const { body, headers } = await stage.post('query Partial { employees { id rootFieldThrowsError } }');
    expect(body.data?.['employees']).toHaveLength(IDS.length);
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]?.path).toEqual(['employees', 9, 'rootFieldThrowsError']);
    const errorId = headers.get('x-router-error-id');
    expect(errorId).toMatch(/^[0-9a-z]{15}$/);
    const requestId = headers.get('x-request-id');
    expect(stage.lines).toContainEqual(
      expect.objectContaining({ msg: 'subgraph request failed', level: 'error', subgraph: 'employees', requestId, errorIds: [errorId] }),
    );
    expect(stage.lines).toContainEqual(expect.objectContaining({ msg: 'request', requestId, errorCount: 1, codes: ['ERROR_CODE'] }));
  });

  it('opens its playground with operations that it answers', async () => {
    const loaded = loadConfig({ files: [join(REPOSITORY, 'router.config.yaml')], env: {}, cwd: REPOSITORY });
    invariant(loaded.ok, 'the configuration of the demo is right');
    const { tabs } = loaded.value.config.playground;
    const answers = await Promise.all(tabs.map(({ query, headers }) => stage.post(query, { headers: Object.fromEntries(headers) })));
    for (const { body } of answers) expect(body.data?.['employees']).toHaveLength(IDS.length);
    expect(answers.map((answer) => codesOf(answer).map(String).toSorted())).toEqual([
      [],
      ['ERROR_CODE'],
      ['SUBGRAPH_HTTP_ERROR'],
      ['SUBGRAPH_INVALID_RESPONSE'],
      ['SUBGRAPH_CONNECTION_LOST'],
      ['SUBGRAPH_EMPTY_RESPONSE', 'SUBGRAPH_UNREACHABLE'],
    ]);
  });

  it.each([
    ['refuse', 'SUBGRAPH_UNREACHABLE'],
    ['reset', 'SUBGRAPH_UNREACHABLE'],
    ['status=502', 'SUBGRAPH_HTTP_ERROR'],
    ['html', 'SUBGRAPH_INVALID_RESPONSE'],
    ['empty', 'SUBGRAPH_EMPTY_RESPONSE'],
    ['bad-json', 'SUBGRAPH_INVALID_RESPONSE'],
    ['not-graphql', 'SUBGRAPH_INVALID_RESPONSE'],
    ['cut', 'SUBGRAPH_CONNECTION_LOST'],
  ])('shows the fault %s as one error, and keeps the rest', async (fault, code) => {
    const answer = await stage.post('{ employees { id products } }', { headers: { 'x-fault': `products:${fault}` } });
    expect(codesOf(answer)).toEqual([code]);
    expect(answer.body.data?.['employees']).toContainEqual({ id: 12, products: null });
    expect(answer.headers.get('x-router-completed')).toBe('false');
  });

  it('answers introspection', async () => {
    const { body } = await stage.post('{ __schema { queryType { name } } __typename }');
    expect(body).toEqual({ data: { __schema: { queryType: { name: 'Query' } }, __typename: 'Query' } });
  });

  it('keeps the query plan to itself', async () => {
    const { body } = await stage.post('{ employees { id } }', { headers: { 'x-wg-include-query-plan': 'true' } });
    expect(body).not.toHaveProperty('extensions');
  });

  it('runs mutations', async () => {
    const { body } = await stage.post('mutation { __typename }');
    expect(body).toEqual({ data: { __typename: 'Mutation' } });
  });
});

describe('dev_mode', () => {
  it('shows the query plan to those who ask', async () => {
    const stage = await startDemoStage({ dev_mode: true, log_level: 'silent' });
    const query = '{ employees { id products } }';
    const { body } = await stage.post(query, { headers: { 'x-wg-include-query-plan': 'true' } });
    expect(body.extensions?.['queryPlan']).toMatchObject({ root: { kind: 'sequence', nodes: [{ kind: 'fetch' }, { kind: 'flatten' }] } });
    expect((await stage.post(query)).body).not.toHaveProperty('extensions');
    await stage.close();
  });
});

describe('introspection', () => {
  it('can be switched off', async () => {
    const stage = await startDemoStage({ introspection: { enabled: false } });
    expect(codesOf(await stage.post('{ __schema { queryType { name } } }'))).toContain('GRAPHQL_VALIDATION_FAILED');
    expect((await stage.post('{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
    await stage.close();
  });
});
