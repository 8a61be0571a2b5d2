import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { documentPaths } from './document-path.ts';

const schema = buildSchema('type Query { me: User } type User { name(n: Int): String friends: [User] }');

/** The path of the first validation error. */
function pathOf(text: string) {
  const document = parse(text);
  const [node] = validate(schema, document)[0]?.nodes ?? [];
  return node === undefined ? undefined : documentPaths(document, new Set([node])).get(node);
}

describe('documentPaths', () => {
  it.each([
    ['{ x }', ['query']],
    ['query A { me { friends { x } } }', ['query', 'me', 'friends']],
    ['{ boss: me { ... on User { x } } }', ['query', 'boss']],
    ['{ me { name(m: 1) } }', ['query', 'me', 'name']],
    ['{ me { ...F } } fragment F on User { x }', undefined],
  ])('%s', (text, expected) => {
    expect(pathOf(text)).toEqual(expected);
  });
});
