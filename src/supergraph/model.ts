import type { GraphQLSchema, TypeNode } from 'graphql';

/** A composed graph: what clients may ask, what the planner plans on, and where the subgraphs are. */
export interface Supergraph {
  /** Supergraph SDL with join directives. */
  readonly sdl: string;
  /** By the name that users configured. */
  readonly subgraphs: ReadonlyMap<string, SubgraphAddress>;
  /** What clients may ask: no inaccessible member, no join or link machinery. */
  readonly publicSchema: GraphQLSchema;
  readonly types: TypeIndex;
  readonly subgraphTypes: SubgraphTypes;
}

/** How single subgraphs declare what the supergraph holds. */
export interface SubgraphTypes {
  /**
   * The field's type in that subgraph, which may be non-null where the supergraph's is not; null for an unknown field.
   * With null for the subgraph it is the supergraph's own.
   */
  fieldType(typeName: string, fieldName: string, subgraph: string | null): TypeNode | null;
}

export interface SubgraphAddress {
  readonly name: string;
  readonly url: string;
}

/** Facts about types of the whole supergraph, inaccessible ones included. */
export interface TypeIndex {
  /** Object types that `typeName` can stand for; for an object type that type alone; empty for an unknown name. */
  possibleTypes(typeName: string): ReadonlySet<string>;
  /** Whether the name is an object type that clients must not see. */
  isInaccessible(typeName: string): boolean;
  /** Whether `value` is a value of the enum that clients must not see. */
  isInaccessibleEnumValue(enumName: string, value: string): boolean;
  /** Whether the type is an interface that some subgraph implements by `@interfaceObject`. */
  isInterfaceObject(typeName: string): boolean;
  /** Whether the field's type is non-null in the supergraph; false for unknown fields. */
  isNonNull(typeName: string, fieldName: string): boolean;
  /** Whether any type of the supergraph has a field of that name. */
  isFieldName(name: string): boolean;
  /** Whether some `@requires` needs a field of that name with arguments: a client's own arguments must not meet them. */
  isRequiredWithArguments(fieldName: string): boolean;
  /** The `@key` field sets of a type in one subgraph, as written there (`id`, `org { id } sku`); empty for an unknown pair. */
  keyFieldSets(typeName: string, subgraph: string): readonly string[];
}
