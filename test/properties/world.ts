/** A graph that uses every kind of federation, its data, and random operations over it. */
import fc from 'fast-check';
import {
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { createFederation, type World } from '../execute/federation.ts';

const SDLS = {
  people: `type Query { me: Person! people: [Person!]! maybe: [Person] pets: [Pet!]! nodes: [Node] grid: [[Person]!] }
    interface Node @key(fields: "id") { id: ID! } interface Pet { name: String age: Int! }
    union Thing = Person | Gadget
    type Person implements Node @key(fields: "id") { id: ID! name: String! friends: [Person!] best: Person things: [Thing] address: Address @shareable }
    type Gadget implements Node @key(fields: "id") { id: ID! label: String owner: Person }
    type Dog implements Pet { name: String age: Int! barks: Boolean } type Cat implements Pet { name: String age: Int! lives: Int! }
    type Address @shareable { street: String city: City } type City @key(fields: "code") { code: ID! }`,
  cities: `type Query { cities: [City!]! } type City @key(fields: "code") { code: ID! name: String! people: [Person] size(unit: Unit = KM): Float }
    type Person @key(fields: "id", resolvable: false) { id: ID! } enum Unit { KM MI }`,
  scores: `type Person @key(fields: "id") { id: ID! score(factor: Int! = 1): Int rank: String @requires(fields: "name address { street }")
      name: String! @external address: Address @external must: Int! }
    type Address { street: String @external }
    type Gadget @key(fields: "id") { id: ID! price: Float }`,
  extras: 'type Node @interfaceObject @key(fields: "id") { id: ID! note: String stars: [Int!]! }',
};

const ref = (type: string, id: string) => ({ __typename: type, id });
const person = (id: string, friends: string[], best: string | null, street: string | null) => ({
  id,
  name: `P${id}`,
  friends: friends.map((each) => ref('Person', each)),
  best: best === null ? null : ref('Person', best),
  things: [ref('Gadget', 'g1'), null, ref('Person', id)],
  address: street === null ? null : { __typename: 'Address', street, city: { __typename: 'City', code: 'c1' } },
  must: Number(id),
  note: id === '2' ? null : `note ${id}`,
  stars: [1, 2],
});

const CITY = { code: 'c1', name: 'Ghent', people: [ref('Person', '1'), null, ref('Person', '3')] };

export const WORLD: World = {
  roots: {
    me: ref('Person', '1'),
    people: ['1', '2', '3', '2'].map((id) => ref('Person', id)),
    maybe: [ref('Person', '3'), null],
    pets: [
      { __typename: 'Dog', name: 'Rex', age: 3, barks: true },
      { __typename: 'Cat', name: null, age: 5, lives: 9 },
    ],
    nodes: [ref('Gadget', 'g1'), ref('Person', '2'), null],
    grid: [[ref('Person', '1'), null], []],
    cities: [{ ...CITY, __typename: 'City' }],
  },
  entities: {
    Person: [person('1', ['2', '3'], '2', 'High'), person('2', [], null, null), person('3', ['3'], '1', 'Low')],
    Gadget: [{ id: 'g1', label: 'L', owner: ref('Person', '2'), price: 1.5, note: 'n', stars: [] }],
    City: [CITY],
  },
  resolvers: {
    'Person.score': ({ id }, { factor }) => Number(id) * Number(factor),
    'Person.rank': ({ name, address }) => `${name} ${JSON.stringify((address as { street?: string } | null)?.street ?? null)}`,
    'City.size': ({ code }, { unit }) => (unit === 'KM' ? `${code}`.length : 0.5),
  },
};

export const federation = createFederation(SDLS, WORLD);

/** How much of an operation may still grow. */
interface Budget {
  readonly depth: number;
}

/** Operations that are valid except perhaps for conflicting fields; callers skip those. */
export function arbitraryOperation(schema: GraphQLSchema): fc.Arbitrary<string> {
  return arbitrarySelection(schema, schema.getQueryType()?.name ?? '', { depth: 4 }).map(
    (selection) => `query ($t: Boolean = true, $f: Boolean = false) ${selection}`,
  );
}

/** What the pool is made from; it has to be the same for fast-check to repeat a failure. */
export const POOL_SEED = Number(process.env['POOL_SEED'] ?? Date.now() % 1_000_000);

/**
 * Operations that are valid, drawn from a pool that is made once: most random operations have conflicting fields, and making them costs
 * more than running them. A counterexample shows the operation itself.
 */
export function arbitraryValidOperation(schema: GraphQLSchema, poolSize: number): fc.Arbitrary<string> {
  const pool: string[] = [];
  for (let round = 0; pool.length < poolSize; round++) {
    const sample = fc.sample(arbitraryOperation(schema), { numRuns: 200, seed: POOL_SEED + round });
    pool.push(...sample.filter((query) => validate(schema, parse(query)).length === 0));
  }
  return fc.constantFrom(...pool);
}

function arbitrarySelection(schema: GraphQLSchema, typeName: string, budget: Budget): fc.Arbitrary<string> {
  const type = schema.getType(typeName);
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const leaves = fields.filter((field) => !isCompositeType(named(field.type)));
  const parts: fc.Arbitrary<string>[] = [fc.constant('__typename'), fc.constant('t: __typename')];
  for (const field of leaves) parts.push(decorate(fc.constant(field.name + printArgs(field.name))));
  if (budget.depth > 0) {
    for (const field of fields) {
      const below = named(field.type).name;
      if (!leaves.includes(field))
        parts.push(
          decorate(
            fc
              .constant(null)
              .chain(() => arbitrarySelection(schema, below, { depth: budget.depth - 1 }))
              .map((set) => field.name + set),
          ),
        );
    }
    for (const narrower of narrowerTypes(schema, typeName)) {
      parts.push(
        fc
          .constant(null)
          .chain(() => arbitrarySelection(schema, narrower, { depth: budget.depth - 1 }))
          .map((set) => `... on ${narrower} ${set}`),
      );
    }
  }
  return fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 4 }).map((chosen) => `{ ${chosen.join(' ')} }`);
}

const printArgs = (name: string): string => (name === 'score' ? '(factor: 3)' : name === 'size' ? '(unit: MI)' : '');

function decorate(field: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const alias = fc.constantFrom(
    ...Array.from({ length: 12 }, () => ''),
    'a: ',
    'b: ',
    'id: ',
    'name: ',
    '_entities: ',
    '_internal_qp_alias_0: ',
  );
  const directive = fc.constantFrom(...Array.from({ length: 9 }, () => ''), ' @include(if: $t)', ' @skip(if: $t)', ' @include(if: $f)');
  return fc.tuple(alias, field, directive).map(([before, text, after]) => {
    const at = text.indexOf('{');
    return at < 0 ? before + text + after : `${before}${text.slice(0, at)}${after} ${text.slice(at)}`;
  });
}

function narrowerTypes(schema: GraphQLSchema, typeName: string): string[] {
  const type = schema.getType(typeName);
  return isAbstractType(type)
    ? schema.getPossibleTypes(type).map(({ name }) => name)
    : [typeName, 'Node'].filter((name) => name === typeName || typeName === 'Person');
}

function named(type: GraphQLOutputType): { readonly name: string } {
  return isNonNullType(type) || isListType(type) ? named(type.ofType) : type;
}
