/** What the executor owes whatever the plan (spec: planning, "Plan nodes" and "Known faults"). */
import { describe, expect, it } from 'vitest';
import { createFederation, reply } from './federation.ts';

const USERS = `type Query { me: User users: [User!]! } type User @key(fields: "id") { id: ID! name: String best: User }`;
const MAIL = `type User @key(fields: "id") { id: ID! email: String score(scale: Int = 1): Int }`;
const PEOPLE = {
  roots: { me: { __typename: 'User', id: '1' }, users: [1, 2, 1].map((id) => ({ __typename: 'User', id: String(id) })) },
  entities: {
    User: [
      { id: '1', name: 'Ada', email: 'ada@x', best: { __typename: 'User', id: '2' } },
      { id: '2', name: 'Alan', email: 'alan@x', best: { __typename: 'User', id: '1' } },
    ],
  },
  resolvers: {
    'User.score': (source: Readonly<Record<string, unknown>>, args: Readonly<Record<string, unknown>>) =>
      Number(source.id) * Number(args.scale),
  },
};
const people = createFederation({ users: USERS, mail: MAIL }, PEOPLE);

describe('entities', () => {
  it('are fetched once each, wherever they appear', async () => {
    const { data, requests } = await people.run('{ users { name email } }');
    expect(data).toEqual({
      users: [
        { name: 'Ada', email: 'ada@x' },
        { name: 'Alan', email: 'alan@x' },
        { name: 'Ada', email: 'ada@x' },
      ],
    });
    expect(requests[1]?.variables.representations ?? Object.values(requests[1]?.variables ?? {})[0]).toEqual([
      { __typename: 'User', id: '1' },
      { __typename: 'User', id: '2' },
    ]);
  });

  it('that stand at several paths with different arguments stay apart', async () => {
    const { data } = await people.run(
      '{ me { score(scale: 2) best { score(scale: 3) best { score(scale: 5) } } } users { score(scale: 7) best { score } } }',
    );
    expect(data).toEqual({
      me: { score: 2, best: { score: 6, best: { score: 5 } } },
      users: [
        { score: 7, best: { score: 2 } },
        { score: 14, best: { score: 1 } },
        { score: 7, best: { score: 2 } },
      ],
    });
  });

  it('take variables and defaults as coerced', async () => {
    const { data } = await people.run('query ($s: Int = 4, $t: Int) { me { a: score(scale: $s) b: score(scale: $t) } }');
    expect(data).toEqual({ me: { a: 4, b: 1 } });
  });
});

describe('client aliases', () => {
  it('never reach a representation (case A)', async () => {
    const { data } = await people.run('{ me { email: id id: name mail: email } }');
    expect(data).toEqual({ me: { email: '1', id: 'Ada', mail: 'ada@x' } });
  });

  it('may be called as they like (case B)', async () => {
    const { data } = await people.run(
      '{ me { __typename: id _internal_qp_alias_0: email _entities: name t: __typename constructor: id } }',
    );
    expect(data).toEqual({ me: { __typename: '1', _internal_qp_alias_0: 'ada@x', _entities: 'Ada', t: 'User', constructor: '1' } });
  });

  it('keep the order of the client', async () => {
    const { outcome } = await people.run('{ me { email name id } x: __typename }');
    expect(outcome.data).toBe('{"me":{"email":"ada@x","name":"Ada","id":"1"},"x":"Query"}');
  });
});

describe('conditions', () => {
  it('may differ for the same field (case C)', async () => {
    const query = 'query ($a: Boolean!, $b: Boolean!) { me { email @include(if: $a) email @skip(if: $b) name @include(if: $b) } }';
    expect((await people.run(query, { variables: { a: true, b: true } })).data).toEqual({ me: { email: 'ada@x', name: 'Ada' } });
    expect((await people.run(query, { variables: { a: false, b: true } })).data).toEqual({ me: { name: 'Ada' } });
    expect((await people.run(query, { variables: { a: false, b: false } })).data).toEqual({ me: { email: 'ada@x' } });
  });

  it('may leave nothing', async () => {
    const { data, outcome, requests } = await people.run('query ($no: Boolean = false) { me @include(if: $no) { name } }');
    expect({ data, errors: outcome.errors, requests }).toEqual({ data: {}, errors: [], requests: [] });
  });
});

describe('lists', () => {
  it('that are selected twice are not doubled (case D)', async () => {
    const { data } = await people.run('{ users { best { id } best { name email } } users { id } }');
    expect(data).toEqual({
      users: [
        { best: { id: '2', name: 'Alan', email: 'alan@x' }, id: '1' },
        { best: { id: '1', name: 'Ada', email: 'ada@x' }, id: '2' },
        { best: { id: '2', name: 'Alan', email: 'alan@x' }, id: '1' },
      ],
    });
  });

  it('may nest, and hold nulls', async () => {
    const { run } = createFederation(
      { a: 'type Query { grid: [[P]] } type P @key(fields: "id") { id: ID! }', b: 'type P @key(fields: "id") { id: ID! n: Int }' },
      {
        roots: { grid: [[{ __typename: 'P', id: '1' }, null], null, [], [{ __typename: 'P', id: '2' }]] },
        entities: {
          P: [
            { id: '1', n: 10 },
            { id: '2', n: 20 },
          ],
        },
      },
    );
    expect((await run('{ grid { n } }')).data).toEqual({ grid: [[{ n: 10 }, null], null, [], [{ n: 20 }]] });
  });
});

describe('@requires', () => {
  const sdls = {
    a: 'type Query { ps: [P] } type P @key(fields: "id") { id: ID! }',
    b: `type P @key(fields: "id") { id: ID! size(unit: String): Int @external dims: D @external weight: Int @external
        small: String @requires(fields: "size(unit: \\"cm\\")") large: String @requires(fields: "size(unit: \\"mm\\")")
        heavy: String @requires(fields: "weight dims { w h }") } type D @shareable { w: Int @external h: Int @external }`,
    c: 'type P @key(fields: "id") { id: ID! size(unit: String): Int dims: D weight: Int } type D @shareable { w: Int h: Int }',
  };
  const world = (weight: number | null) => ({
    roots: { ps: [{ __typename: 'P', id: '1' }] },
    entities: { P: [{ id: '1', weight, dims: { w: 2, h: 3 } }] },
    resolvers: {
      'P.size': (_source: unknown, args: Readonly<Record<string, unknown>>) => (args.unit === 'cm' ? 1 : 10),
      'P.small': (source: Readonly<Record<string, unknown>>) => `small ${source.size}`,
      'P.large': (source: Readonly<Record<string, unknown>>) => `large ${source.size}`,
      'P.heavy': (source: Readonly<Record<string, unknown>>) => JSON.stringify([source.weight, source.dims]),
    },
  });

  it('gives each field the value for its own arguments', async () => {
    const { data } = await createFederation(sdls, world(1)).run('{ ps { large small s: size(unit: "in") } }');
    expect(data).toEqual({ ps: [{ large: 'large 10', small: 'small 1', s: 10 }] });
  });

  it('sends a nullable null as null, and nested objects', async () => {
    const { data, outcome } = await createFederation(sdls, world(null)).run('{ ps { heavy } }');
    expect(data).toEqual({ ps: [{ heavy: '[null,{"w":2,"h":3}]' }] });
    expect(outcome.errors).toEqual([]);
  });
});

describe('abstract types', () => {
  const sdls = {
    a: `type Query { nodes: [Node] any: [Any] } interface Node @key(fields: "id") { id: ID! }
        type X implements Node @key(fields: "id") { id: ID! v: Int same: Int! } type Y implements Node @key(fields: "id") { id: ID! v: String w: Int same: String }
        type Hidden implements Node @key(fields: "id") @inaccessible { id: ID! } union Any = X | Y`,
    b: `type Node @interfaceObject @key(fields: "id") { id: ID! extra: String }`,
    c: `type X @key(fields: "id") { id: ID! n: Int }`,
  };
  const nodes = [
    { __typename: 'X', id: 'x', v: 1, same: 1 },
    { __typename: 'Y', id: 'y', v: 'two', w: 2, same: 'b' },
  ];
  const { run } = createFederation(sdls, {
    roots: { nodes, any: nodes },
    entities: { X: [{ id: 'x', extra: 'ex', n: 5, v: 1, same: 1 }], Y: [{ id: 'y', extra: 'ey', v: 'two', same: 'b' }] },
  });

  it('give each type its own fields, also under one response key', async () => {
    expect((await run('{ nodes { id ... on X { k: v n } ... on Y { k: w } } any { ... on X { z: v } ... on Y { z: w } } }')).data).toEqual({
      nodes: [
        { id: 'x', k: 1, n: 5 },
        { id: 'y', k: 2 },
      ],
      any: [{ z: 1 }, { z: 2 }],
    });
  });

  it('take fields of an interface object', async () => {
    expect((await run('{ nodes { extra __typename } }')).data).toEqual({
      nodes: [
        { extra: 'ex', __typename: 'X' },
        { extra: 'ey', __typename: 'Y' },
      ],
    });
  });

  it('take them inside fragments on two concrete types (case F)', async () => {
    expect((await run('{ nodes { ... on X { id extra } ... on Y { extra v } } }')).data).toEqual({
      nodes: [
        { id: 'x', extra: 'ex' },
        { extra: 'ey', v: 'two' },
      ],
    });
  });

  it('show no interface name as a typename when the fetch that knows better fails', async () => {
    const { data, outcome } = await interfaceFirst('{ stars { extra __typename } only: stars { extra } }', {
      intercept: (subgraph) => (subgraph === 'a' ? reply({}, 500) : undefined),
    });
    expect(data).toEqual({ stars: [null], only: [{ extra: 'ex' }] });
    expect(outcome.errors.at(-1)).toMatchObject({ kind: 'value', problem: { kind: 'null' }, path: ['stars', 0, '__typename'] });
  });

  it('never show an inaccessible implementer', async () => {
    const { data, outcome } = await run('{ nodes { id } }', {
      intercept: () => ({
        data: {
          nodes: [
            { __typename: 'Hidden', id: 'h' },
            { __typename: 'X', id: 'x' },
          ],
        },
      }),
    });
    expect(data).toEqual({ nodes: [null, { id: 'x' }] });
    expect(outcome.errors).toMatchObject([{ kind: 'value', path: ['nodes', 0], problem: { kind: 'typename_missing' } }]);
  });

  it('accept one value without a typename only where the plan did not ask for it', async () => {
    const { run: single } = createFederation(
      { a: 'type Query { n: N } interface N { id: ID! } type Only implements N { id: ID! v: Int }' },
      { roots: {} },
    );
    expect((await single('{ n { id } }', { intercept: () => ({ data: { n: { id: '1' } } }) })).data).toEqual({ n: { id: '1' } });
    const asked = await single('{ n { id ... on Only { v } } }', { intercept: () => ({ data: { n: { __typename: 'Nope', id: '1' } } }) });
    expect(asked.data).toEqual({ n: null });
    expect(asked.outcome.errors).toMatchObject([{ problem: { kind: 'typename', value: 'Nope' }, subgraph: 'a' }]);
  });
});

const { run: interfaceFirst } = createFederation(
  {
    a: 'interface Node @key(fields: "id") { id: ID! } type X implements Node @key(fields: "id") { id: ID! } type Y implements Node @key(fields: "id") { id: ID! } type Query { x: X }',
    b: 'type Query { stars: [Node] } type Node @interfaceObject @key(fields: "id") { id: ID! extra: String }',
  },
  { roots: { stars: [{ __typename: 'Node', id: 'x', extra: 'ex' }] }, entities: { X: [{ id: 'x', extra: 'ex' }] } },
);

describe('mutations', () => {
  it('run their root fields one after another, each complete before the next', async () => {
    const { run } = createFederation(
      {
        a: 'type Query { q: Int } type Mutation { one: P three: P } type P @key(fields: "id") { id: ID! }',
        b: 'type Mutation { two: Int } type P @key(fields: "id") { id: ID! n: Int }',
      },
      { roots: { one: { __typename: 'P', id: '1' }, three: { __typename: 'P', id: '1' }, two: 2 }, entities: { P: [{ id: '1', n: 7 }] } },
    );
    const { data, requests } = await run('mutation { one { n } two three { n } }');
    expect(data).toEqual({ one: { n: 7 }, two: 2, three: { n: 7 } });
    expect(requests.map(({ query }) => /one|two|three|_entities/.exec(query)?.[0])).toEqual([
      'one',
      '_entities',
      'two',
      'three',
      '_entities',
    ]);
  });
});

describe('introspection', () => {
  it('stands beside fetched data', async () => {
    const { data } = await people.run(
      '{ a: __type(name: "User") { name } me { name } none: __type(name: "Nope") { name } __schema { queryType { name } } }',
    );
    expect(data).toEqual({ a: { name: 'User' }, me: { name: 'Ada' }, none: null, __schema: { queryType: { name: 'Query' } } });
  });
});
