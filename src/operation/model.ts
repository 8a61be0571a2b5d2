/** A client's operation after validation, in the one form that planning and projection work on. */
import type { DocumentNode, FieldNode, GraphQLCompositeType, GraphQLInputType, GraphQLOutputType, ValueNode } from 'graphql';
import type { OperationType } from '../errors/model.ts';

/**
 * An operation with its conditions resolved, fragments inlined, duplicates merged and client aliases prefixed.
 *
 * `text` is the plan cache key and what the planner sees (spec/planning.md, "Before planning").
 */
export interface CanonicalOperation {
  readonly type: OperationType;
  readonly name: string | null;
  /** Empty when nothing is left to plan: introspection and root `__typename` only. */
  readonly text: string;
  readonly selection: SelectionSet;
  /** Root `__schema` and `__type` fields as a document of their own, under the client's aliases; answered by graphql-js. */
  readonly introspection: DocumentNode | null;
  /** Names of the variables that `text` declares. */
  readonly variables: readonly string[];
  /** Those of them that stand for literals; `withLiterals` gives their values. */
  readonly literals: readonly LiftedLiteral[];
}

/** A literal that is sent as a variable; it may refer to the client's own variables. */
export interface LiftedLiteral {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly value: ValueNode;
}

export interface SelectionSet {
  /** In the public schema. */
  readonly parentType: GraphQLCompositeType;
  readonly selections: readonly Selection[];
}

export type Selection = FieldSelection | FragmentSelection;

export interface FieldSelection {
  readonly kind: 'field';
  /** What the client reads. */
  readonly responseKey: string;
  /**
   * What stands in the merged data: `__typename` for that; the response key, or `_c_<alias>` for an alias that a name of the graph or
   * of the planner could meet, or `_c_<n>_<response key>` for one that means different fields on different types.
   */
  readonly dataKey: string;
  readonly fieldName: string;
  /** As the client wrote it first, but for literals that were lifted; its arguments are those of all that were merged into it. */
  readonly node: FieldNode;
  readonly type: GraphQLOutputType;
  readonly parentType: GraphQLCompositeType;
  /** Null for leaves. */
  readonly selectionSet: SelectionSet | null;
  /** Root fields that never reach the planner: `__schema`, `__type`, and `__typename` of the root. */
  readonly local: boolean;
}

export interface FragmentSelection {
  readonly kind: 'fragment';
  /** A type of the public schema that is narrower than the parent. */
  readonly typeCondition: string;
  readonly selectionSet: SelectionSet;
}
