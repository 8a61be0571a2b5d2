import { describe, expect, it } from 'vitest';
import { readJsonObject } from '../support/same-json.ts';
import { unexpectedDifferences, unrealPaths } from './default-answer.ts';

const differences = (cosmo: string, ours: string): number => unexpectedDifferences(readJsonObject(cosmo), readJsonObject(ours), { hidden: false }).length;

const generic = `{"errors":[{"message":"Failed to fetch from Subgraph 'a'."}],"data":{"x":null}}`;

const wrapped = (entries: string): string => `{"errors":[{"message":"w","extensions":{"errors":[${entries}]}}],"data":{"a":null}}`;

const unrealAt = (path: string): number =>
  unrealPaths(readJsonObject(`{"errors":[{"message":"m","path":${path}}],"data":{"a":[{"b":null}]}}`)).length;

describe('unexpectedDifferences', () => {
  it('allows what the table lists', () => {
    const ours = `{"errors":[{"message":"Failed to fetch from Subgraph 'a', Reason: connection failed.","path":["x"],
      "extensions":{"code":"SUBGRAPH_UNREACHABLE","serviceName":"a","errorId":"1"}}],"data":{"x":null}}`;
    expect(differences(generic, ours)).toBe(0);
  });

  it.each([
    ['other data', generic.replace('{"x":null}', '{"x":1}')],
    ['a lost error', '{"data":{"x":null}}'],
    ['another message', generic.replace("'a'.", "'b'.")],
    ['an invented reason', generic.replace("'a'.", "'a', Reason: http://10.0.0.1 refused.")],
    ['a foreign extension', generic.replace(`'a'."`, `'a'.","extensions":{"exception":1}`)],
    ['a foreign member', generic.replace(`'a'."`, `'a'.","locations":[]`)],
    ['an entry too many', generic.replace('"}]', '"},{"message":"more"}]')],
  ])('does not allow %s', (_what, ours) => {
    expect(differences(generic, ours)).toBeGreaterThan(0);
  });

  it('wants every nested entry, and allows one per place', () => {
    const cosmo = wrapped('{"message":"n","path":["a","b"]},{"message":"m"}');
    expect(differences(cosmo, wrapped('{"message":"n","path":["a",0,"b"]},{"message":"n","path":["a",2,"b"]},{"message":"m","path":["a"]}'))).toBe(0);
    expect(differences(cosmo, wrapped('{"message":"n","path":["a",0,"b"]}'))).toBe(1 + 1);
    expect(differences(cosmo, wrapped('{"message":"n","path":["a",0,"b"]},{"message":"n","path":["a",0,"b"]},{"message":"m"}'))).toBe(1 + 1);
    expect(differences(cosmo, wrapped('{"message":"n","path":["c"]},{"message":"m"}'))).toBe(1 + 1);
  });

  it('lets a second explanation of a null go, but not the only one', () => {
    const cosmo = `{"errors":[{"message":"e","path":["a"]},{"message":"Cannot return null for x.","path":["a"]}],"data":null}`;
    expect(differences(cosmo, '{"errors":[{"message":"e","path":["a"]}],"data":null}')).toBe(0);
    const alone = `{"errors":[{"message":"Cannot return null for x.","path":["a"]}],"data":null}`;
    expect(differences(alone, '{"data":null}')).toBe(1);
  });
});

describe('unrealPaths', () => {
  it('finds paths that lead nowhere', () => {
    expect(['["a",0,"b","c"]', '["a"]', '["a",1]', '["a","b"]', '["a","@","b"]', '["x"]'].map(unrealAt)).toEqual([0, 0, 1, 1, 1, 1]);
  });
});
