/** What a federation subgraph owes its gateway, on plain graphql-js: `_service`, `_entities` and the directives' definitions. */
import { buildASTSchema, GraphQLError, type GraphQLErrorOptions, type GraphQLSchema, isObjectType, Kind, parse } from 'graphql';

/**
 * Resolvers by type and field, and under `references` how to find an entity by its representation.
 *
 * Values of interfaces and unions carry their `__typename`.
 */
export interface Resolvers {
  readonly references: Readonly<Record<string, Resolver>>;
  readonly [typeName: string]: Readonly<Record<string, Resolver>>;
}

// Method syntax lets each resolver declare the very source and arguments that its schema promises it.
type Resolver = { resolve(source: unknown, args: unknown): unknown }['resolve'];

/** An error with extensions and with keys beside `message` and `path`, as some servers send them. */
export class DemoError extends GraphQLError {
  readonly topLevel: Readonly<Record<string, string>>;

  constructor(message: string, options: GraphQLErrorOptions & { readonly topLevel?: Readonly<Record<string, string>> }) {
    super(message, options);
    this.topLevel = options.topLevel ?? {};
  }
}

const MACHINERY = `
  scalar _Any
  scalar federation__FieldSet
  scalar link__Import
  enum link__Purpose { SECURITY EXECUTION }
  type _Service { sdl: String! }
  directive @link(url: String!, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
  directive @key(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
  directive @requires(fields: federation__FieldSet!) on FIELD_DEFINITION
  directive @provides(fields: federation__FieldSet!) on FIELD_DEFINITION
  directive @external(reason: String) on OBJECT | FIELD_DEFINITION
  directive @override(from: String!) on FIELD_DEFINITION
  directive @shareable repeatable on OBJECT | FIELD_DEFINITION
`;

/** An executable schema for `sdl`. Throws when the SDL is broken or a resolver has no field. */
export function buildSubgraphSchema(sdl: string, resolvers: Resolvers): GraphQLSchema {
  const { references, ...byType } = resolvers;
  const own = parse(sdl).definitions;
  const hasQuery = own.some((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === 'Query');
  const machinery = `${MACHINERY}
    union _Entity = ${Object.keys(references).join(' | ')}
    ${hasQuery ? 'extend ' : ''}type Query { _service: _Service!  _entities(representations: [_Any!]!): [_Entity]! }`;
  const definitions = [...own, ...parse(machinery).definitions];
  // `extend schema @link` has no schema to extend here, and says nothing that executing needs.
  const schema = buildASTSchema(
    { kind: Kind.DOCUMENT, definitions: definitions.filter(({ kind }) => kind !== Kind.SCHEMA_EXTENSION) },
    { assumeValidSDL: true },
  );
  for (const [typeName, fields] of Object.entries(byType)) attachResolvers(schema, typeName, fields);
  attachResolvers(schema, 'Query', {
    _service: () => ({ sdl }),
    _entities: (_root: unknown, { representations }: { readonly representations: readonly Representation[] }) =>
      representations.map((representation) => resolveReference(references, representation)),
  });
  return schema;
}

interface Representation {
  readonly __typename: string;
}

function resolveReference(references: Resolvers['references'], representation: Representation): object | null {
  const { __typename: typeName } = representation;
  const resolve = Object.hasOwn(references, typeName) ? references[typeName] : undefined;
  if (resolve === undefined) throw new GraphQLError(`_entities: ${typeName} is no entity of this subgraph`);
  const entity = resolve(representation, {});
  return typeof entity === 'object' && entity !== null ? { ...entity, __typename: typeName } : null;
}

function attachResolvers(schema: GraphQLSchema, typeName: string, resolvers: Readonly<Record<string, Resolver>>): void {
  const type = schema.getType(typeName);
  for (const [name, resolver] of Object.entries(resolvers)) {
    const field = isObjectType(type) ? type.getFields()[name] : undefined;
    if (field === undefined) throw new Error(`${typeName}.${name}: the schema has no such field`);
    field.resolve = resolver;
  }
}
