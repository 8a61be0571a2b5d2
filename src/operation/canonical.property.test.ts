/** Canonicalisation must never change what an operation means: held against graphql-js over random operations. */
import fc from 'fast-check';
import { executeSync, parse, print, validate, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { composeSubgraphs } from '../supergraph/compose.ts';
import type { FieldSelection, SelectionSet } from './model.ts';
import { createOperationReader } from './reader.ts';

const SDL = `
type Query { me: User node: Node nodes: [Node] named: Named search: [Found!]! count(n: Int): Int }
interface Node { id: ID! }
interface Named implements Node { id: ID! name: String }
type User implements Node & Named { id: ID! name: String friends(first: Int = 10): [User!]! best: Named rank: Int }
type Team implements Node & Named { id: ID! name: String members: [User!]! }
type Log implements Node { id: ID! text: String by: Found }
union Found = User | Team
union Everyone = User | Team | Log`;

const composed = composeSubgraphs([{ name: 'a', url: 'http://a.test', sdl: SDL }]);
if (!composed.ok) throw new Error(JSON.stringify(composed.error));
const supergraph = composed.value;
const schema = supergraph.publicSchema;
const limits = { maxTokens: 0, approximateDepthLimit: 0, totalFieldsLimit: 0, operationNameLengthLimit: 0 };
const reader = createOperationReader({ supergraph, limits, introspection: true, cacheSize: 1 });

const FIELDS: Readonly<Record<string, readonly (readonly [field: string, type: string | null])[]>> = {
  Query: [
    ['me', 'User'],
    ['node', 'Node'],
    ['nodes', 'Node'],
    ['named', 'Named'],
    ['search', 'Found'],
    ['count(n: $n)', null],
    ['count(n: 1)', null],
  ],
  User: [
    ['id', null],
    ['name', null],
    ['rank', null],
    ['friends', 'User'],
    ['friends(first: 1)', 'User'],
    ['best', 'Named'],
  ],
  Team: [
    ['id', null],
    ['name', null],
    ['members', 'User'],
  ],
  Log: [
    ['id', null],
    ['text', null],
    ['by', 'Found'],
  ],
  Node: [['id', null]],
  Named: [
    ['id', null],
    ['name', null],
  ],
  Found: [],
  Everyone: [],
};
const CONDITIONS = ['', '', '', '', ' @skip(if: $s)', ' @include(if: $i)', ' @skip(if: false)', ' @include(if: $s)'];
const FRAGMENT_TYPES = ['User', 'Team', 'Log', 'Node', 'Named', 'Found', 'Everyone'];
const NAMED_FRAGMENTS = ['User', 'Node', 'Named', 'Found', 'Everyone'];

/** Writes an operation from a tape of choices, so that a failing one shrinks. */
function writeOperation(tape: readonly number[]): string {
  let at = 0;
  const pick = <T>(from: readonly T[]): T => {
    const choice = from[(tape[at++ % tape.length] ?? 0) % from.length];
    if (choice === undefined) throw new Error('a choice from something');
    return choice;
  };
  const field = (type: string, depth: number): string => {
    const [name, below] = pick([...(FIELDS[type] ?? []), ['__typename', null] as const]);
    const alias = pick(['', '', 'a: ', 'b: ', `${name.split('(', 1)[0]}: `, '__typename: ']);
    return `${alias}${name}${pick(CONDITIONS)}${below === null ? '' : selection(below, depth - 1)}`;
  };
  const selection = (type: string, depth: number): string => {
    const count = pick([1, 1, 2, 3]);
    const parts = Array.from({ length: count }, () => {
      const kind = depth <= 0 ? 'leaf' : pick(['field', 'field', 'field', 'inline', 'spread']);
      if (kind === 'leaf') return pick(['__typename', 't: __typename']);
      if (kind === 'field') return field(type, depth);
      if (kind === 'spread') return type === 'Query' ? `...FQuery${pick(CONDITIONS)}` : `...F${pick(NAMED_FRAGMENTS)}${pick(CONDITIONS)}`;
      const condition = type === 'Query' ? pick(['', 'Query']) : pick(['', ...FRAGMENT_TYPES]);
      return `...${condition === '' ? '' : ` on ${condition}`}${pick(CONDITIONS)} ${selection(condition === '' ? type : condition, depth - 1)}`;
    });
    return ` { ${parts.join(' ')} }`;
  };
  const operation = `query ($s: Boolean!, $i: Boolean! = true, $n: Int = 7) { ...FQuery ${selection('Query', 4).slice(2)}`;
  const fragments = NAMED_FRAGMENTS.map(
    (type) => `fragment F${type} on ${type}${selection(type, 0).replace('{', `{ ${FIELDS[type]?.[0]?.[0] ?? ''} `)}`,
  );
  return [operation, 'fragment FQuery on Query { count(n: $n) me { id } }', ...fragments].join('\n');
}

/** Refuses nothing that a random tape commonly gets wrong: unused or impossible fragments, unused variables, field conflicts. */
function isUsable(query: string): boolean {
  const tolerated = /is never used|can never be of type/;
  return validate(schema, parse(query)).every((error) => tolerated.test(error.message));
}

const IMPOSSIBLE = { kind: 'Field', name: { kind: 'Name', value: '__typename' }, alias: { kind: 'Name', value: 'impossible' } } as const;

function withoutUnused(query: string): string {
  const errors = validate(schema, parse(query));
  const unused = new Set(errors.flatMap((error) => /^Fragment "(\w+)" is never used/.exec(error.message)?.[1] ?? []));
  const impossible = new Set(errors.filter((error) => /can never be of type/.test(error.message)).flatMap((error) => error.nodes ?? []));
  const variables = new Set(errors.flatMap((error) => /^Variable "\$(\w+)" is never used/.exec(error.message)?.[1] ?? []));
  if (unused.size + impossible.size + variables.size === 0) return query;
  const at = new Set([...impossible].map((node) => node.loc?.start));
  const cleaned = visit(parse(query), {
    FragmentDefinition: (node) => (unused.has(node.name.value) ? null : undefined),
    VariableDefinition: (node) => (variables.has(node.variable.name.value) ? null : undefined),
    InlineFragment: (node) => (at.has(node.loc?.start) ? IMPOSSIBLE : undefined),
    FragmentSpread: (node) => (at.has(node.loc?.start) ? IMPOSSIBLE : undefined),
  });
  return withoutUnused(print(cleaned));
}

const user = (id: string): object => ({
  __typename: 'User',
  id,
  name: `user ${id}`,
  rank: Number(id),
  friends: () => [{ ...leaf(id) }],
  best: () => team(id),
});
const leaf = (id: string): object => ({ __typename: 'User', id: `${id}0`, name: null, rank: null, friends: () => [], best: null });
const team = (id: string): object => ({ __typename: 'Team', id: `t${id}`, name: 'team', members: () => [leaf(id)] });
const log = { __typename: 'Log', id: 'l', text: 'text', by: () => team('9') };
const ROOT = {
  me: user('1'),
  node: log,
  nodes: [user('2'), log, team('3'), null],
  named: team('4'),
  search: [team('5'), user('6')],
  count: ({ n }: { n: number }) => n,
};

function run(text: string, variableValues: Record<string, unknown>): Data {
  const result = executeSync({ schema, document: parse(text), rootValue: ROOT, variableValues });
  if (result.errors !== undefined) throw new Error(`${text}: ${result.errors.join()}`);
  return JSON.parse(JSON.stringify(result.data));
}

type Data = null | string | number | boolean | Data[] | { [key: string]: Data };

/** What projection does: for each object the fields that apply to its type, in order, under the client's keys. */
function project(data: Data, sets: readonly SelectionSet[]): Data {
  if (Array.isArray(data)) return data.map((item) => project(item, sets));
  if (data === null || typeof data !== 'object' || sets.length === 0) return data ?? null;
  const typeName = typeof data.real === 'string' ? data.real : '';
  const fields = new Map<string, FieldSelection[]>();
  for (const set of sets) collect(set, typeName, fields);
  return Object.fromEntries(
    [...fields].map(([key, [first, ...others]]) => {
      if (first === undefined) throw new Error('a collected field');
      if (first.fieldName === '__typename') return [key, typeName];
      const below = [first, ...others].flatMap((each) => each.selectionSet ?? []);
      return [key, project(data[first.dataKey] ?? null, below)];
    }),
  );
}

function collect(set: SelectionSet, typeName: string, into: Map<string, FieldSelection[]>): void {
  for (const selection of set.selections) {
    if (selection.kind === 'field') into.set(selection.responseKey, [...(into.get(selection.responseKey) ?? []), selection]);
    else if (supergraph.types.possibleTypes(selection.typeCondition).has(typeName)) collect(selection.selectionSet, typeName, into);
  }
}

function withRealTypes(text: string): string {
  if (text === '') return '{ real: __typename }';
  const real = { kind: 'Field', name: { kind: 'Name', value: '__typename' }, alias: { kind: 'Name', value: 'real' } } as const;
  return print(visit(parse(text), { SelectionSet: (node) => ({ ...node, selections: [real, ...node.selections] }) }));
}

describe('canonicalise', () => {
  it('keeps the meaning of every valid operation, gives valid text, and is idempotent', () => {
    let checked = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(997), { minLength: 40, maxLength: 120 }), fc.boolean(), fc.boolean(), (tape, s, i) => {
        const written = writeOperation(tape);
        fc.pre(isUsable(written));
        const query = withoutUnused(written);
        const read = reader.read(query, null);
        if (!read.ok) throw new Error(`${query}: ${JSON.stringify(read.error)}`);
        const coerced = read.value.coerce({ s, i });
        if (!coerced.ok) throw new Error(JSON.stringify(coerced.error));
        const operation = read.value.canonical(coerced.value);
        const variables = Object.fromEntries(operation.variables.map((name) => [name, coerced.value[name]]));

        const data = run(withRealTypes(operation.text), variables);
        expect(JSON.stringify(project(data, [operation.selection])), query).toBe(JSON.stringify(run(query, { s, i })));
        checked++;
        if (operation.text === '') return;
        expect(validate(schema, parse(operation.text)), operation.text).toEqual([]);

        const again = reader.read(operation.text, null);
        if (!again.ok) throw new Error(`${operation.text}: ${JSON.stringify(again.error)}`);
        expect(again.value.canonical({}).text.replaceAll('_c__c_', '_c_')).toBe(operation.text);
      }),
      { numRuns: 100 },
    );
    expect(checked).toBe(100);
  });
});
