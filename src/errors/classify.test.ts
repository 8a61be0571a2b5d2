import { describe, expect, it } from 'vitest';
import { httpReply, transportFailure } from '../../test/support/sample-exchange.ts';
import { classifyReply } from './classify.ts';
import type { ReplyExpectation } from './model.ts';
import type { ErrorProfile } from './profile.ts';

const ROOT: ReplyExpectation = { kind: 'root' };
const SINGLE: ReplyExpectation = { kind: 'entities', lists: [{ key: '_entities', count: 1, single: true }] };
const BATCH: ReplyExpectation = { kind: 'entities', lists: [{ key: '_entities', count: 2, single: false }] };

/** What a reply came to, in short: failures, `errors` when there are any, and what data is usable. */
function outcome(expectation: ReplyExpectation, status: number, body: string, profile: ErrorProfile = 'none') {
  const { errors, failure, data, entities, listFailures } = classifyReply(httpReply(status, body), expectation, profile);
  const failures = [failure, ...listFailures.values()].flatMap((each) => each?.kind ?? []);
  return { failures, errors: errors.length, usable: data !== null || entities.size > 0 };
}

const OK = { failures: [], errors: 0, usable: true };
const failing = (...failures: string[]) => ({ failures, errors: 0, usable: false });

describe('classifyReply, root fetch', () => {
  it.each<[number, string, ReturnType<typeof failing>]>([
    [200, '', failing('empty')],
    [500, '', failing('empty')],
    [204, '', failing('empty')],
    [200, ' ', failing('invalid_json')],
    [200, '<html>', failing('invalid_json')],
    [299, 'x', failing('invalid_json')],
    [300, 'x', failing('http_status')],
    [418, '<html>', failing('http_status')],
    [200, '\ufeff{"data":{}}', failing('invalid_json')],
    ...['null', 'true', '123', '"x"', '[]', '{}', '{"data":null}', '{"data":null,"errors":null}', '{"data":"x"}', '{"data":[]}'].map(
      (body): [number, string, ReturnType<typeof failing>] => [200, body, failing('not_graphql')],
    ),
    [500, '{}', failing('http_status')],
    [500, '{"data":{"a":1}}', OK],
    [200, '{"data":{}}', OK],
    [200, '{"data":{"a":1},"errors":[]}', OK],
    [403, '{"errors":[{"message":"m"}]}', { failures: [], errors: 1, usable: false }],
    [200, '{"errors":[{"message":"m"}],"data":null}', { failures: [], errors: 1, usable: false }],
    [200, '{"errors":[null,1,"x"],"data":{"a":1}}', { failures: [], errors: 3, usable: true }],
    [200, '{"errors":{},"data":{"a":1}}', { failures: ['malformed_errors'], errors: 0, usable: true }],
    [200, '{"errors":"boom"}', failing('not_graphql')],
  ])('%s %s', (status, body, expected) => {
    expect(outcome(ROOT, status, body)).toEqual(expected);
  });

  it('lets Cosmo pass over errors of a wrong type', () => {
    expect(outcome(ROOT, 200, '{"errors":{},"data":{"a":1}}', 'cosmo')).toEqual(OK);
  });

  it('does not copy the data', () => {
    const { data } = classifyReply(httpReply(200, '{"data":{"__proto__":{"a":1}}}'), ROOT, 'none');
    expect(Object.hasOwn(data ?? {}, '__proto__')).toBe(true);
  });

  it('keeps the response-level extensions, if they are an object', () => {
    expect(classifyReply(httpReply(200, '{"data":{},"extensions":{"a":1}}'), ROOT, 'none').extensions).toEqual({ a: 1 });
    expect(classifyReply(httpReply(200, '{"data":{},"extensions":"x"}'), ROOT, 'none').extensions).toBeNull();
  });
});

describe('classifyReply, one entity', () => {
  it.each<[number, string, ErrorProfile, ReturnType<typeof failing>]>([
    [200, '{"data":{"_entities":[{"a":1}]}}', 'none', OK],
    [200, '{"data":{"_entities":[{"a":1},{"a":2}]}}', 'none', OK],
    [200, '{"data":{"_entities":[null]}}', 'none', OK],
    [500, '{"data":{"_entities":[null]}}', 'none', failing('http_status')],
    [500, '{"data":{"_entities":[null]}}', 'cosmo', OK],
    [500, '{"data":{"_entities":[{"a":1}]}}', 'none', OK],
    [200, '{"data":{"_entities":[]}}', 'none', failing('entity_count')],
    [200, '{"data":{"_entities":[]}}', 'cosmo', OK],
    [200, '{"data":{"_entities":{}}}', 'none', failing('not_graphql')],
    [200, '{"data":{"_entities":null}}', 'none', failing('not_graphql')],
    [502, '{"data":{}}', 'none', failing('http_status')],
    [200, '{"data":null,"errors":[{"message":"m"}]}', 'none', { failures: [], errors: 1, usable: false }],
    [200, '{"data":{"_entities":[]},"errors":[{"message":"m"}]}', 'none', { failures: [], errors: 1, usable: true }],
  ])('%s %s (%s)', (status, body, profile, expected) => {
    expect(outcome(SINGLE, status, body, profile)).toEqual(expected);
  });

  it('hands over no surplus', () => {
    const { entities } = classifyReply(httpReply(200, '{"data":{"_entities":[1,2]}}'), SINGLE, 'none');
    expect(entities.get('_entities')).toEqual([1]);
  });
});

describe('classifyReply, several entities', () => {
  it.each<[number, string, ErrorProfile, ReturnType<typeof failing>]>([
    [200, '{"data":{"_entities":[{"a":1},null]}}', 'none', OK],
    [200, '{"data":{"_entities":[{"a":1}]}}', 'none', failing('entity_count')],
    [200, '{"data":{"_entities":[{"a":1},{"a":2},{"a":3}]}}', 'none', failing('entity_count')],
    [200, '{"data":{"_entities":[]}}', 'none', failing('not_graphql')],
    [500, '{"data":{"_entities":[]}}', 'none', failing('not_graphql')],
    [200, '{"data":{"_entities":"x"}}', 'none', failing('not_graphql')],
    [500, '{"data":{"_entities":null}}', 'none', failing('http_status')],
    [500, '{"data":{"_entities":[null,null]}}', 'cosmo', OK],
    [500, '{"data":{"_entities":[null,null]}}', 'none', failing('http_status')],
    [200, '{"data":{"_entities":[{}]},"errors":[{"message":"m"}]}', 'none', { failures: ['entity_count'], errors: 1, usable: false }],
    [200, '{"data":{"_entities":[]},"errors":[{"message":"m"}]}', 'none', { failures: ['not_graphql'], errors: 1, usable: false }],
    [200, '{"data":{},"errors":[{"message":"m"}]}', 'none', { failures: [], errors: 1, usable: false }],
  ])('%s %s (%s)', (status, body, profile, expected) => {
    expect(outcome(BATCH, status, body, profile)).toEqual(expected);
  });

  it('counts what it expected and what it got', () => {
    const { listFailures } = classifyReply(httpReply(200, '{"data":{"_entities":[{}]}}'), BATCH, 'none');
    expect(listFailures.get('_entities')).toEqual({ kind: 'entity_count', expected: 2, received: 1 });
  });

  it('judges every list of a request by itself', () => {
    const lists = [
      { key: '_e0', count: 1, single: false },
      { key: '_e1', count: 1, single: false },
      { key: '_e2', count: 0, single: false },
    ];
    const body = '{"data":{"_e0":[{"a":1}],"_e1":null},"errors":[{"message":"m","path":["_e0",0]}]}';
    const classified = classifyReply(httpReply(200, body), { kind: 'entities', lists }, 'none');
    expect([...classified.entities.keys()]).toEqual(['_e0']);
    expect([...classified.listFailures]).toEqual([['_e1', { kind: 'not_graphql' }]]);
  });
});

describe('classifyReply, transport', () => {
  it('keeps the kind, the status of a head that had arrived, and how long to wait', () => {
    const reply = transportFailure('circuit_open', { status: 200, retryAfterSeconds: 5 });
    expect(classifyReply(reply, ROOT, 'none')).toMatchObject({ status: 200, failure: { kind: 'circuit_open', retryAfterSeconds: 5 } });
  });

  it.each([
    ['7', {}, 7],
    ['0', {}, 1],
    ['999999', {}, 3600],
    ['Wed, 21 Oct 2015 07:28:30 GMT', { date: 'Wed, 21 Oct 2015 07:28:00 GMT' }, 30],
    ['Wed, 21 Oct 2015 07:28:30 GMT', {}, undefined],
    ['soon', {}, undefined],
  ])('reads Retry-After: %s', (value, headers, expected) => {
    const reply = httpReply(503, 'busy', { 'retry-after': value, ...headers });
    expect(classifyReply(reply, ROOT, 'none').failure?.retryAfterSeconds).toBe(expected);
  });
});
