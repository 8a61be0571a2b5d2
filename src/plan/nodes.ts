/** The plan, in our own words. Only the adapter knows the planner's. */

export interface QueryPlan {
  /** Null when there is nothing to fetch. */
  readonly root: PlanNode | null;
}

export type PlanNode = FetchNode | BatchFetchNode | FlattenNode | SequenceNode | ParallelNode | ConditionNode | UnsupportedNode;

interface SubgraphRequestNode {
  /** The subgraph's name as configured. */
  readonly subgraph: string;
  readonly operationType: 'query' | 'mutation' | 'subscription';
  readonly operation: string;
  readonly operationName: string | null;
  /** Client variables to send along. */
  readonly variables: readonly string[];
}

export interface FetchNode extends SubgraphRequestNode {
  readonly kind: 'fetch';
  /** Present for entity fetches, which stand inside a `flatten`. */
  readonly requires: readonly RequiredSelection[] | null;
  readonly inputRewrites: readonly Rewrite[];
  readonly outputRewrites: readonly Rewrite[];
}

/** Several aliased `_entities` fields in one request. */
export interface BatchFetchNode extends SubgraphRequestNode {
  readonly kind: 'batchFetch';
  readonly entities: readonly BatchedEntities[];
}

export interface BatchedEntities {
  readonly alias: string;
  /** Two aliases may share one variable. */
  readonly representationsVariable: string;
  /** Absolute. */
  readonly paths: readonly FlattenPath[];
  readonly requires: readonly RequiredSelection[];
  readonly inputRewrites: readonly Rewrite[];
  readonly outputRewrites: readonly Rewrite[];
}

export interface FlattenNode {
  readonly kind: 'flatten';
  /** Absolute, from the root of the data. */
  readonly path: FlattenPath;
  readonly node: PlanNode;
}

export interface SequenceNode {
  readonly kind: 'sequence';
  readonly nodes: readonly PlanNode[];
}

export interface ParallelNode {
  readonly kind: 'parallel';
  readonly nodes: readonly PlanNode[];
}

export interface ConditionNode {
  readonly kind: 'condition';
  readonly variable: string;
  readonly ifClause: PlanNode | null;
  readonly elseClause: PlanNode | null;
}

/** `Subscription` and `Defer`, refused by name until they have a feature of their own. */
export interface UnsupportedNode {
  readonly kind: 'unsupported';
  readonly feature: 'subscription' | 'defer';
}

export type FlattenPath = readonly FlattenSegment[];

export type FlattenSegment =
  | { readonly kind: 'field'; readonly key: string }
  | { readonly kind: 'list' }
  | { readonly kind: 'type'; readonly types: readonly string[] };

/** What a representation holds: `name` is where the value stands in the data, `key` what it is called in the representation. */
export type RequiredSelection =
  | { readonly kind: 'field'; readonly name: string; readonly key: string; readonly selections: readonly RequiredSelection[] | null }
  | { readonly kind: 'fragment'; readonly typeCondition: string; readonly selections: readonly RequiredSelection[] };

export type Rewrite =
  | { readonly kind: 'setValue'; readonly path: readonly RewriteSegment[]; readonly value: string }
  | { readonly kind: 'renameKey'; readonly path: readonly RewriteSegment[]; readonly key: string };

export type RewriteSegment =
  | { readonly kind: 'key'; readonly key: string }
  /** Matches the types and their subtypes. */
  | { readonly kind: 'type'; readonly types: readonly string[] };
