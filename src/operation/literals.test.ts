import { describe, expect, it } from 'vitest';
import { type JsonValue, parseJson, printJson } from '../shared/json.ts';
import { composeSubgraphs } from '../supergraph/compose.ts';
import { withLiterals } from './literals.ts';
import { createOperationReader } from './reader.ts';

const SDL = `
type Query { f(big: Big, list: [Big], x: Float, n: Int, id: ID, filter: Filter, must: Big! = 1): Int a: A node: Node }
interface Node { id: ID! g(filter: Filter): Node }
type A implements Node { id: ID! g(filter: Filter): Node }
input Filter { big: Big name: String inner: Filter must: [Big!]! = [] strict: Strict }
input Strict { id: ID! big: Big }
scalar Big`;

const composed = composeSubgraphs([{ name: 'a', url: 'http://a.test', sdl: SDL }]);
if (!composed.ok) throw new Error(JSON.stringify(composed.error));
const supergraph = composed.value;
const limits = { maxTokens: 0, approximateDepthLimit: 0, totalFieldsLimit: 0, operationNameLengthLimit: 0 };
const reader = createOperationReader({ supergraph, limits, introspection: true, cacheSize: 1 });

/** The planned text, and as JSON the variables that go with it. */
function planned(query: string, variables = '{}'): readonly [text: string, variables: string] {
  const read = reader.read(query, null);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const given = parseJson(variables);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tests below write objects
  const coerced = read.value.coerce(given.ok ? (given.value as Readonly<Record<string, JsonValue>>) : null);
  if (!coerced.ok) throw new Error(JSON.stringify(coerced.error));
  const operation = read.value.canonical(coerced.value);
  const values = withLiterals(operation.literals, coerced.value);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- coerced from JSON
  const sent = operation.variables.filter((name) => name in values).map((name) => [name, values[name] as JsonValue] as const);
  return [operation.text, printJson(Object.fromEntries(sent))];
}

describe('literals', () => {
  it('stay where the planner hands them on as they are', () => {
    const query = '{f(big: {a: [123456789012345, -1.25, "1e999", true, null, WORD]},x: 0.1,n: -7)}';
    expect(planned(query)).toEqual([query, '{}']);
  });

  it.each([
    '9223372036854775808',
    '1e999',
    '1e400',
    '9007199254740993',
    '1.50',
    '-0',
    '0.1234567890123456789',
  ])('such as %s become variables of the type at their place', (number) => {
    expect(planned(`{ f(big: ${number}) }`)).toEqual(['query($_c_v0: Big){f(big: $_c_v0)}', `{"_c_v0":${number}}`]);
  });

  it('inside of lists and objects leave the rest in place', () => {
    expect(planned('{ f(list: [1, 1e5], filter: {name: "x", inner: {must: [1.50]}}) }')).toEqual([
      'query($_c_v0: Big,$_c_v1: Big!){f(list: [1, $_c_v0],filter: {name: "x", inner: {must: [$_c_v1]}})}',
      '{"_c_v0":1e5,"_c_v1":1.50}',
    ]);
  });

  it('of a custom scalar are lifted as a whole, with the values of variables in them', () => {
    const query = 'query ($v: Big, $no: Big) { f(big: {a: 1e999, b: [$v, $no], c: $no, __proto__: WORD}) }';
    expect(planned(query, '{"v":{"x":12345678901234567890}}')).toEqual([
      'query($_c_v0: Big){f(big: $_c_v0)}',
      '{"_c_v0":{"a":1e999,"b":[{"x":12345678901234567890},null],"__proto__":"WORD"}}',
    ]);
  });

  it('are digits as text for an ID, and a list where one is wanted', () => {
    expect(planned('{ f(id: 12345678901234567890, list: 1e999) }')).toEqual([
      'query($_c_v0: ID,$_c_v1: [Big]){f(id: $_c_v0,list: $_c_v1)}',
      '{"_c_v0":"12345678901234567890","_c_v1":[1e999]}',
    ]);
  });

  it('that nest too deeply are lifted from where they do', () => {
    const [text, variables] = planned(`{ f(big: ${'['.repeat(60)}1${']'.repeat(60)}) }`);
    expect([text, variables]).toEqual(['query($_c_v0: Big){f(big: $_c_v0)}', `{"_c_v0":${'['.repeat(60)}1${']'.repeat(60)}}`]);
    const [deep, rest] = planned(`{ f(filter: ${'{inner: '.repeat(60)}{name: "x"}${'}'.repeat(60)}) }`);
    expect(deep).toBe(`query($_c_v0: Filter){f(filter: ${'{inner: '.repeat(15)}$_c_v0${'}'.repeat(15)})}`);
    expect(rest).toBe(`{"_c_v0":${'{"inner":'.repeat(45)}{"name":"x"}${'}'.repeat(45)}}`);
  });

  it('take no name of the client’s, and one variable for the same literal', () => {
    expect(planned('query ($_c_v0: Big) { f(big: $_c_v0, must: 1.50, list: [1.50, 1.50]) }', '{"_c_v0":2}')).toEqual([
      'query($_c_v0: Big,$_c_v1: Big!,$_c_v2: Big){f(big: $_c_v0,must: $_c_v1,list: [$_c_v2, $_c_v2])}',
      '{"_c_v0":2,"_c_v1":1.50,"_c_v2":1.50}',
    ]);
  });

  it('keep fields of one response key together, however their objects are written', () => {
    const same = 'g(filter: {big: 1e9, name: "n"})';
    const turned = 'g(filter: {name: "n", big: 1e9})';
    const [text] = planned(`{ node { ${same} { id } ... on A { ${turned} { t: __typename } } } }`);
    expect(text).toBe(
      'query($_c_v0: Big){node{g(filter: {big: $_c_v0, name: "n"}){id} ...on A{g(filter: {name: "n", big: $_c_v0}){__typename}}}}',
    );
  });
});

describe('default values', () => {
  it('are sent to the letter, and replaced in the text by a value that the planner can read', () => {
    expect(planned('query ($v: Big = 12345678901234567890) { f(must: $v) }')).toEqual([
      'query($v: Big = 0){f(must: $v)}',
      '{"v":12345678901234567890}',
    ]);
    const query = 'query ($v: Filter = {big: 1e999, must: [1.50], strict: {id: 99999999999999999999, big: 1e5}}) { f(filter: $v) }';
    expect(planned(query)).toEqual([
      'query($v: Filter = {}){f(filter: $v)}',
      '{"v":{"big":1e999,"must":[1.50],"strict":{"id":"99999999999999999999","big":1e5}}}',
    ]);
    expect(planned('query ($v: Strict = {big: 1e5, id: 99999999999999999999}) { f(filter: {strict: $v}) }')[0]).toBe(
      'query($v: Strict = {id: 0}){f(filter: {strict: $v})}',
    );
    expect(planned(`query ($v: [Big] = [${'['.repeat(50)}${']'.repeat(50)}]) { f(list: $v) }`)[0]).toBe(
      'query($v: [Big] = []){f(list: $v)}',
    );
  });

  it('give way to what a client sends, null included', () => {
    const query = 'query ($v: Big = 1e999) { f(big: $v) }';
    expect(planned(query, '{"v":null}')[1]).toBe('{"v":null}');
    expect(planned(query, '{"v":1.5}')[1]).toBe('{"v":1.5}');
  });
});

describe('numbers that no type can hold', () => {
  it.each([
    ['{ f(x: 1e999) }', 'Float cannot represent non-finite value: 1e999'],
    [`{ f(x: ${'9'.repeat(400)}) }`, `Float cannot represent non-finite value: ${'9'.repeat(40)}…`],
    ['query ($x: Float = -1e400) { f(x: $x) }', 'Float cannot represent non-finite value: -1e400'],
    ['{ f(n: 9223372036854775808) }', 'Int cannot represent non 32-bit signed integer value: 9223372036854775808'],
  ])('are the client’s fault: %.40s', (query, message) => {
    expect(reader.read(query, null)).toMatchObject({ ok: false, error: [{ code: 'GRAPHQL_VALIDATION_FAILED', message }] });
  });
});
