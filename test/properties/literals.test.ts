/** Whatever literals a client writes, the planner takes the operation and the subgraph gets them to the letter. */
import fc from 'fast-check';
import { type ArgumentNode, Kind, parse, parseValue, type ValueNode, validate, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compilePlan } from '../../src/execute/compile-plan.ts';
import { executePlan } from '../../src/execute/execute.ts';
import { withLiterals } from '../../src/operation/literals.ts';
import { createOperationReader } from '../../src/operation/reader.ts';
import { createPlanner } from '../../src/plan/planner.ts';
import { isJsonObject, parseJson } from '../../src/shared/json.ts';
import { composeSubgraphs } from '../../src/supergraph/compose.ts';
import { reply, unwrap } from '../execute/federation.ts';

const SDL = `
type Query { node: Node }
interface Node { f(any: Big, grid: [[Big!]!], filter: Filter, x: Float, ids: [ID!]): Int node: Node }
type A implements Node { f(any: Big, grid: [[Big!]!], filter: Filter, x: Float, ids: [ID!]): Int node: Node }
input Filter { inner: Filter, big: Big!, all: [Filter!], x: Float }
scalar Big`;

const supergraph = unwrap(composeSubgraphs([{ name: 'a', url: 'http://a.test', sdl: SDL }]));
const planner = createPlanner(supergraph);
const limits = { maxTokens: 0, approximateDepthLimit: 0, totalFieldsLimit: 0, operationNameLengthLimit: 0 };
const reader = createOperationReader({ supergraph, limits, introspection: true, cacheSize: 1 });

/** What a client may send for `$v`, as JSON. */
const VARIABLE = '[12345678901234567890,1.25,"s",{"k":null}]';

const arbitraryInt = fc.constantFrom('0', '7', '-1', '9007199254740993', '9223372036854775808', '-9223372036854775809', '9'.repeat(60));
const arbitraryFloat = fc.constantFrom('1.5', '1.50', '1e3', '1E-7', '0.1234567890123456789', '1.7976931348623157e308', '-0.0');
const arbitraryNumber = fc.oneof(arbitraryInt, arbitraryFloat, fc.constantFrom('1e999', '-1e400', '0e0'));

/** A custom scalar's literal; `$v` may stand anywhere in it. */
const arbitraryAny: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    arbitraryNumber,
    fc.constantFrom('true', 'null', '"text"', 'WORD', '$v'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `{${items.map((item, i) => `k${i}: ${item}`).join(', ')}}`),
    fc.tuple(fc.integer({ min: 12, max: 70 }), tie('value')).map(([depth, value]) => '['.repeat(depth) + value + ']'.repeat(depth)),
  ),
})).value;

const arbitraryFilter: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 1, max: 60 }), arbitraryAny, arbitraryFloat, fc.boolean())
  .map(([depth, big, x, isList]) => {
    const own = `big: [${big}], x: ${x}`;
    const levels = isList ? Math.ceil(depth / 2) : depth;
    return (isList ? `{${own}, all: [` : `{${own}, inner: `).repeat(levels) + `{${own}}` + (isList ? ']}' : '}').repeat(levels);
  });

const arbitraryArguments: fc.Arbitrary<string> = fc
  .record({
    any: arbitraryAny,
    grid: fc.array(fc.array(arbitraryNumber, { maxLength: 2 }), { maxLength: 2 }).map((rows) => JSON.stringify(rows).replaceAll('"', '')),
    filter: arbitraryFilter,
    x: arbitraryFloat,
    ids: fc.array(fc.oneof(arbitraryInt, fc.constant('"x"')), { maxLength: 2 }).map((ids) => `[${ids.join(', ')}]`),
  })
  .map((made) =>
    Object.entries(made)
      .map(([name, value]) => `${name}: ${value}`)
      .join(' '),
  );

/** The body that the subgraph is sent for a client's query. */
async function bodyFor(query: string): Promise<string> {
  const given = parseJson(`{"v":${VARIABLE}}`);
  const document = unwrap(reader.read(query, null));
  const variables = unwrap(document.coerce(given.ok && isJsonObject(given.value) ? given.value : null));
  const operation = document.canonical(variables);
  const plan = unwrap(compilePlan(unwrap(unwrap(planner).plan(operation)), operation, supergraph));
  const bodies: string[] = [];
  await executePlan(plan, {
    variables: withLiterals(operation.literals, variables),
    send: ({ body }) => {
      bodies.push(body);
      return Promise.resolve(reply({ data: null }));
    },
    introspection: null,
    profile: 'none',
  });
  expect(bodies).toHaveLength(1);
  return bodies[0] ?? '';
}

type Values = ReadonlyMap<string, ValueNode>;

/** JSON as a literal of GraphQL, which keeps the text of numbers. */
function readJson(text: string): Values {
  const value = parseValue(text.replaceAll(/"(\w+)":/g, '$1:'));
  return new Map(value.kind === Kind.OBJECT ? value.fields.map((field) => [field.name.value, field.value]) : []);
}

/** The arguments of every `f` in a query, each once, with variables filled in; the planner sorts them, and fields of objects. */
function argumentsIn(query: string, variables: Values): readonly string[] {
  const found = new Set<string>();
  visit(parse(query), {
    Field: ({ name, arguments: given = [] }) => {
      if (name.value === 'f')
        found.add(
          given
            .map((argument) => printArgument(argument, variables))
            .toSorted()
            .join(' '),
        );
    },
  });
  return [...found].toSorted();
}

function printArgument({ name, value }: ArgumentNode, variables: Values): string {
  const text = printLiteral(value, variables);
  // Digits of an `ID` may be sent as text, which is what they mean.
  return `${name.value}: ${name.value === 'ids' ? text.replaceAll('"', '') : text}`;
}

/** An enum value in a custom scalar is text to a subgraph that gets it in a variable. */
function printLiteral(value: ValueNode, variables: Values): string {
  switch (value.kind) {
    case Kind.VARIABLE: {
      const given = variables.get(value.name.value);
      return given === undefined ? '(none)' : printLiteral(given, variables);
    }
    case Kind.LIST:
      return `[${value.values.map((item) => printLiteral(item, variables)).join()}]`;
    case Kind.OBJECT:
      return `{${value.fields
        .map((field) => `${field.name.value}:${printLiteral(field.value, variables)}`)
        .toSorted()
        .join()}}`;
    case Kind.NULL:
      return 'null';
    case Kind.STRING:
    case Kind.ENUM:
      return JSON.stringify(value.value);
    default:
      return String(value.value);
  }
}

describe('literals', { timeout: 120_000 }, () => {
  it('reach the subgraph as the client wrote them, wherever they stand', async () => {
    const property = fc.asyncProperty(
      arbitraryArguments,
      arbitraryArguments,
      fc.integer({ min: 0, max: 60 }),
      async (one, other, depth) => {
        const fields = `f(${one}) ... on A { f(${one}) other: f(${other}) }`;
        const query = `query ($v: Big) { node { v: f(any: $v) ${'node { '.repeat(depth)}${fields}${' }'.repeat(depth)} } }`;
        const sent = readJson(await bodyFor(query));
        const [text, variables] = [sent.get('query'), sent.get('variables')];
        if (text?.kind !== Kind.STRING) throw new Error('no query was sent');
        const values =
          variables?.kind === Kind.OBJECT ? new Map(variables.fields.map((field) => [field.name.value, field.value])) : new Map();
        expect(validate(supergraph.publicSchema, parse(text.value)), text.value).toEqual([]);
        expect(argumentsIn(text.value, values)).toEqual(argumentsIn(query, readJson(`{"v":${VARIABLE}}`)));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
