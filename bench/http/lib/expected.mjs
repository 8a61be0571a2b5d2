// The right answer of a mode, executed with graphql-js over the data as if there were one server and no federation.
import { readFileSync } from 'node:fs';
import { buildSchema, graphqlSync } from 'graphql';
import { AUTHOR, byKey, PRODUCTS, REVIEWS_OF_ANY_USER, reviewsOfProduct, shippingEstimate, USERS } from './data.mjs';
import { here } from './paths.mjs';
import { MODES, QUERIES } from './queries.mjs';

/** The public schema, with resolvers; `nulls` names fields that answer null. */
export function createReferenceSchema(nulls = []) {
  const schema = buildSchema(readFileSync(here('schema/api.graphql'), 'utf8'));
  const set = (type, field, resolve) => (schema.getType(type).getFields()[field].resolve = resolve);
  set('Query', 'me', () => USERS[0]);
  set('Query', 'user', (_, { id }) => byKey(USERS, 'id', id));
  set('Query', 'users', () => USERS);
  set('Query', 'topProducts', (_, { first }) => PRODUCTS.slice(0, first));
  set('User', 'reviews', () => REVIEWS_OF_ANY_USER);
  set('Product', 'reviews', (p) => reviewsOfProduct(p.upc));
  set('Product', 'shippingEstimate', (p) => shippingEstimate(p));
  set('Review', 'product', (r) => byKey(PRODUCTS, 'upc', r.upc));
  set('Review', 'author', () => AUTHOR);
  for (const type of ['User', 'Product', 'Review'])
    for (const [name, field] of Object.entries(schema.getType(type).getFields())) if (nulls.includes(name)) field.resolve = () => null;
  return schema;
}

/** `data` that a correct gateway gives in a mode. */
export function expectedData(mode) {
  const { query, nulls } = MODES[mode];
  const { data, errors } = graphqlSync({ schema: createReferenceSchema(nulls), source: QUERIES[query] });
  if (errors) throw errors[0];
  return JSON.parse(JSON.stringify(data));
}
