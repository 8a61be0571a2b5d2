/** The fixture subgraphs in good health: real execution over a little data, with fields that can be told to fail. */
import { defaultFieldResolver, type GraphQLSchema, graphql, isObjectType } from 'graphql';
import { buildSubgraphSchema, DemoError, type Resolvers } from '../../subgraphs/federation.ts';
import { type HealthyOptions, isRecord, type JsonRecord } from '../support/script.ts';
import type { HealthyAnswer } from '../support/scripted-subgraph.ts';

type Context = HealthyOptions;

const product = (upc: string, name: string, price: number): JsonRecord => ({ __typename: 'Product', upc, name, price });

const PRODUCTS = [product('1', 'Table', 10), product('2', 'Chair', 20)];

function productsOf({ count }: Context): readonly JsonRecord[] {
  if (count === undefined) return PRODUCTS;
  return Array.from({ length: count }, (_, i) => product(String(i + 1), `Product ${i + 1}`, 10 * (i + 1)));
}

const user = (id: string, username: string): JsonRecord => ({ id, username, email: `${username}@example.com` });

const USERS = new Map([
  ['u1', user('u1', 'ada')],
  ['u2', user('u2', 'alan')],
]);

const findUser = (id: string): JsonRecord => USERS.get(id) ?? user(id, `user-${id}`);

const review = (id: string, author: string): JsonRecord => ({ id, body: `Body of ${id}`, author: { __typename: 'User', id: author } });

const REVIEWS = new Map([
  ['1', [review('r1', 'u1'), review('r2', 'u2')]],
  ['2', [review('r3', 'u1')]],
]);

interface ProductKey {
  readonly upc: string;
  readonly price?: number | null;
}

const RESOLVERS: Readonly<Record<string, (context: Context) => Resolvers>> = {
  products: (context) => ({
    Query: { topProducts: () => productsOf(context) },
    references: { Product: ({ upc }: ProductKey) => productsOf(context).find((candidate) => candidate['upc'] === upc) ?? null },
  }),
  reviews: () => ({
    references: { Product: ({ upc }: ProductKey) => ({ upc, reviews: REVIEWS.get(upc) ?? [review(`r-${upc}`, `u-${upc}`)] }) },
  }),
  accounts: () => ({
    Query: { me: () => findUser('u1') },
    Mutation: { rename: (_root: unknown, { name }: { readonly name: string }) => ({ ...findUser('u1'), username: name }) },
    references: { User: ({ id }: { readonly id: string }) => findUser(id) },
  }),
  inventory: () => ({
    references: { Product: ({ upc, price }: ProductKey) => ({ upc, inStock: upc === '1', shipping: price === undefined ? null : price }) },
  }),
};

/** Answers as the named fixture subgraph would; null for subgraphs that only ever play a script. */
export function healthyAnswer(name: string, sdl: string): HealthyAnswer | null {
  const resolvers = Object.hasOwn(RESOLVERS, name) ? RESOLVERS[name] : undefined;
  if (resolvers === undefined) return null;
  const build = (options: Context): GraphQLSchema => {
    const schema = buildSubgraphSchema(sdl, resolvers(options));
    if (name === 'products') addProductByUpc(schema, options);
    applyFaults(schema, options);
    return schema;
  };
  let ordinary: GraphQLSchema | undefined;
  return async ({ query, variables, operationName }, options) => {
    const schema = Object.keys(options).length > 0 ? build(options) : (ordinary ??= build(options));
    return JSON.stringify(await graphql({ schema, source: query, variableValues: variables, operationName }));
  };
}

/** Only one of the fixture graphs has this field. */
function addProductByUpc(schema: GraphQLSchema, options: Context): void {
  const field = schema.getQueryType()?.getFields()['product'];
  if (field === undefined) return;
  field.resolve = (_root: unknown, { upc }: ProductKey) => productsOf(options).find((candidate) => candidate['upc'] === upc) ?? null;
}

/** Fields fail, or have other values, by coordinate: `Product.price`. */
function applyFaults(schema: GraphQLSchema, { failing = {}, values = {} }: Context): void {
  for (const coordinate of [...Object.keys(failing), ...Object.keys(values)]) {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (field === undefined) throw new Error(`the fixture has no field ${coordinate}`);
    const healthy = field.resolve ?? defaultFieldResolver;
    field.resolve = (source: unknown, args: unknown, context, info) => {
      const fault = failing[coordinate];
      if (fault !== undefined && concerns(fault.of, source)) throw new DemoError(fault.message, { extensions: fault.extensions ?? {} });
      const other = values[coordinate];
      if (other !== undefined && concerns(other.of, source)) return other.value;
      return healthy(source, args, context, info);
    };
  }
}

function concerns(keys: readonly string[] | undefined, source: unknown): boolean {
  if (keys === undefined) return true;
  const key = isRecord(source) ? (source['upc'] ?? source['id']) : undefined;
  return typeof key === 'string' && keys.includes(key);
}
