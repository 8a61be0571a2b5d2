import { describe, expect, it } from 'vitest';
import type { CanonicalOperation } from '../operation/model.ts';
import { createOperationReader } from '../operation/reader.ts';
import { composeSubgraphs } from '../supergraph/compose.ts';
import type { Supergraph } from '../supergraph/model.ts';
import { printProblem } from '../supergraph/problem.ts';
import type { BatchFetchNode, FetchNode, FlattenPath, PlanNode, QueryPlan, RequiredSelection } from './nodes.ts';
import { createPlanner } from './planner.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external",
  "@requires", "@provides", "@interfaceObject", "@inaccessible", "@override"])\n`;
const LIMITS = { maxTokens: 15_000, approximateDepthLimit: 200, totalFieldsLimit: 3_500, operationNameLengthLimit: 512 };

function compose(sdls: Readonly<Record<string, string>>): Supergraph {
  const composed = composeSubgraphs(
    Object.entries(sdls).map(([name, sdl]) => ({ name, url: `http://${name}.test/graphql`, sdl: LINK + sdl })),
  );
  if (!composed.ok) throw new Error(composed.error.map(printProblem).join('\n'));
  return composed.value;
}

function unwrap<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

function canonical(supergraph: Supergraph, query: string, variables: Record<string, unknown> = {}): CanonicalOperation {
  const document = unwrap(createOperationReader({ supergraph, limits: LIMITS, introspection: true, cacheSize: 1 }).read(query, null));
  return document.canonical(unwrap(document.coerce(variables)));
}

function plan(supergraph: Supergraph, query: string, variables?: Record<string, unknown>): QueryPlan {
  return unwrap(unwrap(createPlanner(supergraph)).plan(canonical(supergraph, query, variables)));
}

const printPath = (path: FlattenPath): string =>
  path
    .map((segment) => (segment.kind === 'field' ? segment.key : segment.kind === 'list' ? '@' : `[${segment.types.join('|')}]`))
    .join('.');

/** Every request of a plan, in order, with the paths of entity fetches. */
function requests(node: PlanNode | null, path = ''): readonly { readonly path: string; readonly node: FetchNode | BatchFetchNode }[] {
  switch (node?.kind) {
    case 'fetch':
      return [{ path, node }];
    case 'batchFetch':
      return [{ path: node.entities.flatMap((entity) => entity.paths.map(printPath)).join(' '), node }];
    case 'sequence':
    case 'parallel':
      return node.nodes.flatMap((child) => requests(child, path));
    case 'flatten':
      return requests(node.node, printPath(node.path));
    case undefined:
      return [];
    default:
      throw new Error(`unexpected ${node?.kind}`);
  }
}

/** `subgraph@path operation`, one line for each request. */
const printed = (supergraph: Supergraph, query: string): readonly string[] =>
  requests(plan(supergraph, query).root).map(({ path, node }) => `${node.subgraph}@${path} ${node.operation}`);

const printRequired = (selections: readonly RequiredSelection[]): string =>
  selections
    .map((selection) => {
      if (selection.kind === 'fragment') return `...on ${selection.typeCondition}{${printRequired(selection.selections)}}`;
      const name = selection.key === selection.name ? selection.name : `${selection.key}<${selection.name}`;
      return selection.selections === null ? name : `${name}{${printRequired(selection.selections)}}`;
    })
    .join(' ');

const ENTITIES = 'query($representations:[_Any!]!){_entities(representations: $representations)';

describe('plans', () => {
  const graph = compose({
    'My-Users.v1': `type Query { me: User users: [User!]! search(first: Int, by: Filter): [User!]! } input Filter { name: String }
      type User @key(fields: "email") @key(fields: "id") { id: ID! email: String friends: [User!]! address: Address } type Address { zip: String @shareable }`,
    details: `type User @key(fields: "email") { email: String nickname: String address: Address @external
      label(upper: Boolean): String @requires(fields: "price(currency: \\"USD\\") address { zip }") price(currency: String): Float @external } type Address { zip: String @shareable }`,
    shop: 'type User @key(fields: "id") { id: ID! price(currency: String): Float } type Mutation { buy: User sell: Int }',
  });

  it('name subgraphs as the user did', () => {
    expect(requests(plan(graph, '{ me { id } }').root).map(({ node }) => node.subgraph)).toEqual(['My-Users.v1']);
  });

  it('say which variables a request needs, also inside of literals', () => {
    const query = 'query ($n: Int = 3, $s: String) { search(first: $n, by: { name: $s }) { id nickname } }';
    expect(requests(plan(graph, query).root)).toMatchObject([
      {
        node: {
          operation: 'query($n:Int=3, $s:String){search(by: {name: $s}, first: $n){__typename id email}}',
          variables: ['n', 's'],
          operationName: null,
        },
      },
      { path: 'search.@', node: { variables: [] } },
    ]);
  });

  it('fetch entities of several places in one request', () => {
    const [, batch] = requests(plan(graph, '{ users { nickname friends { friends { nickname } } } }').root);
    expect(batch).toMatchObject({
      path: 'users.@.friends.@.friends.@ users.@',
      node: { kind: 'batchFetch', subgraph: 'details', entities: [{ alias: '_e0', representationsVariable: '__batch_reps_0' }] },
    });
  });

  it('keep what a client asks for apart from what a fetch requires', () => {
    expect(printed(graph, '{ me { label price(currency: "EUR") p: price(currency: "USD") } }').slice(1)).toEqual([
      `shop@me ${ENTITIES}{...on User{price(currency: "USD") _c_price: price(currency: "EUR") p: price(currency: "USD")}}}`,
      `details@me ${ENTITIES}{...on User{label}}}`,
    ]);
  });

  it('require under the name of the subgraph what stands in the data under another', () => {
    const other = compose({
      a: 'type Query { u: U } type U @key(fields: "id") { id: ID! price(c: String): Int }',
      b: 'type U @key(fields: "id") { id: ID! price(c: String): Int @external eur: Int @requires(fields: "price(c: \\"EUR\\")") }',
      c: 'type U @key(fields: "id") { id: ID! price(c: String): Int @external usd: Int @requires(fields: "price(c: \\"USD\\")") }',
    });
    const fetches = requests(plan(other, '{ u { eur usd } }').root).map(({ node }) => node);
    expect(fetches[0]?.operation).toBe('{u{__typename id price(c: "EUR") _internal_qp_alias_0: price(c: "USD")}}');
    expect(fetches.slice(1).map((node) => node.kind === 'fetch' && printRequired(node.requires ?? []))).toEqual([
      '...on U{__typename price<_internal_qp_alias_0 id}',
      '...on U{__typename price id}',
    ]);
  });

  it('keep required fields apart on several types at once', () => {
    const types = compose({
      a: 'type Query { search: [Found!]! } union Found = A | B type A @key(fields: "id") { id: ID! } type B @key(fields: "id") { id: ID! }',
      b: 'type A @key(fields: "id") { id: ID! price(c: String): Int } type B @key(fields: "id") { id: ID! budget(c: String): Int }',
      c: `type A @key(fields: "id") { id: ID! price(c: String): Int @external x: Int @requires(fields: "price(c: \\"USD\\")") }
        type B @key(fields: "id") { id: ID! budget(c: String): Int @external y: Int @requires(fields: "budget(c: \\"EUR\\")") }`,
    });
    expect(printed(types, '{ search { ... on A { x price } ... on B { y } } }')[1]).toBe(
      `b@search.@ ${ENTITIES}{...on A{price(c: "USD") _c_price: price} ...on B{budget(c: "EUR")}}}`,
    );
  });

  it('run the fields of a mutation in one request and in order', () => {
    expect(printed(graph, 'mutation { buy { email } sell again: buy { id } }')).toEqual([
      'shop@ mutation{buy{__typename id} sell again: buy{id}}',
      `My-Users.v1@buy ${ENTITIES}{...on User{email}}}`,
    ]);
  });

  it('reach as deep as operations may go', () => {
    expect(printed(graph, `{ me ${'{ friends '.repeat(150)}{ id }${' }'.repeat(150)} }`)).toHaveLength(1);
  });
});

describe('failures', () => {
  const graph = compose({ a: 'type Query { a(x: [Int]): Int }' });
  const planner = unwrap(createPlanner(graph));
  const operation = (text: string): CanonicalOperation => ({ ...canonical(graph, '{ a }'), text });

  it('are values, in this process and in others', async () => {
    for (const planned of [planner.plan(operation('{ nope }')), await planner.planAsync(operation('{ nope }'))]) {
      expect(planned).toMatchObject({
        ok: false,
        error: { kind: 'unsatisfiable', message: expect.stringContaining("Field 'nope' not found in type 'Query'") },
      });
    }
    expect(planner.plan(operation('{')).ok).toBe(false);
    expect(planner.plan(operation(`{a(x:${'['.repeat(100)}1${']'.repeat(100)})}`)).ok).toBe(false);
  });

  it('can be deadly where interfaces are entities', () => {
    const entities = 'interface Node @key(fields: "id") { id: ID! } type A implements Node @key(fields: "id") { id: ID! }';
    expect(unwrap(createPlanner(compose({ a: `type Query { node: Node } ${entities}` }))).isFragile).toBe(true);
    expect(
      unwrap(createPlanner(compose({ a: `type Query { node: Node } ${entities.replace(' @key(fields: "id")', '')}` }))).isFragile,
    ).toBe(false);
  });

  it('of the supergraph are told at start', () => {
    const broken = createPlanner({ ...graph, sdl: 'type Query {' });
    expect(!broken.ok && broken.error).toContain('Failed to parse supergraph SDL');
  });
});

describe('known faults of the planner (planning.md)', () => {
  const users = compose({
    accounts: 'type Query { user: User } type User @key(fields: "email") { id: ID email: String }',
    nicknames: 'type User @key(fields: "email") { email: String nickname: String }',
  });

  it('A: an alias cannot take the place of a key', () => {
    expect(printed(users, '{ user { email: id nickname } }')[0]).toBe('accounts@ {user{__typename _c_email: id email}}');
  });

  it('B: an alias cannot take the place of a name that the planner makes up', () => {
    expect(printed(users, '{ user { __typename: id _internal_qp_alias_0: id } }')).toEqual([
      'accounts@ {user{_c___typename: id _c__internal_qp_alias_0: id}}',
    ]);
  });

  it('C: one field under several conditions is one field', () => {
    const query = 'query ($a: Boolean!, $b: Boolean!) { user { nickname @include(if: $a) ... @skip(if: $b) { nickname } } }';
    const [, second] = requests(plan(users, query, { a: true, b: false }).root);
    expect(second?.node.operation).toBe(`${ENTITIES}{...on User{nickname}}}`);
  });

  it('D: a list that is selected twice is planned once', () => {
    const graph = compose({ a: 'type Query { b: B } type B { a: [A] } type A { id: ID name: String }' });
    expect(printed(graph, '{ b { a { id } a { name } } }')).toEqual(['a@ {b{a{id name}}}']);
  });

  it('E: a @provides that meets its own type again is not believed', () => {
    const graph = (provides: string): Supergraph =>
      compose({
        a: `type Query { top: Category @provides(fields: "${provides}") } type Category @key(fields: "id") { id: ID! name: String @external parent: Category }`,
        b: 'type Category @key(fields: "id") { id: ID! name: String }',
      });
    const query = '{ top { name parent { name } } }';
    expect(printed(graph('parent { name }'), query)).toEqual([
      'a@ {top{__typename id parent{__typename id}}}',
      'b@top.parent top query($__batch_reps_0:[_Any!]!){_e0: _entities(representations: $__batch_reps_0){...on Category{name}}}',
    ]);
    // One that does not is.
    expect(printed(graph('name'), query)).toEqual([
      'a@ {top{name parent{__typename id}}}',
      `b@top.parent ${ENTITIES}{...on Category{name}}}`,
    ]);
  });

  it('E: it is believed by operations that select nothing that is provided elsewhere', () => {
    const graph = compose({
      a: `type Query { top: Category @provides(fields: "parent { name }") } type Category @key(fields: "id") { id: ID! name: String @external parent: Category }`,
      b: 'type Category @key(fields: "id") { id: ID! name: String }',
    });
    expect(printed(graph, '{ top { parent { name } } }')).toEqual(['a@ {top{parent{name}}}']);
    expect(printed(graph, '{ top { parent { ...on Category { name } } } }')).toEqual(['a@ {top{parent{name}}}']);
    expect(printed(graph, '{ top { parent { parent { parent { name } } } } }')).toHaveLength(2);
  });

  it('E: the planner for those that do select it is made when the first of them comes', () => {
    const graph = compose({
      a: `type Query { top: Category @provides(fields: "parent { name }") } type Category @key(fields: "id") { id: ID! name: String @external parent: Category }`,
      b: 'type Category @key(fields: "id") { id: ID! name: String }',
    });
    let made = 0;
    // Every planner reads the names of the subgraphs once, when it is made.
    const counting: Supergraph = Object.defineProperty({ ...graph }, 'subgraphs', { get: () => (made++, graph.subgraphs) });
    const planner = unwrap(createPlanner(counting));
    const madeBy = (query: string): number => {
      unwrap(planner.plan(canonical(graph, query)));
      return made;
    };
    expect([made, madeBy('{ top { parent { name } } }'), madeBy('{ top { name } }'), madeBy('{ top { name } }')]).toEqual([1, 1, 2, 2]);
  });

  it('E: what is provided beside is not believed either', () => {
    const graph = compose({
      a: `type Query { pair: Pair @provides(fields: "left { x } right { y }") } type Pair { left: Half right: Half }
        type Half @key(fields: "id") { id: ID! x: Int @external y: Int @external }`,
      b: 'type Half @key(fields: "id") { id: ID! x: Int y: Int }',
    });
    expect(printed(graph, '{ pair { left { x } right { y } } }')).toEqual(['a@ {pair{left{x} right{y}}}']);
    expect(printed(graph, '{ pair { left { y } } }')).toEqual([
      'a@ {pair{left{__typename id}}}',
      `b@pair.left ${ENTITIES}{...on Half{y}}}`,
    ]);
  });

  it('E: an interface and its types are told apart', () => {
    const graph = compose({
      a: `type Query { pet: Animal @provides(fields: "friend { ... on Cat { name } }") } interface Animal { id: ID! friend: Animal }
        type Dog implements Animal @key(fields: "id") { id: ID! friend: Animal } type Cat implements Animal @key(fields: "id") { id: ID! friend: Animal name: String @external }`,
      b: 'type Cat @key(fields: "id") { id: ID! name: String }',
    });
    expect(printed(graph, '{ pet { friend { ... on Cat { name } } } }')).toHaveLength(1);
    expect(printed(graph, '{ pet { ... on Cat { name } } }')).toHaveLength(2);
  });

  it('F: fields behind an interface object are fetched for every type; what a type did not ask for is left out by projection', () => {
    const graph = compose({
      nodes:
        'type Query { node: Node } interface Node @key(fields: "id") { id: ID! } type A implements Node @key(fields: "id") { id: ID! } type B implements Node @key(fields: "id") { id: ID! }',
      ranks: 'type Node @key(fields: "id") @interfaceObject { id: ID! rank: Int size: Int }',
    });
    const fetch = requests(plan(graph, '{ node { ... on A { rank } ... on B { rank size } } }').root).at(-1)?.node;
    expect(fetch?.kind === 'fetch' && [fetch.operation, printRequired(fetch.requires ?? []), fetch.inputRewrites]).toEqual([
      `${ENTITIES}{...on Node{rank size}}}`,
      '...on A{__typename id} ...on B{__typename id}',
      [
        {
          kind: 'setValue',
          path: [
            { kind: 'type', types: ['Node'] },
            { kind: 'key', key: '__typename' },
          ],
          value: 'Node',
        },
      ],
    ]);
  });

  it('G: fields that only the subgraph sees conflict get names of their own at any depth', () => {
    const graph = compose({
      a: `type Query { search: [Found!]! } union Found = A | B type A @key(fields: "id") { id: ID! sub: SubA } type B @key(fields: "id") { id: ID! sub: SubB }
        type SubA { code: ID! @shareable } type SubB { code: ID @shareable }`,
      b: 'type A @key(fields: "id") { id: ID! x: Int } type B @key(fields: "id") { id: ID! y: Int } type SubA { code: ID @shareable }',
    });
    const [fetch] = requests(plan(graph, '{ search { ... on A { sub { code } x } ... on B { sub { code } } } }').root);
    expect(fetch?.node).toMatchObject({
      operation: 'query{search{__typename ...on A{__typename id sub{code}} ...on B{sub{_internal_alias_0:code}}}}',
      outputRewrites: [
        {
          kind: 'renameKey',
          path: [{ key: 'search' }, { key: 'sub' }, { key: '_internal_alias_0' }].map((step) => ({ kind: 'key', ...step })),
          key: 'code',
        },
      ],
    });
  });

  it('one response key for different fields of an interface object does not end the process', () => {
    const graph = compose({
      nodes:
        'type Query { node: Node } interface Node @key(fields: "id") { id: ID! } type A implements Node @key(fields: "id") { id: ID! } type B implements Node @key(fields: "id") { id: ID! }',
      shop: 'type Node @key(fields: "id") @interfaceObject { id: ID! price(currency: String): Float }',
    });
    expect(printed(graph, '{ node { ... on A { price(currency: "EUR") } ... on B { price(currency: "USD") } } }').at(-1)).toBe(
      `shop@node ${ENTITIES}{...on Node{_c_1_price: price(currency: "USD") price(currency: "EUR")}}}`,
    );
  });
});

describe('operations that the planner cannot plan on the supergraph itself', () => {
  const graph = compose({
    accounts: 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String }',
    reviews: `type User @key(fields: "id") { id: ID! name: String @external reviews: [Review] greeting: Greeting @requires(fields: "name") }
      type Review { author: User body: String } type Greeting { text(style: Style, by: By): String kind: Kind } input By { style: Style } enum Style { SHORT LONG } enum Kind { A B }`,
  });

  it('are planned as if fields with @requires stood apart, and sent where these are', () => {
    const query = '{ me { reviews { body author { greeting { text(style: LONG, by: { style: SHORT }) kind } reviews { body } } } } }';
    expect(printed(graph, query)).toEqual([
      'accounts@ {me{__typename id}}',
      `reviews@me ${ENTITIES}{...on User{reviews{body author{__typename id reviews{body}}}}}}`,
      `accounts@me.reviews.@.author ${ENTITIES}{...on User{name}}}`,
      `reviews@me.reviews.@.author ${ENTITIES}{...on User{greeting{text(by: {style: SHORT}, style: LONG) kind}}}}`,
    ]);
  });

  it('are planned so in other processes, too', async () => {
    const planner = unwrap(createPlanner(graph));
    const operation = canonical(graph, '{ me { reviews { author { greeting { kind } } } } }');
    expect(await planner.planAsync(operation)).toEqual(planner.plan(operation));
    expect(planner.plan(operation).ok).toBe(true);
  });
});

// A failed assertion of the planner package ends the process of these tests.
describe('a legal graph that the planner package could not read as it is written', () => {
  const shapes = `interface Shape { area: Int! } interface Solid implements Shape { area: Int! volume: Int! }
    type Cube implements Shape & Solid @shareable { area: Int! volume: Int! } type Disc implements Shape @shareable { area: Int! }`;

  it.each([
    'shape { # the shape\\n ... on Solid { volume } }',
    '{ shape { ... on Solid { volume } } }',
  ])('is planned, with @requires %s', (fields) => {
    const graph = compose({
      a: `${shapes} type Query { thing: Thing } type Thing @key(fields: "{ id }") { id: ID! shape: Shape }`,
      b: `${shapes} type Thing @key(fields: "id # all\\n") { id: ID! shape: Shape @external weight: Int @requires(fields: "${fields}") }`,
    });
    expect(printed(graph, '{ thing { weight } }')).toEqual([
      'a@ {thing{__typename id shape{__typename ...on Cube{volume}}}}',
      `b@thing ${ENTITIES}{...on Thing{weight}}}`,
    ]);
  });

  it.each([
    ['union Pet = Cat | Dog', ''],
    ['interface Pet { id: ID! }', 'implements Pet'],
  ])('is planned, with @provides on a type that is %s elsewhere', (pet, implementing) => {
    const graph = compose({
      a: 'type Query { pet: Cat @provides(fields: "name") @shareable } type Cat @key(fields: "id") { id: ID! name: String @external }',
      b: `${pet} type Cat ${implementing} @key(fields: "id") { id: ID! name: String } type Dog ${implementing} { id: ID! } type Query { pet: Pet @shareable }`,
    });
    expect(printed(graph, '{ pet { ... on Cat { name } } }')).toEqual(['b@ {pet{__typename ...on Cat{name}}}']);
  });
});

describe('composition directives', () => {
  it.each([
    [
      '@override moves a field',
      {
        a: 'type Query { u: U } type U @key(fields: "id") { id: ID! f: Int }',
        b: 'type U @key(fields: "id") { id: ID! f: Int @override(from: "a") }',
      },
      ['a@ {u{__typename id}}', `b@u ${ENTITIES}{...on U{f}}}`],
    ],
    [
      '@provides saves a fetch',
      {
        a: 'type Query { u: U @provides(fields: "f") } type U @key(fields: "id") { id: ID! f: Int @external }',
        b: 'type U @key(fields: "id") { id: ID! f: Int }',
      },
      ['a@ {u{f}}'],
    ],
    [
      'compound and nested keys',
      {
        a: 'type Query { u: U } type U @key(fields: "org { id } sku") { org: Org sku: ID } type Org { id: ID @shareable }',
        b: 'type U @key(fields: "org { id } sku") { org: Org sku: ID f: Int } type Org { id: ID @shareable }',
      },
      ['a@ {u{__typename sku org{id}}}', `b@u ${ENTITIES}{...on U{f}}}`],
    ],
  ])('%s', (_name, sdls, expected) => {
    expect(printed(compose(sdls), '{ u { f } }')).toEqual(expected);
  });
});
