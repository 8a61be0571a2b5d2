/** Whatever clients ask, subgraphs must only get operations that are valid for them: this is where faults A, B, C and G would show. */
import fc from 'fast-check';
import { buildASTSchema, type DocumentNode, type GraphQLSchema, Kind, type ObjectTypeDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createOperationReader } from '../operation/reader.ts';
import { composeSubgraphs } from '../supergraph/compose.ts';
import type { PlanNode } from './nodes.ts';
import { createPlanner } from './planner.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external", "@requires", "@inaccessible", "@interfaceObject"])\n`;

/** Types differ between subgraphs in non-null marks, so that fields which agree for clients conflict below. */
const SDLS: Readonly<Record<string, string>> = {
  a: `type Query { search: [Found!]! node: Node users: [User!]! }
    union Found = User | Team | Bot
    interface Node @key(fields: "id") { id: ID! label: String }
    type User implements Node @key(fields: "id") { id: ID! label: String! @shareable home: Home @shareable team: Team friends: [User!]! }
    type Team implements Node @key(fields: "id") @key(fields: "slug") { id: ID! slug: String label: String @shareable home: Home! @shareable lead: User members: [Found] }
    type Bot implements Node @key(fields: "id") { id: ID! label: String @shareable home: BotHome owner: User }
    type Home { city: String! @shareable zip: Zip @shareable }
    type BotHome { city: String @shareable zip: BotZip! }
    type Zip { code: ID! @shareable } type BotZip { code: ID }`,
  b: `type User @key(fields: "id") { id: ID! label: String @shareable home: Home! @shareable age: Int price(currency: String): Float }
    type Team @key(fields: "slug") { slug: String label: String! @shareable home: Home @shareable budget(currency: String): Float }
    type Home { city: String @shareable zip: Zip! @shareable } type Zip { code: ID @shareable }`,
  c: `type User @key(fields: "id") { id: ID! price(currency: String): Float @external discount: Float @requires(fields: "price(currency: \\"USD\\")") }
    type Team @key(fields: "slug") { slug: String budget(currency: String): Float @external spent: Float @requires(fields: "budget(currency: \\"EUR\\")") }`,
  d: `type Node @key(fields: "id") @interfaceObject { id: ID! rank: Int }`,
};

const composed = composeSubgraphs(Object.entries(SDLS).map(([name, sdl]) => ({ name, url: `http://${name}.test`, sdl: LINK + sdl })));
if (!composed.ok) throw new Error(JSON.stringify(composed.error));
const supergraph = composed.value;
const created = createPlanner(supergraph);
if (!created.ok) throw new Error(created.error);
const planner = created.value;
const limits = { maxTokens: 0, approximateDepthLimit: 0, totalFieldsLimit: 0, operationNameLengthLimit: 0 };
const reader = createOperationReader({ supergraph, limits, introspection: true, cacheSize: 1 });
const schemas = new Map(Object.entries(SDLS).map(([name, sdl]) => [name, subgraphSchema(sdl)]));

function subgraphSchema(sdl: string): GraphQLSchema {
  const document = parse(sdl);
  const hasQuery = document.definitions.some((definition) => 'name' in definition && definition.name?.value === 'Query');
  const entities = document.definitions.filter(
    (definition): definition is ObjectTypeDefinitionNode =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION && (definition.directives ?? []).some((directive) => directive.name.value === 'key'),
  );
  const root = '_entities(representations: [_Any!]!): [_Entity]!';
  const machinery = parse(
    `scalar _Any union _Entity = ${entities.map((entity) => entity.name.value).join('|')} ${hasQuery ? '' : `type Query { ${root} }`}`,
  );
  const rootFields = parse(`type Query { ${root} }`).definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION ? (definition.fields ?? []) : [],
  );
  const definitions = [...document.definitions, ...machinery.definitions].map((definition) =>
    hasQuery && definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === 'Query'
      ? { ...definition, fields: [...(definition.fields ?? []), ...rootFields] }
      : definition,
  );
  const merged: DocumentNode = { kind: Kind.DOCUMENT, definitions };
  return buildASTSchema(merged, { assumeValidSDL: true });
}

const FIELDS: Readonly<Record<string, readonly (readonly [field: string, type: string | null])[]>> = {
  Query: [
    ['search', 'Found'],
    ['node', 'Node'],
    ['users', 'User'],
  ],
  Found: [],
  Node: [
    ['id', null],
    ['label', null],
    ['rank', null],
  ],
  User: [
    ['id', null],
    ['label', null],
    ['home', 'Home'],
    ['team', 'Team'],
    ['friends', 'User'],
    ['age', null],
    ['price(currency: "EUR")', null],
    ['price', null],
    ['discount', null],
    ['rank', null],
  ],
  Team: [
    ['id', null],
    ['slug', null],
    ['label', null],
    ['home', 'Home'],
    ['lead', 'User'],
    ['members', 'Found'],
    ['budget', null],
    ['budget(currency: "USD")', null],
    ['spent', null],
  ],
  Bot: [
    ['id', null],
    ['label', null],
    ['home', 'BotHome'],
    ['owner', 'User'],
    ['rank', null],
  ],
  Home: [
    ['city', null],
    ['zip', 'Zip'],
  ],
  BotHome: [
    ['city', null],
    ['zip', 'BotZip'],
  ],
  Zip: [['code', null]],
  BotZip: [['code', null]],
};
const CONCRETE = ['User', 'Team', 'Bot', 'Node'];

function writeOperation(tape: readonly number[]): string {
  let at = 0;
  const pick = <T>(from: readonly T[]): T => {
    const choice = from[(tape[at++ % tape.length] ?? 0) % from.length];
    if (choice === undefined) throw new Error('a choice from something');
    return choice;
  };
  const selection = (type: string, depth: number): string => {
    const parts = Array.from({ length: pick([1, 2, 3, 3]) }, () => {
      const isAbstract = type === 'Found' || type === 'Node';
      if (isAbstract && depth > 0 && pick([true, true, true, false])) {
        const condition = pick(CONCRETE);
        return `... on ${condition} ${selection(condition, depth - (condition === 'Node' ? 1 : 0))}`;
      }
      const fields = FIELDS[type] ?? [];
      // Nested selections twice as often: that is where types meet.
      const nested = depth > 0 ? fields.filter(([, result]) => result !== null) : [];
      const [name, below] = pick([...nested, ...nested, ...fields, ['__typename', null] as const]);
      if (below !== null && depth <= 0) return '__typename';
      const alias = pick(['', '', '', '', '', 'id: ', 'label: ', '_internal_qp_alias_0: ']);
      return `${alias}${name}${below === null ? '' : ` ${selection(below, depth - 1)}`}`;
    });
    return `{ ${parts.join(' ')} }`;
  };
  return selection('Query', 4);
}

interface Sent {
  readonly subgraph: string;
  readonly operation: string;
}

function requests(node: PlanNode | null): readonly Sent[] {
  switch (node?.kind) {
    case 'fetch':
    case 'batchFetch':
      return [node];
    case 'sequence':
    case 'parallel':
      return node.nodes.flatMap(requests);
    case 'flatten':
      return requests(node.node);
    case undefined:
      return [];
    default:
      throw new Error(`unexpected ${node?.kind}`);
  }
}

describe('subgraph operations', () => {
  it('are valid for their subgraph, whatever a client asks', () => {
    let separated = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(997), { minLength: 40, maxLength: 150 }), (tape) => {
        const query = writeOperation(tape);
        const read = reader.read(query, null);
        if (!read.ok) return;
        const operation = read.value.canonical({});
        if (operation.text === '') return;
        const planned = planner.plan(operation);
        expect(planned, query).toMatchObject({ ok: true });
        if (!planned.ok) return;
        for (const { subgraph, operation: sent } of requests(planned.value.root)) {
          const schema = schemas.get(subgraph);
          if (schema === undefined) throw new Error(`no subgraph ${subgraph}`);
          if (sent.includes('_internal_alias_')) separated++;
          expect(validate(schema, parse(sent)), `${query}\n${operation.text}\n${sent}`).toEqual([]);
        }
      }),
      // Always the same operations: what the planner does with others is for a search by hand to find.
      { numRuns: 400, seed: 7 },
    );
    expect(separated).toBeGreaterThan(0);
  });
});
