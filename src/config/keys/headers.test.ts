import { describe, expect, it } from 'vitest';
import { configOf, problemsOf, withGraph } from '../../../test/support/config.ts';

const requestRules = (yaml: string) => configOf(`headers: { all: { request: [${yaml}] } }`).headers.all.request;

const problems = (yaml: string): readonly string[] =>
  problemsOf(withGraph(`headers: { all: { request: [${yaml}] } }`)).map((problem) =>
    problem.replace(/^.*? headers\.all\.request\[0\]/, ''),
  );

describe('headers', () => {
  it('forwards nothing by default', () => {
    expect(configOf('').headers).toEqual({ all: { request: [], response: [] }, subgraphs: new Map() });
  });

  it('reads rules by name, with names in lower case', () => {
    expect(
      requestRules('{ op: propagate, named: Authorization, rename: X-Auth, default: none }, { op: set, name: X-Key, value: k }'),
    ).toEqual([
      { op: 'propagate', selector: { kind: 'named', name: 'authorization' }, rename: 'x-auth', default: 'none' },
      { op: 'set', name: 'x-key', value: 'k' },
    ]);
  });

  it('reads patterns, which ignore case with and without (?i)', () => {
    expect(requestRules('{ op: propagate, matching: "(?i)^x-", negate_match: true }, { op: propagate, matching: "^y-" }')).toEqual([
      { op: 'propagate', selector: { kind: 'matching', pattern: /^x-/i, negate: true }, rename: null, default: null },
      { op: 'propagate', selector: { kind: 'matching', pattern: /^y-/i, negate: false }, rename: null, default: null },
    ]);
  });

  it('gives response rules an algorithm', () => {
    const { headers } = configOf(
      'headers: { subgraphs: { a: { response: [{ op: propagate, named: X }, { op: propagate, named: Y, algorithm: append }] } } }',
    );
    expect(headers.subgraphs.get('a')?.response).toMatchObject([{ algorithm: 'last_write' }, { algorithm: 'append' }]);
    expect(headers.subgraphs.get('a')?.request).toEqual([]);
  });

  it.each([
    ['{ op: propagate }', ': needs named or matching'],
    ['{ op: propagate, named: A, matching: B }', ': has both named and matching; keep one'],
    ['{ op: propagate, named: A, negate_match: true }', ': has negate_match, which goes with matching'],
    ['{ op: propagate, matching: A, rename: B }', ': has rename or default, which go with named'],
    ['{ op: propagate, matching: "(" }', '.matching: is not a regular expression'],
    ['{ op: propagate, named: "a b" }', '.named: expected the name of a header'],
    ['{ op: set, name: A }', '.value: is missing'],
    ['{ op: set, name: A, value: "a\\r\\nSet-Cookie: x" }', '.value: holds a character that a header cannot carry'],
    ['{ op: drop, name: A }', '.op: expected op: propagate or op: set'],
    ['{ name: A }', '.op: expected op: propagate or op: set'],
    [
      '{ op: propagate, named: A, algorithm: append }',
      '.algorithm: unknown key; known are op, named, matching, negate_match, rename, default',
    ],
    ['text', ': expected op: propagate or op: set'],
  ])('refuses %s', (yaml, problem) => {
    expect(problems(yaml)).toEqual([problem]);
  });
});
