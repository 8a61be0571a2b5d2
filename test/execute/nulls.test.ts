/** Nulls, and what explains them (error layer, section 6). */
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../../src/errors/explanations.ts';
import { createFederation, reply } from './federation.ts';

const SHOP = {
  orders:
    'type Query { orders: [Order!]! list: [Item] strict: [Item!] maybe: Order } type Order @key(fields: "id") { id: ID! user: User! } type User @key(fields: "id") { id: ID! } type Item @key(fields: "id") { id: ID! price: Int grade: Grade tags: [String!] } enum Grade { GOOD BAD @inaccessible }',
  users: 'type User @key(fields: "id") { id: ID! email: String! nick: String }',
  stock: 'type Item @key(fields: "id") { id: ID! price: Int @external stock: Int! ship: Int @requires(fields: "price") }',
};
const { run } = createFederation(SHOP, {
  roots: {
    orders: [{ __typename: 'Order', id: '1', user: { __typename: 'User', id: 'u' } }],
    maybe: null,
    list: [
      { __typename: 'Item', id: '1' },
      { __typename: 'Item', id: '2' },
    ],
    strict: [
      { __typename: 'Item', id: '1' },
      { __typename: 'Item', id: '2' },
    ],
  },
  entities: {
    User: [{ id: 'u', email: 'u@x', nick: null }],
    Item: [
      { id: '1', price: 10, stock: 1, ship: 5, tags: [] },
      { id: '2', price: 20, stock: 2, ship: 6, tags: ['a'] },
    ],
  },
});

const only = (subgraph: string, body: object) => (asked: string) => (asked === subgraph ? body : undefined);
const down = (subgraph: string) => only(subgraph, reply({}, 500));

describe('a null', () => {
  it('in a nullable place is no error', async () => {
    const { data, outcome } = await run('{ maybe { user { email } } orders { user { nick } } }');
    expect(data).toEqual({ maybe: null, orders: [{ user: { nick: null } }] });
    expect(outcome.errors).toEqual([]);
  });

  it('that must not be bubbles to the nearest nullable parent, with one error at its own path', async () => {
    const { data, outcome } = await run('{ orders { user { email } } }', { intercept: only('users', { data: { _entities: [null] } }) });
    expect(data).toBeNull();
    expect(outcome.errors).toMatchObject([{ kind: 'value', problem: { kind: 'null' }, path: ['orders', 0, 'user', 'email'] }]);
  });

  it('is explained by the error that the subgraph sent for it, and by nothing more', async () => {
    const body = { data: { _entities: [null] }, errors: [{ message: 'gone', path: ['_entities', 0, 'email'] }] };
    const { data, outcome } = await run('{ orders { user { email } } }', { intercept: only('users', body) });
    expect(data).toBeNull();
    expect(outcome.errors.map(pathsOf)).toEqual([[['orders', 0, 'user', 'email']]]);
  });

  it('in a list empties that item only, or the list if items must not be null', async () => {
    const body = { data: { _entities: [{ stock: 1 }, { stock: null }] } };
    const { data } = await run('{ list { stock } strict { stock } }', {
      intercept: (subgraph, query) => (subgraph === 'stock' ? twice(body, query) : undefined),
    });
    expect(data).toEqual({ list: [{ stock: 1 }, null], strict: null });
  });
});

/** The planner may ask for both lists in one request, under aliases. */
function twice(body: { readonly data: { readonly _entities: unknown } }, query: string): object {
  const aliases = [...query.matchAll(/(\w+): _entities/g)].map((match) => match[1]);
  return aliases.length === 0 ? body : { data: Object.fromEntries(aliases.map((alias) => [alias, body.data._entities])) };
}

describe('values', () => {
  const item = (value: object) => ({ intercept: only('orders', { data: { list: [{ __typename: 'Item', id: '1', ...value }] } }) });

  it.each([
    ['price', 'cheap', 'scalar'],
    ['price', 1.5, 'scalar'],
    ['price', 3_000_000_000, 'scalar'],
    ['grade', 'UGLY', 'enum'],
    ['grade', 7, 'enum'],
    ['grade', 'BAD', 'inaccessible_enum'],
    ['tags', 'a', 'not_list'],
    ['id', true, 'scalar'],
  ])('of %s cannot be %j', async (field, value, kind) => {
    const { data, outcome } = await run(`{ list { ${field} } }`, item({ [field]: value }));
    expect(data).toEqual({ list: [field === 'id' ? null : { [field]: null }] });
    expect(outcome.errors).toMatchObject([{ kind: 'value', problem: { kind }, path: ['list', 0, field], subgraph: 'orders' }]);
  });

  it('of a list are completed one by one', async () => {
    const { data, outcome } = await run('{ list { tags } }', item({ tags: ['a', null] }));
    expect(data).toEqual({ list: [{ tags: null }] });
    expect(outcome.errors).toMatchObject([{ problem: { kind: 'null' }, path: ['list', 0, 'tags', 1] }]);
  });

  it('keep numbers and strings as they were sent', async () => {
    const exact = createFederation({ a: 'scalar Big type Query { f: Float i: ID b: Big s: String }' }, { roots: {} });
    const body = '{"data":{"f":1e400,"i":12345678901234567890,"b":{"x":[1.00000000000000000001]},"s":"\\ud800\\u0001é"}}';
    const { outcome } = await exact.run('{ f i b s }', { intercept: () => ({ ...reply({}), body }) });
    expect(outcome.data).toBe('{"f":1e400,"i":12345678901234567890,"b":{"x":[1.00000000000000000001]},"s":"\ufffd\\u0001é"}');
  });
});

describe('a missing input', () => {
  it('leaves the entity out and says so, at the field that waits for it', async () => {
    const prices = {
      data: {
        list: [
          { __typename: 'Item', id: '1' },
          { __typename: 'Item', id: '2', price: 20 },
        ],
      },
    };
    const { data, outcome, requests } = await run('{ list { ship } }', { intercept: only('orders', prices) });
    expect(data).toEqual({ list: [{ ship: null }, { ship: 6 }] });
    expect(outcome.errors).toMatchObject([{ kind: 'dependency', path: ['list', 0, 'ship'], site: { subgraph: 'stock' } }]);
    expect(requests[1]?.variables.representations).toEqual([{ __typename: 'Item', price: 20, id: '2' }]);
    expect(outcome.complete).toBe(false);
  });

  it('is no secret when a subgraph named a type that its place cannot hold', async () => {
    const items = {
      data: {
        list: [
          { __typename: 'Nonsense', id: '1', price: 1 },
          { __typename: 'Item', id: '2', price: 20 },
        ],
      },
    };
    const { data, outcome } = await run('{ list { ship } }', { intercept: only('orders', items) });
    expect(data).toEqual({ list: [null, { ship: 6 }] });
    expect(outcome.errors).toMatchObject([{ kind: 'value', problem: { kind: 'typename', value: 'Nonsense' }, path: ['list', 0] }]);
    expect(outcome.complete).toBe(false);
  });

  it('needs no second error when one stands at the input', async () => {
    const prices = {
      data: {
        list: [
          { __typename: 'Item', id: '1', price: null },
          { __typename: 'Item', id: '2', price: 20 },
        ],
      },
      errors: [{ message: 'price boom', path: ['list', 0, 'price'] }],
    };
    const { data, outcome, requests } = await run('{ list { ship } }', { intercept: only('orders', prices) });
    expect(data).toEqual({ list: [{ ship: null }, { ship: 6 }] });
    expect(outcome.errors.map(pathsOf)).toEqual([[['list', 0]]]);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.variables.representations).toHaveLength(1);
  });

  it('is sent as null when it may be null and nobody complains', async () => {
    const prices = { data: { list: [{ __typename: 'Item', id: '1', price: null }] } };
    const { requests } = await run('{ list { ship } }', { intercept: only('orders', prices) });
    expect(requests[1]?.variables.representations).toEqual([{ __typename: 'Item', price: null, id: '1' }]);
  });

  it('of an entity that a subgraph knows nothing of needs no error', async () => {
    const chain = createFederation(
      {
        a: 'type Query { p: P } type P @key(fields: "upc") { upc: ID! }',
        b: 'type P @key(fields: "upc") @key(fields: "id") { upc: ID! id: ID! }',
        c: 'type P @key(fields: "id") { id: ID! n: Int }',
      },
      { roots: { p: { __typename: 'P', upc: 'u' } } },
    );
    const { data, outcome } = await chain.run('{ p { n } }', { intercept: only('b', { data: { _entities: [null] } }) });
    expect(data).toEqual({ p: { n: null } });
    expect(outcome.errors).toEqual([]);
  });

  describe('that one of two subgraphs was to bring', () => {
    const parts = createFederation(
      {
        a: 'type Query { p: P } type P @key(fields: "id") { id: ID! }',
        known: 'type P @key(fields: "id") { id: ID! x: Int }',
        unknown: 'type P @key(fields: "id") { id: ID! y: Int }',
        c: 'type P @key(fields: "id") { id: ID! x: Int @external y: Int @external byX: Int @requires(fields: "x") byY: Int @requires(fields: "y") }',
      },
      { roots: { p: { __typename: 'P', id: '1' } } },
    );
    const answers: Readonly<Record<string, object>> = {
      known: { data: { _entities: [{ __typename: 'P' }] } },
      unknown: { data: { _entities: [null] } },
    };
    const ask = (query: string) => parts.run(query, { intercept: (subgraph) => answers[subgraph] });

    it('is an error when it knows the entity, whatever the other one answered', async () => {
      const { data, outcome } = await ask('{ p { y byX } }');
      expect(data).toEqual({ p: { y: null, byX: null } });
      expect(outcome.errors).toMatchObject([{ kind: 'dependency', path: ['p', 'byX'], site: { subgraph: 'c' } }]);
    });

    it('is none when it does not know the entity', async () => {
      const { data, outcome } = await ask('{ p { x byY } }');
      expect(data).toEqual({ p: { x: null, byY: null } });
      expect(outcome.errors).toEqual([]);
    });
  });

  it('of a fetch that was left out because a subgraph knows nothing of the entity needs no error', async () => {
    const chain = createFederation(
      {
        a: 'type Query { p: P } type P @key(fields: "upc") { upc: ID! }',
        b: 'type P @key(fields: "upc") @key(fields: "id") { upc: ID! id: ID! }',
        c: 'type P @key(fields: "id") { id: ID! m: Int }',
        d: 'type P @key(fields: "upc") { upc: ID! m: Int @external n: Int @requires(fields: "m") }',
      },
      { roots: { p: { __typename: 'P', upc: 'u' } } },
    );
    const { data, outcome, requests } = await chain.run('{ p { n } }', { intercept: only('b', { data: { _entities: [null] } }) });
    expect(requests.map(({ subgraph }) => subgraph)).toEqual(['a', 'b']);
    expect(data).toEqual({ p: { n: null } });
    expect(outcome.errors).toEqual([]);
  });

  it('that is a null key needs no error', async () => {
    const keys = createFederation(
      { a: 'type Query { ps: [P] } type P @key(fields: "id") { id: ID }', b: 'type P @key(fields: "id") { id: ID n: Int }' },
      {
        roots: {
          ps: [
            { __typename: 'P', id: null },
            { __typename: 'P', id: '2' },
          ],
        },
        entities: { P: [{ id: '2', n: 2 }] },
      },
    );
    const { data, outcome } = await keys.run('{ ps { n } }');
    expect(data).toEqual({ ps: [{ n: null }, { n: 2 }] });
    expect(outcome.errors).toEqual([]);
  });
});

describe('a failed fetch', () => {
  it('leaves everything else as it is', async () => {
    const { data, outcome } = await run('{ list { id ship } orders { user { nick } } }', { intercept: down('stock') });
    expect(data).toEqual({
      list: [
        { id: '1', ship: null },
        { id: '2', ship: null },
      ],
      orders: [{ user: { nick: null } }],
    });
    expect(outcome.errors).toMatchObject([{ kind: 'failure', failure: { kind: 'http_status' }, path: ['list'] }]);
    expect(outcome).toMatchObject({ delivered: true, complete: false });
  });

  it('of everything delivers nothing', async () => {
    const { data, outcome } = await run('{ maybe { id } }', { intercept: down('orders') });
    expect(data).toEqual({ maybe: null });
    expect(outcome).toMatchObject({ delivered: false, complete: false, errors: [{ kind: 'failure', path: ['maybe'] }] });
  });
});

describe('the completeness of an answer', () => {
  const answered = (body: object) => run('{ orders { user { email } } }', { intercept: only('users', body) });
  const complained = { errors: [{ message: 'slow today' }] };

  it('is false when an error at an entity as a whole took data', async () => {
    const { outcome } = await run('{ list { stock: ship } }', { intercept: only('stock', complained) });
    expect(outcome.complete).toBe(false);
  });

  it('is true when everything came in spite of an error', async () => {
    const { outcome } = await answered({ data: { _entities: [{ email: 'u@x' }] }, ...complained });
    expect(outcome).toMatchObject({ complete: true, errors: [{ kind: 'graphql' }] });
  });

  const chained = createFederation(
    {
      a: 'type Query { c: P } type P @key(fields: "id") { id: ID! }',
      b: 'type P @key(fields: "id") { id: ID! x: Int }',
      d: 'type P @key(fields: "id") { id: ID! x: Int @external w: Int @requires(fields: "x") }',
    },
    { roots: { c: { __typename: 'P', id: '1' } }, entities: { P: [{ id: '1', x: 1, w: 2 }] } },
  );
  it.each([
    ['with an error of its own', [{ x: null }], [{ message: 'no x', path: ['_entities', 0, 'x'] }]],
    ['with an error of its entity', [null], [{ message: 'gone', path: ['_entities', 0] }]],
  ])('is false when a fetch was not sent for want of an input that nobody selected, %s', async (_, entities, errors) => {
    const { data, outcome } = await chained.run('{ c { w } }', { intercept: only('b', { data: { _entities: entities }, errors }) });
    expect(data).toEqual({ c: { w: null } });
    expect(outcome).toMatchObject({ complete: false, errors: [{ kind: 'graphql' }] });
  });

  it('is found out in one walk over the entities, however many errors name no place', async () => {
    const entities = Array.from({ length: 5_000 }, (_, i) => ({ __typename: 'Item', id: String(i), price: 1 }));
    const shipped = entities.map(() => ({ __typename: 'Item', ship: 1 }));
    const errors = Array.from({ length: 100_000 }, () => ({ message: 'x' }));
    const { outcome } = await run('{ list { ship } }', {
      intercept: (subgraph) => (subgraph === 'orders' ? { data: { list: entities } } : { data: { _entities: shipped }, errors }),
    });
    expect(outcome.errors).toHaveLength(100_000);
    expect(outcome.complete).toBe(true);
  });
});

describe('a reply whose errors all speak of one entity', () => {
  const PLACES = 10_000;
  const ERRORS = 50_000;

  it.each([
    ['of one field', () => ['_entities', 0, 'ship']],
    ['of ever other fields', (i: number) => ['_entities', 0, `k${i}`]],
    ['of ever other members within a field', (i: number) => ['_entities', 0, 'ship', `k${i}`]],
  ])('holds nobody up, however many places the entity has: %s', async (_, pathOf) => {
    const entities = Array.from({ length: PLACES }, () => ({ __typename: 'Item', id: '1', price: 1 }));
    const errors = Array.from({ length: ERRORS }, (_entry, i) => ({ message: 'x', path: pathOf(i) }));
    const { outcome } = await run('{ list { ship } }', {
      intercept: (subgraph) => (subgraph === 'orders' ? { data: { list: entities } } : { data: { _entities: [null] }, errors }),
    });
    expect(outcome.errors).toHaveLength(ERRORS);
    expect(outcome.complete).toBe(false);
  });

  it('marks the entity at all of its places, also where that is more than are counted', async () => {
    const places = Array.from({ length: 10_001 }, () => ({ __typename: 'P', id: '1' }));
    const errors = Array.from({ length: 200 }, (_, i) => ({ message: 'x', path: ['_entities', 0, 'x', `k${i}`] }));
    const asked: string[] = [];
    const listed = createFederation(
      {
        a: 'type Query { cs: [P] } type P @key(fields: "id") { id: ID! }',
        b: 'type P @key(fields: "id") { id: ID! x: Int }',
        d: 'type P @key(fields: "id") { id: ID! x: Int @external w: Int @requires(fields: "x") }',
      },
      { roots: {} },
    );
    const { outcome } = await listed.run('{ cs { w } }', {
      intercept: (subgraph) => {
        asked.push(subgraph);
        return subgraph === 'a' ? { data: { cs: places } } : { data: { _entities: [{ x: null }] }, errors };
      },
    });
    expect(asked).toEqual(['a', 'b']);
    expect(outcome.errors).toHaveLength(200);
  });
});

describe('merging', () => {
  const shared = createFederation(
    {
      a: 'type Query { p: P } type P @key(fields: "id") { id: ID! s: String @shareable o: O @shareable l: [Int] @shareable a: Int } type O @shareable { x: Int y: Int }',
      b: 'type P @key(fields: "id") { id: ID! s: String @shareable o: O @shareable l: [Int] @shareable b: Int } type O @shareable { x: Int y: Int }',
    },
    { roots: {} },
  );
  const merge = (first: object, second: object) =>
    shared.run('{ p { s o { x y } l b } }', {
      intercept: (subgraph) =>
        subgraph === 'a' ? { data: { p: { __typename: 'P', id: '1', ...first } } } : { data: { _entities: [second] } },
    });

  it('never lets null erase a value, in whatever order', async () => {
    expect(
      (await merge({ s: 'v', o: { x: 1, y: null }, l: [1, null] }, { s: null, o: { x: null, y: 2 }, l: [null, 2], b: 1 })).data,
    ).toEqual({
      p: { s: 'v', o: { x: 1, y: 2 }, l: [1, 2], b: 1 },
    });
    expect((await merge({ s: null, o: null, l: null }, { s: 'v', o: { x: 1, y: 2 }, l: [1], b: 1 })).data).toEqual({
      p: { s: 'v', o: { x: 1, y: 2 }, l: [1], b: 1 },
    });
  });

  it('keeps the first of two shapes that cannot be one, and says so once', async () => {
    const { data, outcome } = await merge({ s: 'v', o: { x: 1, y: 2 }, l: [1] }, { o: 5, l: [1, 2], b: 1 });
    expect(data).toEqual({ p: { s: 'v', o: { x: 1, y: 2 }, l: [1], b: 1 } });
    expect(outcome.errors).toMatchObject([{ kind: 'failure', failure: { kind: 'merge_conflict' } }]);
  });

  it('is not fooled by __proto__', async () => {
    const { data } = await shared.run('{ p { s b } }', {
      intercept: (subgraph) =>
        subgraph === 'a'
          ? { ...reply({}), body: '{"data":{"p":{"__typename":"P","id":"1","s":"v","__proto__":{"b":9}}}}' }
          : { ...reply({}), body: '{"data":{"_entities":[{"__proto__":{"b":9},"b":null}]}}' },
    });
    expect(data).toEqual({ p: { s: 'v', b: null } });
  });
});
