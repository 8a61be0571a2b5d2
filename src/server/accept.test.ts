import { describe, expect, it } from 'vitest';
import { negotiateMediaType } from './accept.ts';

const JSON_TYPE = 'application/json';
const GRAPHQL = 'application/graphql-response+json';

describe('negotiateMediaType', () => {
  it.each([
    [undefined, JSON_TYPE],
    ['', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['text/html,application/xhtml+xml,*/*;q=0.8', JSON_TYPE],
    [GRAPHQL, GRAPHQL],
    ['Application/GraphQL-Response+JSON; charset=UTF-8', GRAPHQL],
    [`${GRAPHQL}, application/json;q=0.9`, GRAPHQL],
    [`${GRAPHQL};q=0.9, application/json`, JSON_TYPE],
    [`application/json, ${GRAPHQL}`, JSON_TYPE],
    [`${GRAPHQL}, application/json`, GRAPHQL],
    [`${GRAPHQL}, */*`, GRAPHQL],
    [`application/json;q=0, */*`, GRAPHQL],
    [`application/json;q=0.5, */*;q=0.1`, JSON_TYPE],
  ])('answers %j in %s', (accept, expected) => {
    expect(negotiateMediaType(accept)).toBe(expected);
  });

  it.each([
    'text/html',
    'application/xml',
    'multipart/mixed',
    'application/json;q=0',
    'application/json;charset=utf-16',
    'application/json;q=high',
  ])('finds nothing acceptable in %j', (accept) => {
    expect(negotiateMediaType(accept)).toBeNull();
  });
});
