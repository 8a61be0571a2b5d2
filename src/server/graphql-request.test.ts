import { describe, expect, it } from 'vitest';
import { RawNumber } from '../shared/json.ts';
import { isJsonContentType, readGetParams, readPostParams } from './graphql-request.ts';

const post = (body: string | Buffer) => readPostParams(Buffer.from(body));
const NOTHING = { query: null, operationName: null, variables: null, extensions: null };

describe('readPostParams', () => {
  it('reads the four parameters', () => {
    const params = { query: '{ a }', operationName: 'A', variables: { x: 1 }, extensions: { y: [] } };
    expect(post(JSON.stringify(params))).toEqual({ ok: true, value: params });
  });

  it('takes null for absent and ignores what it does not know', () => {
    expect(post('{"query":"{ a }","variables":null,"operationName":null,"id":1}')).toEqual({
      ok: true,
      value: { ...NOTHING, query: '{ a }' },
    });
  });

  it('skips a byte order mark', () => {
    expect(post('\ufeff{"query":"{ a }"}').ok).toBe(true);
  });

  it('keeps numbers that a double cannot hold', () => {
    const params = post('{"query":"{ a }","variables":{"id":12345678901234567890}}');
    expect(params.ok && params.value.variables).toEqual({ id: new RawNumber('12345678901234567890') });
  });

  it('reads own properties only', () => {
    expect(post('{"__proto__":{"query":"{ a }"}}')).toEqual({ ok: true, value: NOTHING });
  });

  it.each([
    ['', 'empty'],
    ['{', 'not valid JSON'],
    ['"query"', 'must be a JSON object'],
    ['null', 'must be a JSON object'],
    ['{"query":1}', "'query' must be a string"],
    ['{"query":["{ a }"]}', "'query' must be a string"],
    ['{"query":"{ a }","operationName":false}', "'operationName' must be a string"],
    ['{"query":"{ a }","variables":[]}', "'variables' must be an object"],
    ['{"query":"{ a }","variables":1e400}', "'variables' must be an object"],
    ['{"query":"{ a }","extensions":"x"}', "'extensions' must be an object"],
    [`{"query":"{ a }","variables":{"v":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`, 'deeper than'],
  ])('refuses %.60s', (body, message) => {
    const params = post(body);
    expect(params).toMatchObject({
      ok: false,
      error: { error: { code: 'BAD_REQUEST', message: expect.stringContaining(message) } },
    });
  });

  it('refuses a batch as something that is not offered', () => {
    expect(post('[{"query":"{ a }"}]')).toEqual({
      ok: false,
      error: {
        error: { code: 'UNSUPPORTED_OPERATION', message: 'Batched requests are not supported; send one operation per request.' },
        status: 400,
      },
    });
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(post(Buffer.from([0x7b, 0xff, 0x7d]))).toMatchObject({
      ok: false,
      error: { error: { message: 'The request body is not valid UTF-8.' } },
    });
  });
});

describe('readGetParams', () => {
  it('decodes query, variables and extensions', () => {
    const search = new URLSearchParams({ query: '{ a }', operationName: 'A', variables: '{"x":"ü"}', extensions: '{}' });
    expect(readGetParams(search.toString())).toEqual({
      ok: true,
      value: { query: '{ a }', operationName: 'A', variables: { x: 'ü' }, extensions: {} },
    });
  });

  it('takes empty parameters for absent ones', () => {
    expect(readGetParams('query=&variables=&operationName=')).toEqual({ ok: true, value: NOTHING });
  });

  it('names the parameter that is not JSON', () => {
    expect(readGetParams('query={a}&variables={')).toMatchObject({
      ok: false,
      error: { error: { message: "The URL parameter 'variables' is not valid JSON." } },
    });
  });

  it('refuses variables of a wrong type', () => {
    expect(readGetParams('query={a}&variables=[1]').ok).toBe(false);
  });
});

describe('isJsonContentType', () => {
  it.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; x=y',
  ])('takes %s', (type) => {
    expect(isJsonContentType(type)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'text/plain',
    'application/jsonp',
    'application/json; charset=latin1',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ])('refuses %s', (type) => {
    expect(isJsonContentType(type)).toBe(false);
  });
});
