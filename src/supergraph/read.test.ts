import { printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { composeSubgraphs } from './compose.ts';
import type { Supergraph } from './model.ts';
import { printProblem } from './problem.ts';
import { readSupergraph } from './read.ts';

function read(sdl: string): Supergraph {
  const result = readSupergraph(sdl);
  if (!result.ok) throw new Error(result.error.map(printProblem).join('\n'));
  return result.value;
}

const JOIN_1 = `
schema @core(feature: "https://specs.apollo.dev/core/v0.2") @core(feature: "https://specs.apollo.dev/join/v0.1", for: EXECUTION)
  @core(feature: "https://specs.apollo.dev/inaccessible/v0.1", as: "hidden") { query: Query }
directive @core(as: String, feature: String!, for: core__Purpose) repeatable on SCHEMA
directive @join__field(graph: join__Graph, provides: join__FieldSet, requires: join__FieldSet) on FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__owner(graph: join__Graph!) on INTERFACE | OBJECT
directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on INTERFACE | OBJECT
directive @hidden on OBJECT | FIELD_DEFINITION
enum core__Purpose { EXECUTION SECURITY }
scalar join__FieldSet
enum join__Graph {
  ACCOUNTS @join__graph(name: "accounts" url: "http://accounts.test")
  REVIEWS @join__graph(name: "reviews" url: "")
}
type Query { me: User @join__field(graph: ACCOUNTS) }
type User @join__owner(graph: ACCOUNTS) @join__type(graph: ACCOUNTS, key: "id") @join__type(graph: ACCOUNTS, key: "org { id } login") @join__type(graph: REVIEWS, key: "id") {
  id: ID! @join__field(graph: ACCOUNTS)
  ssn: String @hidden
  org: Org @hidden
  login: ID @hidden
  name: String! @join__field(graph: ACCOUNTS)
}
type Org @join__type(graph: ACCOUNTS) @hidden { id: ID! }`;

const JOIN_5 = `
schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)
  @link(url: "https://specs.apollo.dev/inaccessible/v0.2", import: [{ name: "@inaccessible", as: "@private" }], for: SECURITY)
  @link(url: "https://specs.apollo.dev/tag/v0.3") @link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY)
{ query: Query mutation: Mutation }
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean, overrideLabel: String, contextArguments: [join__ContextArgument!]) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @private on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
directive @tag(name: String!) repeatable on FIELD_DEFINITION
directive @policy(policies: [[policy__Policy!]!]!) on FIELD_DEFINITION
directive @trace(level: Int @private, name: String) on FIELD | QUERY
directive @onlyInSdl on OBJECT
input join__ContextArgument { name: String! type: String! context: String! selection: join__FieldValue! }
scalar join__FieldSet scalar join__FieldValue scalar join__DirectiveArguments scalar link__Import scalar policy__Policy
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph { A @join__graph(name: "a", url: "http://a.test") B @join__graph(name: "b", url: "http://b.test") }
"The root"
type Query @join__type(graph: A) {
  find(by: Filter, secret: String @private, kind: Kind = OPEN): [Found!]! @tag(name: "x")
  node(id: ID!): Node @deprecated(reason: "use find")
  hidden: Hidden @private
  dangling: Hidden
}
type Mutation @join__type(graph: A) { reset: Boolean @private }
interface Node @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", isInterfaceObject: true) { id: ID! rank: Int @join__field(graph: B, type: "Int!") }
interface Internal @join__type(graph: A) @private { id: ID! }
type Book implements Node & Internal @join__type(graph: A, key: "id") { id: ID! rank: Int @join__field title: String! @policy(policies: [["p"]]) }
type Hidden implements Node @join__type(graph: A, key: "id") @private { id: ID! rank: Int @join__field }
type Person__Name @join__type(graph: A) { first: String }
union Found @join__type(graph: A) @join__unionMember(graph: A, member: "Book") @join__unionMember(graph: A, member: "Hidden") = Book | Hidden | Person__Name
input Filter @join__type(graph: A) { title: String token: String @private }
enum Kind @join__type(graph: A) { OPEN CLOSED @private }
scalar Date @join__type(graph: A) @specifiedBy(url: "https://date.test")
scalar Token @join__type(graph: A) @private
`;

describe('readSupergraph', () => {
  it('reads a supergraph of Federation 1 (join v0.1)', () => {
    const { subgraphs, publicSchema, types } = read(JOIN_1);
    expect([...subgraphs.values()]).toEqual([
      { name: 'accounts', url: 'http://accounts.test' },
      { name: 'reviews', url: '' },
    ]);
    expect(printSchema(publicSchema)).toBe('type Query {\n  me: User\n}\n\ntype User {\n  id: ID!\n  name: String!\n}');
    expect(types.keyFieldSets('User', 'accounts')).toEqual(['id', 'org { id } login']);
    expect(types.keyFieldSets('User', 'unknown')).toEqual([]);
  });

  it('shows clients neither inaccessible members nor machinery (join v0.5)', () => {
    expect(printSchema(read(JOIN_5).publicSchema)).toBe(`directive @trace(name: String) on FIELD | QUERY

"""The root"""
type Query {
  find(by: Filter, kind: Kind = OPEN): [Found!]!
  node(id: ID!): Node @deprecated(reason: "use find")
}

interface Node {
  id: ID!
  rank: Int
}

type Book implements Node {
  id: ID!
  rank: Int
  title: String!
}

type Person__Name {
  first: String
}

union Found = Book | Person__Name

input Filter {
  title: String
}

enum Kind {
  OPEN
}

scalar Date @specifiedBy(url: "https://date.test")`);
  });

  it('knows of hidden members what execution must know', () => {
    const { types, subgraphTypes } = read(JOIN_5);
    expect(types.possibleTypes('Node')).toEqual(new Set(['Book', 'Hidden']));
    expect(types.possibleTypes('Found')).toEqual(new Set(['Book', 'Hidden', 'Person__Name']));
    expect(types.possibleTypes('Book')).toEqual(new Set(['Book']));
    expect(types.possibleTypes('constructor')).toEqual(new Set());
    expect(types.isInaccessible('Hidden')).toBe(true);
    expect(types.isInaccessible('Book')).toBe(false);
    expect(types.isInaccessible('Internal')).toBe(false); // an interface, not an object
    expect(types.isInaccessibleEnumValue('Kind', 'CLOSED')).toBe(true);
    expect(types.isInaccessibleEnumValue('Kind', 'OPEN')).toBe(false);
    expect(types.isInterfaceObject('Node')).toBe(true);
    expect(types.isInterfaceObject('Book')).toBe(false);
    expect(types.isNonNull('Book', 'title')).toBe(true);
    expect(types.isNonNull('Book', 'rank')).toBe(false);
    expect(types.isNonNull('Book', 'nope')).toBe(false);
    expect(subgraphTypes.fieldType('Node', 'rank', 'b')?.kind).toBe('NonNullType');
    expect(subgraphTypes.fieldType('Node', 'rank', 'a')?.kind).toBe('NamedType');
    expect(subgraphTypes.fieldType('Node', 'nope', 'a')).toBeNull();
  });

  it.each([
    ['type Query { a: Int }', 'The SDL is not that of a supergraph: it has no enum join__Graph with subgraphs.'],
    ['type Query {', 'Syntax Error: Expected Name, found <EOF>.'],
    ['enum join__Graph { A @join__graph(name: "a", url: "http://a") } type Query { a: Nope }', 'Query root type must be provided.'],
    [`type Query { a: ${'['.repeat(100_000)}Int }`, 'The SDL is nested too deeply to be read.'],
  ])('refuses %.40s', (sdl, message) => {
    const result = readSupergraph(sdl);
    expect(!result.ok && result.error.map((found) => found.message)).toEqual([message]);
  });

  it('agrees with composition: what it wrote is read back the same', () => {
    const composed = composeSubgraphs([{ name: 'a', url: 'http://a.test', sdl: 'type Query { a(x: In): Int } input In { a: Int = 3 }' }]);
    if (!composed.ok) throw new Error('composes');
    expect(printSchema(read(composed.value.sdl).publicSchema)).toBe(printSchema(composed.value.publicSchema));
  });
});
