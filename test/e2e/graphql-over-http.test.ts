import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, postTo, readAnswer, type Stage, startDemoStage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startDemoStage();
});
afterAll(() => stage.close());

const GRAPHQL = 'application/graphql-response+json';

describe('every server audit of graphql-http', () => {
  for (const audit of serverAudits({ url: () => stage.endpoint, fetchFn: fetch })) {
    it(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      expect(result.status === 'ok' ? 'ok' : result.reason).toBe('ok');
    });
  }
});

describe('statuses by media type', () => {
  it.each([
    ['{ nowhere }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{', 'GRAPHQL_PARSE_FAILED'],
    ['query A { employees { id } } query B { employees { id } }', 'OPERATION_RESOLUTION_FAILURE'],
    ['query ($id: Int!) { employee(id: $id) { id } }', 'BAD_USER_INPUT'],
    ['subscription { currentTime { unixTime } }', 'UNSUPPORTED_OPERATION'],
  ])('answers %s with 200 or 400', async (query, code) => {
    const json = await stage.post(query);
    expect([json.status, codesOf(json)]).toEqual([200, [code]]);
    const graphql = await stage.post(query, { headers: { accept: GRAPHQL } });
    expect([graphql.status, codesOf(graphql)]).toEqual([400, [code]]);
    expect(graphql.headers.get('content-type')).toBe(`${GRAPHQL}; charset=utf-8`);
    expect(graphql.body).not.toHaveProperty('data');
  });

  it('refuses a mutation by GET and says how to send it', async () => {
    const url = new URL(stage.endpoint);
    url.searchParams.set('query', 'mutation { __typename }');
    const answer = await readAnswer(await fetch(url));
    expect([answer.status, answer.headers.get('allow'), codesOf(answer)]).toEqual([405, 'POST', ['METHOD_NOT_ALLOWED']]);
  });

  it('knows no persisted queries, in the words that clients understand', async () => {
    const response = await fetch(stage.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }),
    });
    const answer = await readAnswer(response);
    expect(answer.body.errors?.[0]).toEqual({ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
  });
});

describe('hostile documents', () => {
  const bomb = `{ ...f0 } ${Array.from({ length: 22 }, (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`).join(' ')} fragment f22 on Query { __typename }`;
  const aliases = `{ ${Array.from({ length: 10_000 }, (_, i) => `a${i}: __typename`).join(' ')} }`;
  const deep = `${'{ employees '.repeat(500)}${'}'.repeat(500)}`;

  it.each([
    ['a fragment bomb', bomb, [undefined, 'GRAPHQL_VALIDATION_FAILED']],
    ['10,000 aliases', aliases, ['GRAPHQL_VALIDATION_FAILED']],
    ['depth 500', deep, ['GRAPHQL_VALIDATION_FAILED']],
    ['cyclic fragments', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }', ['GRAPHQL_VALIDATION_FAILED']],
    ['a document of nothing', '', ['GRAPHQL_PARSE_FAILED']],
    ['control characters', '\u0000', ['GRAPHQL_PARSE_FAILED']],
  ])('answers %s at once', async (_name, query, codes) => {
    const startedAt = performance.now();
    const answer = await stage.post(query);
    expect(codes).toContain(codesOf(answer)[0]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('answers an unknown operation name', async () => {
    expect(codesOf(await stage.post('query A { employees { id } }', { operationName: 'B' }))).toEqual(['OPERATION_RESOLUTION_FAILURE']);
  });

  it('answers a body of 20 MB with 413', async () => {
    const answer = await postTo(stage.endpoint, ' '.repeat(20_000_000));
    expect([answer.status, codesOf(answer)]).toEqual([413, ['REQUEST_TOO_LARGE']]);
  });

  it('serves on after all of this', async () => {
    expect((await stage.post('{ employees { id } }')).body.errors).toBeUndefined();
  });
});
