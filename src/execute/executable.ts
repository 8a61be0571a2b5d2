/** A plan made ready to run: texts written, paths and representations compiled, places for errors known. */
import type { FetchSite, OperationType } from '../errors/model.ts';
import type { CanonicalOperation } from '../operation/model.ts';
import type { Supergraph } from '../supergraph/model.ts';
import type { CompiledPath } from './flatten-path.ts';
import type { ObjectProgram } from './projection.ts';
import type { RepresentationWriter } from './representation.ts';
import type { OutputRewrite } from './rewrites.ts';
import type { Shape } from './shape.ts';

/** Immutable and shared by all requests for one canonical operation. */
export interface ExecutablePlan {
  readonly operation: CanonicalOperation;
  readonly supergraph: Supergraph;
  readonly root: ExecutableNode | null;
  readonly projection: ObjectProgram;
  /** The client's whole selection. */
  readonly shape: Shape;
  /** All sites in plan order; `FetchSite.id` is the index. */
  readonly sites: readonly SiteProgram[];
  /** Number of fetches; `index` of each is below it. */
  readonly fetchCount: number;
}

export type ExecutableNode = RootFetch | EntityFetch | ExecutableGroup | ExecutableCondition;

export interface ExecutableGroup {
  readonly kind: 'sequence' | 'parallel';
  readonly nodes: readonly ExecutableNode[];
}

export interface ExecutableCondition {
  readonly kind: 'condition';
  readonly variable: string;
  readonly ifClause: ExecutableNode | null;
  readonly elseClause: ExecutableNode | null;
}

interface FetchProgram {
  /** Order in the plan. */
  readonly index: number;
  readonly subgraph: string;
  readonly operationType: OperationType;
  /** `{"query":"…"`, with `operationName` where there is one: what stands before `variables`. */
  readonly bodyHead: string;
  /** Client variables to send along. */
  readonly variables: readonly string[];
}

export interface RootFetch extends FetchProgram {
  readonly kind: 'root';
  readonly site: SiteProgram;
  readonly rewrite: OutputRewrite | null;
}

export interface EntityFetch extends FetchProgram {
  readonly kind: 'entities';
  readonly sets: readonly RepresentationSet[];
}

/** One list of representations, and the `_entities` fields that share it. */
export interface RepresentationSet {
  readonly variable: string;
  readonly writer: RepresentationWriter;
  readonly lists: readonly EntityList[];
}

export interface EntityList {
  /** `_entities` or its alias. */
  readonly key: string;
  readonly single: boolean;
  readonly sites: readonly SiteProgram[];
  readonly rewrite: OutputRewrite | null;
}

export interface SiteProgram {
  readonly site: FetchSite;
  readonly path: CompiledPath;
  /** Data keys that the fetch brings at each of its places, also those that the client did not select. */
  readonly fetched: ReadonlySet<string>;
}
