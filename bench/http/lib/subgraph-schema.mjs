// One executable schema per subgraph: its SDL plus the federation machinery, over the data.
import { readFileSync } from 'node:fs';
import { buildASTSchema, GraphQLError, Kind, parse } from 'graphql';
import { AUTHOR, byKey, PRODUCTS, REVIEWS, REVIEWS_OF_ANY_USER, reviewsOfProduct, shippingEstimate, USERS } from './data.mjs';
import { here } from './paths.mjs';

const ENTITIES = { accounts: ['User'], inventory: ['Product'], products: ['Product'], reviews: ['Review', 'User', 'Product'] };

const RESOLVERS = {
  accounts: { Query: { me: () => USERS[0], user: (_, { id }) => byKey(USERS, 'id', id), users: () => USERS } },
  inventory: { Product: { shippingEstimate: (p) => shippingEstimate(p) } },
  products: { Query: { topProducts: (_, { first }) => PRODUCTS.slice(0, first) } },
  reviews: {
    User: { username: () => AUTHOR.username, reviews: () => REVIEWS_OF_ANY_USER },
    Product: { reviews: (p) => reviewsOfProduct(p.upc) },
    Review: { author: () => AUTHOR, product: (r) => ({ __typename: 'Product', upc: r.upc }) },
  },
};

/** What a subgraph knows of a representation. Inventory gets price and weight only from the gateway. */
const LOOKUPS = {
  accounts: (r) => byKey(USERS, 'id', r.id),
  inventory: (r) => {
    const product = byKey(PRODUCTS, 'upc', r.upc);
    return product && { ...r, inStock: product.inStock };
  },
  products: (r) => byKey(PRODUCTS, 'upc', r.upc),
  reviews: (r) => (r.__typename === 'Review' ? byKey(REVIEWS, 'id', r.id) : r),
};

const SOURCE = '/app/node_modules/@acme/inventory/dist/resolvers/product.js';
const STACK = Array.from({ length: 10 }, (_, i) => `    at InventoryResolver.step${i} (${SOURCE}:${120 + i}:17)`);

const inventoryError = (r) =>
  new GraphQLError(`Inventory lookup failed for product ${r.upc}: connect ECONNREFUSED 10.0.3.17:5432`, {
    extensions: { code: 'INVENTORY_UNAVAILABLE', stacktrace: ['Error: connect ECONNREFUSED 10.0.3.17:5432', ...STACK] },
  });

/** The schema of one subgraph; `faulty` makes every entity of it an error beside a null. */
export function createSubgraphSchema(name, { faulty = false } = {}) {
  const sdl = readFileSync(here(`schema/${name}.graphql`), 'utf8');
  const document = parse(`
    ${sdl}
    scalar _Any
    union _Entity = ${ENTITIES[name].join(' | ')}
    type _Service { sdl: String }
    type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! }
  `);
  const definitions = document.definitions.filter((d) => d.kind !== Kind.SCHEMA_EXTENSION); // the @link
  const schema = buildASTSchema({ ...document, definitions }, { assumeValidSDL: true });
  const lookup = faulty ? inventoryError : LOOKUPS[name];
  const resolvers = {
    ...RESOLVERS[name],
    Query: { ...RESOLVERS[name].Query, _service: () => ({ sdl }), _entities: (_, a) => a.representations.map(lookup) },
  };
  for (const [type, fields] of Object.entries(resolvers))
    for (const [field, resolve] of Object.entries(fields)) schema.getType(type).getFields()[field].resolve = resolve;
  return schema;
}
