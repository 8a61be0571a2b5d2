import { describe, expect, it } from 'vitest';
import { printProblem } from './problem.ts';
import { readSupergraph } from './read.ts';

interface Joins {
  readonly key?: string;
  readonly requires?: string;
  readonly provides?: string;
  readonly type?: string;
}

/** A supergraph with these arguments at `User` and its fields, in subgraph `a`. */
function supergraph({ key = 'id', requires = 'price', provides = 'id', type = 'Shape' }: Joins): string {
  return `schema @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) { query: Query }
    enum join__Graph { A @join__graph(name: "a", url: "http://a.test") B @join__graph(name: "b", url: "http://b.test") }
    type Query @join__type(graph: A) { user: User }
    type User @join__type(graph: A, key: ${JSON.stringify(key)}) @join__type(graph: B, key: "id") {
      id: ID!
      price(by: String, at: Float): Int @join__field(graph: A, external: true) @join__field(graph: B)
      rank: Int @join__field(graph: A, requires: ${JSON.stringify(requires)})
      friend: User @join__field(graph: A, provides: ${JSON.stringify(provides)})
      shape: Shape @join__field(graph: A, type: ${JSON.stringify(type)}) @join__field(graph: B)
      other: Foreign @join__field(graph: B)
      secret: Hidden @inaccessible
    }
    type Hidden @inaccessible { id: ID! }
    interface Shape @join__type(graph: A) @join__type(graph: B) { area: Int inner: Shape }
    type Disc implements Shape @join__type(graph: A) { area: Int inner: Shape radius: Int }
    interface Foreign @join__type(graph: B) { area: Int }
    type Square implements Foreign @join__type(graph: B) { area: Int }
    scalar Text`;
}

const nested = (levels: number): string => `shape { ${'inner { '.repeat(levels - 2)}area${' }'.repeat(levels - 1)}`;

describe('checkJoinArguments', () => {
  it.each([
    [{ key: 'id {' }, 'User: The key "id {" cannot be used: it is no set of fields.'],
    [{ key: '{ id }' }, 'User: The key "{ id }" cannot be used: it is no set of fields.'],
    [{ key: 'id } { price' }, 'User: The key "id } { price" cannot be used: it is no set of fields.'],
    [{ key: ' ' }, 'User: The key " " cannot be used: it is no set of fields.'],
    [{ key: 'nope' }, 'User: The key "nope" cannot be used: User has no field nope.'],
    [{ requires: 'price # all' }, 'User.rank: The requires "price # all" cannot be used: it is no set of fields.'],
    [{ requires: 'shape { area' }, 'User.rank: The requires "shape { area" cannot be used: it is no set of fields.'],
    [{ requires: 'id { x }' }, 'User.rank: The requires "id { x }" cannot be used: ID has no field x.'],
    [
      { requires: 'shape { ... { radius } }' },
      'User.rank: The requires "shape { ... { radius } }" cannot be used: Shape has no field radius.',
    ],
    [{ requires: '...All' }, 'User.rank: The requires "...All" cannot be used: there is no fragment All.'],
    [{ requires: '... on Disc { area }' }, 'User.rank: The requires "... on Disc { area }" cannot be used: User is never Disc.'],
    [{ requires: '... on Text { x }' }, 'User.rank: The requires "... on Text { x }" cannot be used: User is never Text.'],
    [{ requires: 'price @skip(if: true)' }, 'User.rank: The requires "price @skip(if: true)" cannot be used: @skip may not stand in it.'],
    [{ provides: 'shape { area' }, 'User.friend: The provides "shape { area" cannot be used: it is no set of fields.'],
    [{ provides: 'nope' }, 'User.friend: The provides "nope" cannot be used: User has no field nope.'],
    [
      { provides: 'other { ... on Square { area } }' },
      'User.friend: The provides "other { ... on Square { area } }" cannot be used: its subgraph does not have the interface Foreign.',
    ],
    [{ type: '[Shape' }, 'User.shape: The type "[Shape" cannot be used: it is no type.'],
  ] satisfies [Joins, string][])('refuses %j', (joins, problem) => {
    const read = readSupergraph(supergraph(joins));
    expect(!read.ok && read.error.map(printProblem)).toEqual([`subgraph "a", ${problem} (INVALID_SUPERGRAPH)`]);
  });

  it.each([
    ['price(at: 9223372036854775808)', '9223372036854775808 is no integer of 64 bits'],
    ['price(at: -9223372036854775809)', '-9223372036854775809 is no integer of 64 bits'],
    ['price(at: 1e999)', '1e999 is no finite number'],
    ['price(by: "\\u{1F600}")', 'it has an escape where the character itself can stand'],
    ['price(by: "\\ud83d\\ude00")', 'it has an escape where the character itself can stand'],
    [nested(50), 'it is nested more than 49 levels deep'],
  ])('refuses what only the planner cannot read: %.40s', (requires, fault) => {
    const read = readSupergraph(supergraph({ requires }));
    expect(!read.ok && read.error).toMatchObject([
      { code: 'INVALID_SUPERGRAPH', coordinate: 'User.rank', message: expect.stringContaining(fault) },
    ]);
  });

  it.each([
    'id, price',
    'price(by: "\\u00e9 # {", at: -9223372036854775808)',
    'shape { # the shape\n ... on Disc { radius inner { __typename area } } }',
    'total: price ... on User { ... { id } }',
    'secret { id }',
    nested(49),
  ])('accepts %.60s', (set) => {
    expect(readSupergraph(supergraph({ key: set, requires: set, provides: set, type: '[Shape!]!' })).ok).toBe(true);
  });

  it('tells every problem at once', () => {
    const read = readSupergraph(supergraph({ key: 'a', requires: 'b', provides: 'c', type: '[' }));
    expect(!read.ok && read.error.map(({ coordinate }) => coordinate)).toEqual(['User', 'User.rank', 'User.friend', 'User.shape']);
  });
});
