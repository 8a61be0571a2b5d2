import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { composeSubgraphs } from '../supergraph/compose.ts';
import type { CanonicalOperation, SelectionSet } from './model.ts';
import { createOperationReader } from './reader.ts';

const SDL = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@inaccessible"])
type Query { me: User user(id: ID!, filter: Filter): User node: Node search: [Found!]! hidden: Mixed! _c_odd: Int }
type Mutation { rename(name: String!): User }
interface Node { id: ID! }
interface Named implements Node { id: ID! name: String }
type User implements Node & Named { id: ID! name: String friends(first: Int = 10): [User!]! best: Named }
type Team implements Node & Named { id: ID! name: String members: [User!]! }
type Log implements Node { id: ID! text: String }
union Found = User | Team
union Everyone = User | Team | Log
interface Mixed { id: ID! }
type Open implements Mixed { id: ID! }
type Secret implements Mixed @inaccessible { id: ID! }
input Filter { name: String, tags: [String!], inner: Filter }`;

const composed = composeSubgraphs([{ name: 'a', url: 'http://a.test', sdl: SDL }]);
if (!composed.ok) throw new Error(JSON.stringify(composed.error));
const supergraph = composed.value;
const limits = { maxTokens: 15_000, approximateDepthLimit: 200, totalFieldsLimit: 3_500, operationNameLengthLimit: 512 };

function canonical(query: string, variables: Record<string, unknown> = {}): CanonicalOperation {
  const read = createOperationReader({ supergraph, limits, introspection: true, cacheSize: 10 }).read(query, null);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const coerced = read.value.coerce(variables);
  if (!coerced.ok) throw new Error(JSON.stringify(coerced.error));
  const operation = read.value.canonical(coerced.value);
  if (operation.text !== '') expect(validate(supergraph.publicSchema, parse(operation.text)), operation.text).toEqual([]);
  return operation;
}

const text = (query: string, variables?: Record<string, unknown>): string => canonical(query, variables).text;

/** `responseKey<dataKey` where they differ, fragments as `[Type ...]`. */
function outline(set: SelectionSet): string {
  return set.selections
    .map((selection) => {
      if (selection.kind === 'fragment') return `[${selection.typeCondition} ${outline(selection.selectionSet)}]`;
      const key = selection.responseKey === selection.dataKey ? selection.dataKey : `${selection.responseKey}<${selection.dataKey}`;
      return `${key}${selection.local ? '!' : ''}${selection.selectionSet === null ? '' : `{${outline(selection.selectionSet)}}`}`;
    })
    .join(' ');
}

describe('canonical text', () => {
  it('does not depend on format, operation name or unused variables', () => {
    const expected = '{me{id name}}';
    expect(text('{ me { id, name } }')).toBe(expected);
    expect(text('query Someone { me { id # key\n name } }')).toBe(expected);
    expect(text('query ($x: Boolean!) { me { id name @include(if: $x) } }', { x: true })).toBe(expected);
  });

  it('prefixes aliases that look like ours or hide a field, and leaves others alone', () => {
    expect(text('{ me { name: id x: name _c_x: name } }')).toBe('{me{_c_name:id x:name _c__c_x:name}}');
    expect(text('{ me { id: id } }')).toBe('{me{id}}');
    expect(text('{ me { __typename: id t: __typename u: __typename } }')).toBe('{me{_c___typename:id __typename}}');
    expect(text('{ me { _internal_qp_alias_0: id } }')).toBe('{me{_c__internal_qp_alias_0:id}}');
  });

  it('keeps a field of the graph that starts with the prefix apart from aliases', () => {
    expect(text('{ _c_odd odd: _c_odd }')).toBe('{_c__c_odd:_c_odd odd:_c_odd}');
  });

  it('merges fields of one response key, and their selections', () => {
    expect(text('{ me { id } me { name friends { id } } ...F } fragment F on Query { me { friends { name } } }')).toBe(
      '{me{id name friends{id name}}}',
    );
  });

  it('resolves conditions', () => {
    const query =
      'query ($a: Boolean!, $b: Boolean = true) { me @include(if: $a) { id name @skip(if: $b) friends @skip(if: false) { id } ... @include(if: false) { best { id } } } }';
    expect(text(query, { a: true })).toBe('{me{id friends{id}}}');
    expect(text(query, { a: true, b: false })).toBe('{me{id name friends{id}}}');
    expect(text(query, { a: false })).toBe('');
  });

  it('asks for something where conditions leave nothing', () => {
    const operation = canonical('{ me { id @skip(if: true) } }');
    expect(operation.text).toBe('{me{__typename}}');
    expect(outline(operation.selection)).toBe('me{}');
  });

  it('declares the variables that are left, and keeps defaults and literals as written', () => {
    const operation = canonical(
      'query ($id: ID!, $n: Int = 3, $s: Boolean!) { user(id: $id, filter: {tags: ["a", "b"], inner: {name: "x\\n"}}) { id friends(first: $n) @skip(if: $s) { id } } }',
      { id: 1, s: true },
    );
    expect(operation.text).toBe('query($id: ID!){user(id: $id,filter: {tags: ["a", "b"], inner: {name: "x\\n"}}){id}}');
    expect(operation.variables).toEqual(['id']);
    expect(text('query ($n: Int = 3) { me { friends(first: $n) { id } } }')).toBe('query($n: Int = 3){me{friends(first: $n){id}}}');
    expect(text('mutation ($n: String!) { rename(name: $n) { id } }', { n: '' })).toBe('mutation($n: String!){rename(name: $n){id}}');
  });

  it('moves what the planner cannot nest into fragments', () => {
    const query = `{ me {${' friends {'.repeat(150)} id ${'}'.repeat(150)} } }`;
    const printed = text(query);
    expect(Math.max(...printed.split(/(?=fragment )/).map((part) => part.split('{').length))).toBeLessThan(40);
    expect(printed.split('friends').length).toBe(151);
  });
});

describe('type conditions', () => {
  it('vanish where they always hold', () => {
    expect(text('{ me { ... on User { id } ... on Node { id } ... on Found { ... on User { name } } ... { best { id } } } }')).toBe(
      '{me{id name best{id}}}',
    );
    expect(text('{ me { best { ... on Named { id } ... on Node { id } } } }')).toBe('{me{best{id}}}');
  });

  it('stay where they narrow, in the order of the response', () => {
    expect(text('{ node { ... on User { name } id ... on User { best { id } } ...T } } fragment T on Team { name }')).toBe(
      '{node{...on User{name} id ...on User{best{id}} ...on Team{name}}}',
    );
    expect(text('{ node { ... on User { name } ... on User { best { id } } } }')).toBe('{node{...on User{name best{id}}}}');
  });

  it('stay where they always hold but give fields that the parent lacks', () => {
    expect(text('{ search { ... on Named { name } } }')).toBe('{search{...on Named{name}}}');
  });

  it('vanish with their selection where they can never hold', () => {
    expect(text('{ node { ... on Named { id ... on Node { ... on Log { text } } } } }')).toBe('{node{...on Named{id}}}');
    expect(text('{ node { id ... on Named { ... on Node { ... on Log { text } } } } }')).toBe('{node{id}}');
  });
});

describe('one response key for different fields', () => {
  it('gets a key for each, at any depth', () => {
    const operation = canonical(
      '{ node { ... on User { x: name f: friends(first: 1) { n: id } } ... on Team { f: members { n: id } } ... on Log { x: text } } }',
    );
    expect(operation.text).toBe(
      '{node{...on User{x:name f:friends(first: 1){n:id}} ...on Team{_c_1_f:members{n:id}} ...on Log{_c_1_x:text}}}',
    );
    expect(outline(operation.selection)).toContain('[Team f<_c_1_f{n}]');
    expect(
      text(
        '{ node { ... on User { best { ... on User { x: friends(first: 1) { id } } } } ... on Named { ... on User { best { ... on Team { x: members { id } } } } } } }',
      ),
    ).toBe('{node{...on User{best{...on User{x:friends(first: 1){id}}}} ...on Named{...on User{best{...on Team{_c_1_x:members{id}}}}}}}');
  });

  it('keeps one for the same field with the same arguments, in whatever order these stand', () => {
    expect(text('{ node { ... on User { name } ... on Team { name } ... on Named { name } } }')).toBe(
      '{node{...on User{name} ...on Team{name} ...on Named{name}}}',
    );
  });
});

describe('hidden members', () => {
  it('make the planned text ask for the type, and the client not see it', () => {
    const operation = canonical('{ hidden { id } }');
    expect(operation.text).toBe('{hidden{__typename id}}');
    expect(outline(operation.selection)).toBe('hidden{id}');
    expect(text('{ hidden { id t: __typename } }')).toBe('{hidden{__typename id}}');
  });

  it('leave selections of other types alone', () => {
    expect(text('{ node { id } }')).toBe('{node{id}}');
  });
});

describe('selection', () => {
  it('holds response key and data key of every field', () => {
    expect(outline(canonical('{ a: me { t: __typename n: name id } __typename }').selection)).toBe('a{t<__typename n id} __typename!');
  });

  it('splits introspection off', () => {
    const operation = canonical(
      'query ($n: String!, $i: ID!) { s: __schema { ...Q } ...R t: __typename user(id: $i) { id } } fragment Q on __Schema { queryType { name } } fragment R on Query { __type(name: $n) { name } }',
      { n: 'User', i: '1' },
    );
    expect(operation.text).toBe('query($i: ID!){user(id: $i){id}}');
    expect(outline(operation.selection)).toBe('s!{} __type!{} t<__typename! user{id}');
    expect(operation.introspection?.definitions).toHaveLength(3);
  });

  it('plans nothing for introspection and __typename alone', () => {
    const operation = canonical('{ __typename __schema { queryType { name } } }');
    expect(operation).toMatchObject({ text: '', variables: [] });
    expect(canonical('{ __typename }').introspection).toBeNull();
    expect(canonical('{ me { __typename } }').introspection).toBeNull();
  });
});

describe('fragment bombs', () => {
  it('cost no more than what they select', () => {
    const levels = 22;
    const bomb = Array.from({ length: levels }, (_, i) => `fragment F${i} on User { ...F${i + 1} ... on User { ...F${i + 1} } }`).join(' ');
    const reader = createOperationReader({ supergraph, limits: { ...limits, totalFieldsLimit: 0 }, introspection: true, cacheSize: 1 });
    // Even without limit there is one that holds: 4 million fields are not written out to be counted.
    expect(reader.read(`{ me { ...F0 } } ${bomb} fragment F${levels} on User { id }`, null)).toMatchObject({
      ok: false,
      error: [{ code: 'GRAPHQL_VALIDATION_FAILED', message: 'The document selects more than 50000 fields.' }],
    });
  });

  it('below the limit are merged', () => {
    const levels = 10;
    const bomb = Array.from({ length: levels }, (_, i) => `fragment F${i} on User { friends { ...F${i + 1} } friends { ...F${i + 1} } }`);
    expect(text(`{ me { ...F0 } } ${bomb.join(' ')} fragment F${levels} on User { id }`)).toBe(
      `{me{${'friends{'.repeat(levels)}id${'}'.repeat(levels)}}}`,
    );
  });
});
