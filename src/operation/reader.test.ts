import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { RawNumber } from '../shared/json.ts';
import type { TypeIndex } from '../supergraph/model.ts';
import { introspect } from './introspection.ts';
import type { ParserLimits } from './limits.ts';
import { createOperationReader } from './reader.ts';

const publicSchema = buildSchema(`
  directive @custom(x: Int) on FIELD
  scalar Any
  type Query { any(value: Any, ids: [ID!]): Int me: User user(id: ID!, filter: Filter, kind: Kind = A): User count(n: Int!): Int }
  type Mutation { reset: Boolean }
  type Subscription { tick: Int }
  type User { id: ID! name: String friends(first: Int): [User!]! best: User }
  input Filter { name: String! limit: Int = 5 }
  enum Kind { A B }
`);
const types: TypeIndex = {
  possibleTypes: (name) => new Set([name]),
  isInaccessible: () => false,
  isInaccessibleEnumValue: () => false,
  isInterfaceObject: () => false,
  isNonNull: () => false,
  isFieldName: () => true,
  isRequiredWithArguments: () => false,
  keyFieldSets: () => [],
};
const defaults: ParserLimits = { maxTokens: 15_000, approximateDepthLimit: 200, totalFieldsLimit: 3_500, operationNameLengthLimit: 512 };

function reader(options: { limits?: Partial<ParserLimits>; introspection?: boolean; cacheSize?: number } = {}) {
  return createOperationReader({
    supergraph: { publicSchema, types },
    limits: { ...defaults, ...options.limits },
    introspection: options.introspection ?? true,
    cacheSize: options.cacheSize ?? 100,
  });
}

function problems(query: string, options: Parameters<typeof reader>[0] & { operationName?: string } = {}) {
  const read = reader(options).read(query, options.operationName ?? null);
  return read.ok ? [] : read.error;
}

describe('reading', () => {
  it('names what does not parse', () => {
    expect(problems('{ me ')).toEqual([
      { code: 'GRAPHQL_PARSE_FAILED', message: 'Syntax Error: Expected Name, found <EOF>.', locations: [{ line: 1, column: 6 }] },
    ]);
    expect(problems('')).toMatchObject([{ code: 'GRAPHQL_PARSE_FAILED', message: 'Syntax Error: Unexpected <EOF>.' }]);
  });

  it('names everything that is not valid', () => {
    expect(problems('{ me { nam } nope }')).toEqual([
      {
        code: 'GRAPHQL_VALIDATION_FAILED',
        message: 'Cannot query field "nam" on type "User". Did you mean "name"?',
        locations: [{ line: 1, column: 8 }],
        path: ['query', 'me'],
      },
      {
        code: 'GRAPHQL_VALIDATION_FAILED',
        message: 'Cannot query field "nope" on type "Query".',
        locations: [{ line: 1, column: 14 }],
        path: ['query'],
      },
    ]);
  });

  it.each([
    ['{ me { ... @defer { id } } }', 'Incremental delivery is not offered; leave out @defer, and the answer comes as a whole.'],
    ['{ me { id @stream } }', 'Incremental delivery is not offered; leave out @stream, and the answer comes as a whole.'],
    ['{ me { id @deferred } }', 'Unknown directive "@deferred".'],
    ['{ me { ...A } } fragment A on User { ...B } fragment B on User { ...A }', 'Cannot spread fragment "A" within itself via "B".'],
    ['{ me { ...A } } fragment A on User { ...A }', 'Cannot spread fragment "A" within itself.'],
  ])('refuses %s', (query, message) => {
    expect(problems(query)).toMatchObject([{ code: 'GRAPHQL_VALIDATION_FAILED', message }]);
  });

  it('wants an operation, before anything else', () => {
    expect(problems('type Query { a: Int }')).toEqual([{ code: 'OPERATION_RESOLUTION_FAILURE', message: 'Must provide an operation.' }]);
    expect(problems('{ me { nam } } { nope }')).toEqual([
      { code: 'OPERATION_RESOLUTION_FAILURE', message: 'Must provide operation name if query contains multiple operations.' },
    ]);
  });

  it('accepts directives of the graph and subscriptions, which are refused later', () => {
    const read = reader().read('subscription { tick }', null);
    expect(read).toMatchObject({ ok: true, value: { type: 'subscription' } });
    expect(problems('{ me @custom(x: 1) { id } }')).toEqual([]);
  });
});

describe('operation selection', () => {
  const query = 'query A { me { id } } mutation B { reset }';

  it('takes the one that is asked for', () => {
    expect(reader().read(query, 'B')).toMatchObject({ ok: true, value: { type: 'mutation', name: 'B' } });
    expect(reader().read('query A { me { id } }', null)).toMatchObject({ ok: true, value: { name: 'A' } });
    expect(reader().read('{ me { id } }', '')).toMatchObject({ ok: true, value: { name: null } });
  });

  it.each([
    [query, 'C', 'Unknown operation named "C".'],
    [query, null, 'Must provide operation name if query contains multiple operations.'],
    [query, '', 'Must provide operation name if query contains multiple operations.'],
    ['{ me { id } }', 'A', 'Unknown operation named "A".'],
  ])('refuses %s with name %s', (text, name, message) => {
    expect(reader().read(text, name)).toEqual({ ok: false, error: [{ code: 'OPERATION_RESOLUTION_FAILURE', message }] });
  });

  it('does not mistake one name for another of the same text', () => {
    const one = reader();
    expect(one.read(query, 'A')).toMatchObject({ value: { name: 'A' } });
    expect(one.read(query, 'B')).toMatchObject({ value: { name: 'B' } });
    expect(one.read(query, null).ok).toBe(false);
  });
});

describe('introspection switched off', () => {
  it('refuses __schema and __type but not __typename, and hides suggestions', () => {
    expect(problems('{ __schema { queryType { name } } }', { introspection: false })).toMatchObject([
      { message: 'GraphQL introspection has been disabled, but the requested query contained the field "__schema".' },
      { message: 'GraphQL introspection has been disabled, but the requested query contained the field "queryType".' },
    ]);
    expect(problems('{ __typename me { __typename } }', { introspection: false })).toEqual([]);
    expect(problems('{ me { nam } }', { introspection: false })).toMatchObject([{ message: 'Cannot query field "nam" on type "User".' }]);
  });
});

describe('variables', () => {
  const coerce = (query: string, variables: Record<string, unknown> | null) => {
    const read = reader().read(query, null);
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    return read.value.coerce(variables);
  };

  it('are coerced, defaults included, and left out where there is none', () => {
    const query =
      'query ($id: ID!, $f: Filter, $k: Kind = B, $n: Int) { user(id: $id, filter: $f, kind: $k) { friends(first: $n) { id } } }';
    expect(coerce(query, { id: 5, f: { name: 'x' }, extra: 1 })).toEqual({
      ok: true,
      value: { id: '5', f: { name: 'x', limit: 5 }, k: 'B' },
    });
    expect(coerce(query, { id: '5', f: null, n: null })).toEqual({ ok: true, value: { id: '5', f: null, k: 'B', n: null } });
    expect(coerce('{ me { id } }', { any: 1 })).toEqual({ ok: true, value: {} });
  });

  it.each([
    ['query ($n: Int!) { count(n: $n) }', null, 'Variable "$n" of required type "Int!" was not provided.'],
    ['query ($n: Int!) { count(n: $n) }', { n: null }, 'Variable "$n" of non-null type "Int!" must not be null.'],
    ['query ($n: Int!) { count(n: $n) }', { n: '1' }, 'Variable "$n" got invalid value "1"; Int cannot represent non-integer value: "1"'],
    [
      'query ($f: Filter) { user(id: 1, filter: $f) { id } }',
      { f: {} },
      'Variable "$f" got invalid value {}; Field "name" of required type "String!" was not provided.',
    ],
    [
      'query ($s: Boolean = true) { me @skip(if: $s) { id } }',
      { s: null },
      'Variable "$s" of required type "Boolean!" was not provided a value.',
    ],
    ['query ($n: Int!) { count(n: $n) }', JSON.parse('{"__proto__":{"n":1}}'), 'Variable "$n" of required type "Int!" was not provided.'],
  ])('refuse %s with %j', (query, variables, message) => {
    expect(coerce(query, variables)).toMatchObject({ ok: false, error: [{ code: 'BAD_USER_INPUT', message }] });
  });

  it('are absent without a value, though every object inherits their name', () => {
    const read = reader().read('query ($constructor: Any, $__proto__: Any) { any(value: $constructor) b: any(value: $__proto__) }', null);
    const coerced = read.ok ? read.value.coerce(null) : read;
    expect(coerced.ok && [Reflect.get(coerced.value, 'constructor'), Reflect.get(coerced.value, '__proto__')]).toEqual([
      undefined,
      undefined,
    ]);
    const given = read.ok ? read.value.coerce(JSON.parse('{"__proto__":5,"constructor":6}')) : read;
    expect(given.ok && Object.entries(given.value)).toEqual([
      ['constructor', 6],
      ['__proto__', 5],
    ]);
  });

  it('take numbers beyond a double where their type can', () => {
    const query = 'query ($id: ID!, $any: Any, $f: Filter, $ids: [ID!]) { user(id: $id, filter: $f) { id } any(value: $any, ids: $ids) }';
    const long = new RawNumber('12345678901234567890');
    expect(coerce(query, { id: long, any: { deep: [long] }, ids: [long, 1] })).toEqual({
      ok: true,
      value: { id: '12345678901234567890', any: { deep: [long] }, ids: ['12345678901234567890', '1'] },
    });
    expect(coerce('query ($n: Int!) { count(n: $n) }', { n: new RawNumber('1e2') })).toEqual({ ok: true, value: { n: 100 } });
    expect(coerce('query ($n: Int!) { count(n: $n) }', { n: long })).toMatchObject({
      error: [
        {
          message:
            'Variable "$n" got invalid value 12345678901234567000; Int cannot represent non 32-bit signed integer value: 12345678901234567000',
        },
      ],
    });
    expect(coerce(query, { id: 1, f: { name: long, extra: long } })).toMatchObject({
      error: [
        { message: expect.stringContaining('String cannot represent a non string value: 12345678901234567000') },
        { message: expect.stringContaining('got invalid value { name: 12345678901234567000, extra: 12345678901234567000 }') },
      ],
    });
  });

  it('that shape the operation make one canonical form per valuation', () => {
    const query =
      'query ($a: Boolean!, $b: Boolean!, $n: Int) { me { id @skip(if: $a) ...F } } fragment F on User { name @include(if: $b) friends(first: $n) { id } }';
    const read = reader().read(query, null);
    if (!read.ok) throw new Error('valid');
    const document = read.value;
    expect(document.conditionVariables).toEqual(['a', 'b']);
    expect(document.canonical({ a: true, b: true, n: 1 })).toBe(document.canonical({ a: true, b: true, n: 2 }));
    const valuations = [true, false].flatMap((a) => [true, false].map((b) => document.canonical({ a, b }).text));
    expect(new Set(valuations).size).toBe(4);
  });
});

describe('the cache', () => {
  it('gives the same document for the same text', () => {
    const one = reader();
    expect(one.read('{ me { id } }', null)).toBe(one.read('{ me { id } }', null));
    expect(one.read('{ me { nope } }', null)).toBe(one.read('{ me { nope } }', null));
  });

  it('does not take the operationName of one request for a part of the document of another', () => {
    const shared = reader();
    expect(shared.read('  me { id }\n}', 'A\nquery A {').ok).toBe(false);
    expect(shared.read('query A {\n  me { id }\n}', 'A').ok).toBe(true);
    expect(shared.read('me { id }\n}', '\n{\n').ok).toBe(false);
    expect(shared.read('\n{\nme { id }\n}', null).ok).toBe(true);
    expect(shared.read('me { id }', '1 {').ok).toBe(false);
    expect(shared.read('1 {me { id }', null).ok).toBe(false);
  });

  it('forgets the least used text, and never keeps huge ones', () => {
    const small = reader({ cacheSize: 1 });
    const first = small.read('{ me { id } }', null);
    small.read('{ me { name } }', null);
    expect(small.read('{ me { id } }', null)).not.toBe(first);
    const huge = `{ me { id } } #${'x'.repeat(70_000)}`;
    expect(small.read(huge, null)).not.toBe(small.read(huge, null));
    const refused = `{ nope } #${'x'.repeat(5_000)}`;
    expect(small.read(refused, null)).not.toBe(small.read(refused, null));
  });

  it('keeps bad documents from pushing out good ones', () => {
    const small = reader({ cacheSize: 2 });
    const good = small.read('{ me { id } }', null);
    for (let i = 0; i < 1_000; i++) small.read(`{ nope${i} }`, null);
    expect(small.read('{ me { id } }', null)).toBe(good);
  });
});

describe('introspection', () => {
  it('answers under the client’s aliases', () => {
    const read = reader().read('query ($n: String!) { mine: __type(name: $n) { name kind } me { id } __typename }', null);
    if (!read.ok) throw new Error('valid');
    const variables = { n: 'Kind' };
    const document = read.value.canonical(variables).introspection;
    if (document === null) throw new Error('introspects');
    expect(introspect(publicSchema, document, variables)).toEqual({ mine: { name: 'Kind', kind: 'ENUM' } });
  });
});

const many = (count: number, part: (i: number) => string): string => Array.from({ length: count }, (_, i) => part(i)).join(' ');
const chain = (length: number): string =>
  `{ me { ...F0 } } ${many(length, (i) => `fragment F${i} on User { ...F${i + 1} }`)} fragment F${length} on User { id }`;
const bomb = (levels: number): string =>
  `{ me { ...F0 } } ${many(levels, (i) => `fragment F${i} on User { a: best { ...F${i + 1} } b: best { ...F${i + 1} } }`)} fragment F${levels} on User { id }`;
const nest = (depth: number): string => `{ me ${'{ best '.repeat(depth)}{ id }${' }'.repeat(depth)} }`;
const unlimited = { maxTokens: 0, approximateDepthLimit: 0, totalFieldsLimit: 0, operationNameLengthLimit: 0 };

/** Documents that hang, crash or exhaust a careless router. Each must be settled by limits: no test here waits on a clock. */
describe('hostile documents', () => {
  it.each([
    ['22 doublings', bomb(22), {}, 'The document selects more than 3500 fields.'],
    ['22 doublings without limits', bomb(22), unlimited, 'The document selects more than 50000 fields.'],
    ['1,000 doublings without limits', bomb(1_000), unlimited, 'Fragments spread one another more than 500 levels deep.'],
    ['10,000 aliases', `{ ${many(10_000, (i) => `a${i}: me { id }`)} }`, {}, 'The document has more than 15000 tokens.'],
    [
      '10,000 aliases without tokens limit',
      `{ ${many(10_000, (i) => `a${i}: me { id }`)} }`,
      { maxTokens: 0 },
      'The document selects more than 3500 fields.',
    ],
    ['30,000 fragments', chain(30_000), {}, 'The document has more than 15000 tokens.'],
    ['30,000 fragments without limits', chain(30_000), unlimited, 'Fragments spread one another more than 500 levels deep.'],
    ['depth 500', nest(500), {}, 'The operation is nested more than 200 levels deep.'],
    ['depth 100,000 without limits', nest(100_000), unlimited, 'The operation is nested more than 1000 levels deep.'],
    [
      'depth 300 by fragments',
      `{ me { ...A } } fragment A on User ${'{ best '.repeat(150)}{ ...B }${' }'.repeat(150)} fragment B on User ${'{ best '.repeat(150)}{ id }${' }'.repeat(150)}`,
      {},
      'The operation is nested more than 200 levels deep.',
    ],
    ['a deep list', `{ user(id: ${'['.repeat(50_000)}) { id } }`, {}, 'The operation is nested more than 200 levels deep.'],
    ['a deep object', `{ user(id: ${'{a:'.repeat(50_000)}) { id } }`, {}, 'The operation is nested more than 200 levels deep.'],
    [
      '3,000 equal fields',
      `{ ${many(3_000, () => 'me { id }')} }`,
      { totalFieldsLimit: 0 },
      'The document is too complex to be validated: too many of its fields or fragments stand at the same place.',
    ],
    [
      '1,500 equal fields in an unused fragment',
      `{ me { id } } fragment U on Query { ${many(1_500, () => 'me { id }')} }`,
      {},
      'The document is too complex to be validated: too many of its fields or fragments stand at the same place.',
    ],
    [
      '1,000 fragments at one place',
      `{ ${many(1_000, (i) => `...F${i}`)} } ${many(1_000, (i) => `fragment F${i} on Query { me { id } }`)}`,
      {},
      'The document is too complex to be validated: too many of its fields or fragments stand at the same place.',
    ],
    ['an endless name', `query ${'x'.repeat(600)} { me { id } }`, {}, 'The operation name is longer than 512 characters.'],
  ])('%s', (_name, query, limits, message) => {
    expect(problems(query, { limits })).toEqual([{ code: 'GRAPHQL_VALIDATION_FAILED', message }]);
  });

  it('an endless operationName', () => {
    expect(problems('{ me { id } }', { operationName: 'x'.repeat(513) })).toMatchObject([
      { message: 'The operation name is longer than 512 characters.' },
    ]);
  });

  it('cycles, however long or crowded', () => {
    const long = `{ me { ...F0 } } ${many(1_500, (i) => `fragment F${i} on User { ...F${(i + 1) % 1_500} }`)}`;
    expect(problems(long)).toMatchObject([{ code: 'GRAPHQL_VALIDATION_FAILED' }]);
    const endless = `{ me { ...F0 } } ${many(20_000, (i) => `fragment F${i} on User { ...F${(i + 1) % 20_000} }`)}`;
    expect(problems(endless, { limits: unlimited })).toMatchObject([{ code: 'GRAPHQL_VALIDATION_FAILED' }]);
    const crowded = `{ me { ...F0 } } ${many(60, (i) => `fragment F${i} on User { ${many(60, (j) => `...F${j}`)} }`)}`;
    expect(problems(crowded)[0]?.message).toBe('Cannot spread fragment "F0" within itself.');
  });

  it('leave what strings and comments hold alone', () => {
    const braces = '{'.repeat(300);
    expect(problems(`{ user(id: "${braces}\\"${braces}") { id } } # ${braces}`)).toEqual([]);
    expect(problems(`{ user(id: """${braces} \\""" ${braces} "quoted" """) { id } }`)).toEqual([]);
    expect(problems(`{ user(id: "unterminated ${braces}`)).toMatchObject([{ code: 'GRAPHQL_PARSE_FAILED' }]);
  });

  it('pass up to the limits', () => {
    expect(problems(nest(197))).toEqual([]);
    expect(problems(`{ ${many(1_700, (i) => `a${i}: me { id }`)} }`)).toEqual([]);
    expect(problems(chain(400))).toEqual([]);
  });
});
