import { lexicographicSortSchema, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { composeSubgraphs, type SubgraphService } from './compose.ts';
import type { Supergraph } from './model.ts';
import { type GraphProblem, printProblem } from './problem.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external",
  "@requires", "@provides", "@interfaceObject", "@inaccessible", "@override"])\n`;

function services(sdls: Readonly<Record<string, string>>): SubgraphService[] {
  return Object.entries(sdls).map(([name, sdl]) => ({ name, url: `http://${name}.test/graphql`, sdl }));
}

function compose(sdls: Readonly<Record<string, string>>): Supergraph {
  const composed = composeSubgraphs(services(sdls));
  if (!composed.ok) throw new Error(composed.error.map(printProblem).join('\n'));
  return composed.value;
}

function problems(sdls: Readonly<Record<string, string>>): readonly GraphProblem[] {
  const composed = composeSubgraphs(services(sdls));
  return composed.ok ? [] : composed.error;
}

describe('composeSubgraphs', () => {
  it('keeps names and URLs as they were given', () => {
    const { subgraphs } = compose({ 'My-Users.v2': 'type Query { a: Int }', '2nd': 'type Query { b: Int }' });
    expect([...subgraphs.values()]).toEqual([
      { name: '2nd', url: 'http://2nd.test/graphql' },
      { name: 'My-Users.v2', url: 'http://My-Users.v2.test/graphql' },
    ]);
  });

  it('gives the same graph whatever the order of subgraphs', () => {
    const [a, b] = services({ a: 'type Query { a: Int }', b: 'type Query { b: Int }' });
    if (a === undefined || b === undefined) throw new Error('two services');
    const [one, other] = [composeSubgraphs([a, b]), composeSubgraphs([b, a])];
    expect(one.ok && one.value.sdl).toBe(other.ok && other.value.sdl);
  });

  it('accepts Federation 1 syntax, @extends and the machinery of _service', () => {
    const { publicSchema } = compose({
      users: `type Query { me: User _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
        scalar _Any union _Entity = User type _Service { sdl: String } type User @key(fields: "id") { id: ID! name: String }`,
      reviews: 'extend type User @key(fields: "id") { id: ID! @external reviews: [String!]! }',
      stock: 'type User @extends @key(fields: "id") { id: ID! @external stock: Int }',
    });
    expect(printSchema(lexicographicSortSchema(publicSchema))).toBe(
      'type Query {\n  me: User\n}\n\ntype User {\n  id: ID!\n  name: String\n  reviews: [String!]!\n  stock: Int\n}',
    );
  });

  it('gives renamed root types their usual names', () => {
    const { publicSchema } = compose({
      a: 'schema { query: Root mutation: Changes } type Root { a: Int } type Changes { set(a: Int!): Int }',
      b: 'type Query { b: Int }',
    });
    expect(publicSchema.getQueryType()?.name).toBe('Query');
    expect(publicSchema.getMutationType()?.name).toBe('Mutation');
    expect(Object.keys(publicSchema.getQueryType()?.getFields() ?? {})).toEqual(['a', 'b']);
  });

  it('lets Federation 2 directives be used without @link', () => {
    const sdl = 'type Query { a: Int @shareable secret: Int @inaccessible }';
    const { publicSchema } = compose({ a: sdl, b: 'type Query { a: Int @shareable }' });
    expect(Object.keys(publicSchema.getQueryType()?.getFields() ?? {})).toEqual(['a']);
  });
});

describe('composition problems', () => {
  it('say subgraph, line and column of SDL that does not parse, and all of them', () => {
    expect(problems({ a: 'type Query {\n  a: Int!!\n}', b: 'type', c: 'type Query { a: Int }' })).toMatchObject([
      { code: 'INVALID_SDL', subgraphs: ['a'], location: { line: 2, column: 10 } },
      { code: 'INVALID_SDL', subgraphs: ['b'], location: { line: 1, column: 5 } },
    ]);
  });

  it('name the coordinate of what one subgraph got wrong', () => {
    const [unknown, key] = problems({
      a: `${LINK}type Query { user(filter: Nope): User }\ntype User { id: ID! }`,
      b: `${LINK}type User @key(fields: "missing") { id: ID! }`,
    });
    expect(unknown).toMatchObject({
      code: 'INVALID_GRAPHQL',
      message: 'Unknown type Nope',
      subgraphs: ['a'],
      coordinate: 'Query.user(filter:)',
    });
    expect(key).toMatchObject({ code: 'KEY_INVALID_FIELDS', subgraphs: ['b'], coordinate: 'User' });
  });

  it('name coordinate and all subgraphs of what they disagree on', () => {
    const sdl = (type: string) =>
      `${LINK}type Query { ${type.toLowerCase()}: User } type User @key(fields: "id") { id: ID! age: ${type} @shareable }`;
    expect(problems({ people: sdl('Int'), others: sdl('String'), third: 'type Query { c: Int }' })).toMatchObject([
      { code: 'FIELD_TYPE_MISMATCH', coordinate: 'User.age', subgraphs: ['people', 'others'] },
    ]);
  });

  it('refuse an interface object beside its implementations', () => {
    const users = `${LINK}type Query { users: [User] } interface Node @key(fields: "id") { id: ID! } type User implements Node @key(fields: "id") { id: ID! }`;
    const stats = `${LINK}type Node @key(fields: "id") @interfaceObject { id: ID! rank: Int } type User @key(fields: "id") { id: ID! age: Int }`;
    expect(problems({ users, stats })).toMatchObject([{ code: 'INTERFACE_OBJECT_USAGE_ERROR', subgraphs: ['stats'], coordinate: 'User' }]);
  });

  it('refuse two subgraphs of one name', () => {
    const [service] = services({ a: 'type Query { a: Int }' });
    if (service === undefined) throw new Error('one service');
    const composed = composeSubgraphs([service, service]);
    expect(!composed.ok && composed.error.map(printProblem)).toEqual(['subgraph "a": Two subgraphs have this name. (INVALID_CONFIG)']);
  });

  it('say so when nothing can be asked', () => {
    expect(problems({ a: 'type User { id: ID! }' })).toMatchObject([{ code: 'NO_QUERIES' }]);
    expect(problems({})).toMatchObject([{ code: 'NO_QUERIES' }]);
  });

  it('survive SDL nested beyond any stack', () => {
    expect(problems({ a: `type Query { a: ${'['.repeat(100_000)}Int }` })).toMatchObject([{ code: 'INVALID_SDL', subgraphs: ['a'] }]);
  });
});
