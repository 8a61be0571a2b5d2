import { describe, expect, it } from 'vitest';
import { entityExchange, httpReply, rootExchange, transportFailure } from '../../test/support/sample-exchange.ts';
import { sampleConfig } from '../../test/support/sample-policy.ts';
import { placeErrors } from '../errors/locate.ts';
import type { FetchExchange, RequestErrorCode } from '../errors/model.ts';
import type { ExecutionOutcome } from '../execute/outcome.ts';
import type { ResponseMediaType, RouterResponse } from './model.ts';
import { compileResponsePolicy } from './policy.ts';
import { respond, respondToRequestErrors } from './respond.ts';

const GRAPHQL: ResponseMediaType = 'application/graphql-response+json';
const JSON_TYPE: ResponseMediaType = 'application/json';

type Keys = Readonly<Record<string, unknown>>;

const policyOf = (keys: Keys = {}) => compileResponsePolicy(sampleConfig({ subgraph_error_propagation: { error_ids: false }, ...keys }));

function outcomeOf(exchanges: readonly FetchExchange[], rest: Partial<ExecutionOutcome> = {}): ExecutionOutcome {
  const errors = exchanges.flatMap((exchange) => placeErrors(exchange, { profile: 'none' }));
  const delivered = exchanges.some(({ classified }) => classified.data !== null);
  return {
    data: '{"me":null}',
    errors,
    unlistedErrors: 0,
    exchanges,
    delivered,
    complete: errors.length === 0,
    cancelled: false,
    bug: null,
    ...rest,
  };
}

function answer(outcome: ExecutionOutcome, keys: Keys = {}, mediaType: ResponseMediaType = JSON_TYPE, audience = 'public') {
  let ids = 0;
  const facts = { audience, operationName: null, nextErrorId: () => `id${++ids}`, mediaType, extensions: null };
  return respond(outcome, policyOf(keys), facts);
}

const headersOf = ({ headers }: RouterResponse): Record<string, string> => Object.fromEntries(headers);

const healthy = rootExchange(httpReply(200, '{"data":{"me":{}}}'));
const failed = rootExchange(httpReply(503, 'busy', { 'retry-after': '9' }));
const refused = rootExchange(transportFailure('unreachable'));
const denied = rootExchange(httpReply(401, '{"errors":[{"message":"m"}]}'));

describe('respond', () => {
  it('copies healthy data into the body', () => {
    const response = answer(outcomeOf([healthy], { data: '{"a":1e400}' }));
    expect(response.body).toBe('{"data":{"a":1e400}}');
    expect(response.status).toBe(200);
    expect(response.headers).toEqual([
      ['content-type', 'application/json; charset=utf-8'],
      ['x-router-completed', 'true'],
    ]);
  });

  it('puts errors first, extensions last', () => {
    const { body } = answer(
      outcomeOf([rootExchange(httpReply(200, '{"data":{"me":null},"errors":[{"message":"m"}],"extensions":{"t":1}}'))]),
      {
        subgraph_extension_propagation: { enabled: true },
      },
    );
    expect(body).toMatch(/^\{"errors":\[.*\],"data":\{"me":null\},"extensions":\{"t":1\}\}$/);
  });

  it('says that an answer with errors is not to be stored, and whether it is complete', () => {
    expect(headersOf(answer(outcomeOf([refused])))).toMatchObject({ 'cache-control': 'no-store', 'x-router-completed': 'false' });
  });

  it('obeys no extension of a subgraph', () => {
    const http = { status: 503, headers: { 'set-cookie': 'x=1' } };
    const hostile = rootExchange(
      httpReply(200, { errors: [{ message: 'm', extensions: { http, serviceName: 'x', code: 'C' } }], extensions: { http } }),
    );
    const plain = rootExchange(httpReply(200, { errors: [{ message: 'm', extensions: { code: 'C' } }] }));
    const all = { subgraph_error_propagation: { allow_all_extension_fields: true, error_ids: false } };
    expect(headersOf(answer(outcomeOf([hostile]), all))).toEqual(headersOf(answer(outcomeOf([plain]), all)));
    expect(answer(outcomeOf([hostile]), all).status).toBe(200);
    expect(answer(outcomeOf([hostile]), all).body).not.toContain('set-cookie');
  });

  it('names the first error id', () => {
    expect(headersOf(answer(outcomeOf([refused]), { subgraph_error_propagation: {} }))['x-router-error-id']).toBe('id1');
  });

  it.each<[string, ExecutionOutcome, Keys, ResponseMediaType, number]>([
    ['data and errors', outcomeOf([healthy, denied]), {}, GRAPHQL, 200],
    ['data and errors, 294', outcomeOf([healthy, denied]), { response: { partial_status: 294 } }, GRAPHQL, 294],
    ['data and errors, 294, JSON', outcomeOf([healthy, denied]), { response: { partial_status: 294 } }, JSON_TYPE, 200],
    ['no data', outcomeOf([healthy, denied], { data: null }), { response: { partial_status: 294 } }, GRAPHQL, 200],
    ['all failed', outcomeOf([refused]), {}, JSON_TYPE, 200],
    ['all failed, 502', outcomeOf([refused, denied]), { response: { all_failed_status: 502 } }, JSON_TYPE, 502],
    ['one delivered', outcomeOf([refused, healthy]), { response: { all_failed_status: 502 } }, JSON_TYPE, 200],
    ['nothing to fetch', outcomeOf([]), { response: { all_failed_status: 502 } }, JSON_TYPE, 200],
  ])('%s', (_name, outcome, keys, mediaType, status) => {
    expect(answer(outcome, keys, mediaType).status).toBe(status);
  });

  const relaying = {
    subgraph_error_propagation: { subgraphs: { employees: { return_error_code: true } } },
    response: { all_failed_status: 500 },
  };

  it.each<[string, readonly FetchExchange[], number]>([
    ['of the only fetch', [denied], 401],
    ['not of several', [denied, denied], 500],
    ['not without a status', [refused], 500],
    ['not of a success', [rootExchange(httpReply(200, '{}'))], 500],
    ['not of other subgraphs', [entityExchange(httpReply(404, 'x'))], 500],
    ['not where something was delivered', [healthy], 200],
  ])('relays the status %s', (_name, exchanges, status) => {
    expect(answer(outcomeOf(exchanges), relaying).status).toBe(status);
  });

  it('prefers the highest status of the catalogue', () => {
    const codes = { DOWN: { from: [{ status: '5xx' }], http_status: 502 }, LATE: { from: [{ kind: 'unreachable' }], http_status: 504 } };
    const keys = { subgraph_error_propagation: { catalogue: { codes } }, response: { all_failed_status: 500 } };
    expect(answer(outcomeOf([refused, failed]), keys).status).toBe(504);
    expect(answer(outcomeOf([refused, healthy]), keys).status).toBe(200);
  });

  it('passes on how long to wait only when nothing succeeded', () => {
    expect(headersOf(answer(outcomeOf([failed])))['retry-after']).toBe('9');
    expect(headersOf(answer(outcomeOf([failed, healthy])))).not.toHaveProperty('retry-after');
  });

  it('shows what a failed subgraph answered, clipped and scrubbed, beside the data', () => {
    const keys = {
      subgraph_error_propagation: { subgraphs: { employees: { return_error_details: 'backend_b' } }, limits: { detail_body_bytes: 40 } },
    };
    const notFound = rootExchange(
      httpReply(404, `404 page not found, password=hunter2 ${'x'.repeat(100)}`, { 'content-type': 'text/plain' }),
    );
    const response = answer(outcomeOf([notFound]), keys);
    expect(response.status).toBe(200);
    expect(JSON.parse(response.body).extensions).toEqual({
      error_backend_b: { http_status_code: 404, http_body: '404 page not found, password=*** xxxx…', http_body_encoding: 'text/plain' },
    });
    expect(JSON.parse(answer(outcomeOf([refused]), keys).body).extensions).toEqual({ error_backend_b: { http_status_code: 0 } });
    expect(JSON.parse(answer(outcomeOf([healthy]), keys).body)).not.toHaveProperty('extensions');
  });

  it('keeps answers to audiences out of caches, and lets all answers vary', () => {
    const keys = { subgraph_error_propagation: { audiences: [{ name: 'staff', when: { header: { name: 'X-Staff', equals: 's' } } }] } };
    expect(headersOf(answer(outcomeOf([healthy]), keys))).toMatchObject({ vary: 'x-staff' });
    expect(headersOf(answer(outcomeOf([healthy]), keys))).not.toHaveProperty('cache-control');
    expect(headersOf(answer(outcomeOf([healthy]), keys, JSON_TYPE, 'staff'))).toMatchObject({
      'cache-control': 'private, no-store',
      vary: 'x-staff',
    });
  });

  it('answers a bug of ours with nothing of it', () => {
    const { status, body } = answer(outcomeOf([], { data: null, bug: { cause: new Error('secret') } }));
    expect([status, body]).toEqual([
      500,
      '{"errors":[{"message":"Internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}',
    ]);
  });

  describe('in the cosmo profile', () => {
    it('answers with JSON and its own cache rule, which values alone do not cause', () => {
      const keys = { compatibility: 'cosmo' };
      const value = { kind: 'value', operationType: 'query', path: ['me'], problem: { kind: 'null' }, subgraph: null } as const;
      expect(headersOf(answer(outcomeOf([refused]), keys, GRAPHQL))).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store, no-cache, must-revalidate',
      });
      expect(headersOf(answer(outcomeOf([healthy], { errors: [value] }), keys))).not.toHaveProperty('cache-control');
    });
  });

  describe('forwarding of extensions', () => {
    const a = rootExchange(httpReply(200, '{"data":{},"extensions":{"traceId":"a","limit":1,"debug":true}}'));
    const b = rootExchange(httpReply(200, '{"data":{},"extensions":{"limit":2,"__proto__":{"x":1}}}'));
    const forward = (options: Keys) =>
      JSON.parse(answer(outcomeOf([a, b]), { subgraph_extension_propagation: { enabled: true, ...options } }).body).extensions;

    it('keeps the first value, or the last, of the keys that are allowed', () => {
      expect(forward({ allowed_extension_fields: ['traceId', 'limit'] })).toEqual({ traceId: 'a', limit: 1 });
      expect(forward({ allowed_extension_fields: ['limit'], algorithm: 'last_write' })).toEqual({ limit: 2 });
      expect(forward({ allowed_extension_fields: ['nothing'] })).toBeUndefined();
    });

    it('allows all keys when none is listed, and never the prototype', () => {
      expect(Object.keys(forward({}))).toEqual(['traceId', 'limit', 'debug', '__proto__']);
    });
  });
});

describe('respondToRequestErrors', () => {
  const refuse = (code: RequestErrorCode, mediaType: ResponseMediaType, keys: Keys = {}) =>
    respondToRequestErrors([{ code, message: 'm', locations: [{ line: 1, column: 2 }] }], { mediaType }, policyOf(keys));

  it.each<[RequestErrorCode, Keys, number, number]>([
    ['GRAPHQL_PARSE_FAILED', {}, 200, 400],
    ['GRAPHQL_VALIDATION_FAILED', {}, 200, 400],
    ['BAD_USER_INPUT', { response: { validation_status: 400 } }, 400, 400],
    ['BAD_USER_INPUT', { response: { validation_status: 422 } }, 422, 422],
    ['OPERATION_RESOLUTION_FAILURE', { response: { validation_status: 200 } }, 200, 400],
    ['PERSISTED_QUERY_NOT_FOUND', {}, 200, 400],
    ['BAD_REQUEST', { response: { validation_status: 422 } }, 400, 400],
    ['METHOD_NOT_ALLOWED', {}, 405, 405],
    ['NOT_ACCEPTABLE', {}, 406, 406],
    ['REQUEST_TOO_LARGE', {}, 413, 413],
    ['UNSUPPORTED_MEDIA_TYPE', {}, 415, 415],
    ['INTERNAL_SERVER_ERROR', {}, 500, 500],
    ['SERVICE_UNAVAILABLE', {}, 503, 503],
    ['REQUEST_TIMEOUT', {}, 504, 504],
  ])('%s with %j', (code, keys, json, graphql) => {
    expect([refuse(code, JSON_TYPE, keys).status, refuse(code, GRAPHQL, keys).status]).toEqual([json, graphql]);
  });

  it('has no data, and is never stored', () => {
    const response = refuse('GRAPHQL_PARSE_FAILED', GRAPHQL);
    expect(response.body).toBe(
      '{"errors":[{"message":"m","locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}]}',
    );
    expect(headersOf(response)).toEqual({
      'content-type': 'application/graphql-response+json; charset=utf-8',
      'cache-control': 'no-store',
    });
  });

  it('says which methods are allowed and when to come back', () => {
    const refusal = { mediaType: JSON_TYPE, allow: 'GET, POST', retryAfterSeconds: 1.2 };
    const response = respondToRequestErrors([{ code: 'METHOD_NOT_ALLOWED', message: 'm' }], refusal, policyOf());
    expect(headersOf(response)).toMatchObject({ allow: 'GET, POST', 'retry-after': '2' });
  });

  it('admits that planning is our business', () => {
    expect(refuse('QUERY_PLANNING_FAILED', GRAPHQL)).toMatchObject({ status: 500, body: expect.stringContaining('"data":null') });
  });

  it.each<[RequestErrorCode, string, string, number]>([
    ['OPERATION_RESOLUTION_FAILURE', 'Unknown operation named "$1 X".', "operation with name '$1 X' not found", 200],
    [
      'OPERATION_RESOLUTION_FAILURE',
      'Must provide operation name if query contains multiple operations.',
      'operation name is required when multiple operations are defined',
      200,
    ],
    ['GRAPHQL_VALIDATION_FAILED', 'Cannot query field "ide" on type "E". Did you mean "id"?', 'Cannot query field "ide" on type "E".', 200],
    [
      'GRAPHQL_VALIDATION_FAILED',
      'The document selects more than 2 fields.',
      "allowed number of fields per GraphQL document of '2' exceeded",
      400,
    ],
    ['BAD_REQUEST', 'The request has no query.', 'empty request body', 400],
  ])("says %s in Cosmo's words", (code, message, expected, status) => {
    const response = respondToRequestErrors([{ code, message }], { mediaType: GRAPHQL }, policyOf({ compatibility: 'cosmo' }));
    expect(JSON.parse(response.body)).toEqual({ errors: [{ message: expected }] });
    expect(response.status).toBe(status);
  });
});
