/**
 * The planner behind our own plan nodes. The one door to the planner package.
 *
 * Facts about the package that are held by tests beside this file: it takes the first operation of a document, refuses selections
 * nested deeper than about 50 levels unless they come as fragments, cannot be interrupted, is quadratic in the fields of one level, and
 * ends the whole process when one of its assertions fails.
 */
import {
  QueryPlanner,
  type EntityBatchAlias as RawBatchAlias,
  type FetchNode as RawFetch,
  type FlattenNodePathSegment as RawFlattenSegment,
  type PlanNode as RawNode,
  type QueryPlan as RawPlan,
  type RequiresSelection as RawRequires,
  type FetchRewrite as RawRewrite,
} from '@graphql-hive/router-query-planner';
import type { CanonicalOperation } from '../operation/model.ts';
import { unreachable } from '../shared/assert.ts';
import { interned } from '../shared/interned.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { Supergraph } from '../supergraph/model.ts';
import { ROOT_ENTITIES_KEY, separateConflicts } from './conflicts.ts';
import type { BatchedEntities, FlattenSegment, PlanNode, QueryPlan, RequiredSelection, Rewrite, RewriteSegment } from './nodes.ts';
import { createPlannerProcess } from './planner-process.ts';
import { findRecursiveProvides } from './recursive-provides.ts';
import { splitRequires } from './requires-sdl.ts';

/** Our fault or the graph's, not the client's: the operation was valid. The message is for the log. */
export interface PlanFailure {
  readonly kind: 'unsatisfiable' | 'unsupported' | 'overloaded';
  readonly message: string;
}

export interface Planner {
  /** Whether the graph has what the package can die of: its operations are for `planAsync` alone. */
  readonly isFragile: boolean;
  /** Plans an operation; its `text` must not be empty. About 0.1 ms, but a second for a thousand aliased entities: see `planAsync`. */
  plan(operation: CanonicalOperation): Result<QueryPlan, PlanFailure>;
  /** The same in another process, within a time limit. */
  planAsync(operation: CanonicalOperation): Promise<Result<QueryPlan, PlanFailure>>;
}

/** Builds a planner; the error says what the package has against the supergraph. */
export function createPlanner(supergraph: Supergraph): Result<Planner, string> {
  const usual = createPair(supergraph, supergraph.sdl);
  if (!usual.ok) return usual;
  const provides = findRecursiveProvides(supergraph);
  // Few operations need it, and it takes as much time and memory as the first.
  const doubting = once(() => (provides === null ? usual : createPair(supergraph, provides.sdlWithout)));
  const viewFor = (operation: CanonicalOperation): View => {
    if (provides?.isMisleading(operation) !== true) return usual.value;
    const view = doubting();
    return view.ok ? view.value : createFailing(view.error);
  };
  return ok({
    isFragile: hasEntityInterfaces(supergraph.sdl),
    plan: (operation) => viewFor(operation).plan(operation),
    planAsync: (operation) => viewFor(operation).planAsync(operation),
  });
}

type View = Pick<Planner, 'plan' | 'planAsync'>;

function createFailing(message: string): View {
  const failure = err<PlanFailure>({ kind: 'unsupported', message });
  return { plan: () => failure, planAsync: async () => failure };
}

/** A view of the supergraph, and behind it a second for what cannot be planned on the first. */
function createPair(supergraph: Supergraph, sdl: string): Result<View, string> {
  const first = createView(supergraph, sdl, new Map());
  if (!first.ok) return first;
  // Made when it is first needed, which is rarely.
  const second = once(() => {
    const split = splitRequires(sdl);
    const view = split === null ? null : createView(supergraph, split.sdl, split.names);
    return view?.ok === true ? view.value : null;
  });
  return ok({
    plan(operation) {
      const planned = first.value.plan(operation);
      const again = isUnsatisfiable(planned) ? second()?.plan(operation) : undefined;
      return again?.ok === true ? again : planned;
    },
    async planAsync(operation) {
      const planned = await first.value.planAsync(operation);
      const again = isUnsatisfiable(planned) ? await second()?.planAsync(operation) : undefined;
      return again?.ok === true ? again : planned;
    },
  });
}

/**
 * Whether an interface has a key, as `@interfaceObject` needs: where the package merges fetches of an interface and of its implementations
 * it has assertions that can fail, and a failed assertion ends the process.
 */
function hasEntityInterfaces(sdl: string): boolean {
  return /^interface \w+[^{]*@join__type\([^)]*\bkey:/m.test(sdl);
}

function isUnsatisfiable(planned: Result<QueryPlan, PlanFailure>): boolean {
  return !planned.ok && planned.error.kind === 'unsatisfiable';
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** A planner on one text of the supergraph. `names` are those of subgraphs that stand for another. */
function createView(supergraph: Supergraph, sdl: string, names: ReadonlyMap<string, string>): Result<View, string> {
  const native = attempt(() => new QueryPlanner(sdl));
  if (!native.ok) return native;
  const apart = createPlannerProcess(sdl);
  const convert = createConverter(supergraph, names);
  const finish = (raw: Result<RawPlan, string>): Result<QueryPlan, PlanFailure> =>
    raw.ok ? convert(raw.value) : err({ kind: 'unsatisfiable', message: raw.error });
  return ok({
    plan: ({ text }) => finish(attempt(() => native.value.plan(text, ...PLAN_OPTIONS))),
    planAsync: async ({ text }) => {
      const raw = await apart.plan(text);
      if (!raw.ok) return finish(raw);
      return finish(isRawPlan(raw.value) ? ok(raw.value) : err('the planner answered something that is no plan'));
    },
  });
}

/** What comes back from the other process was made by the same package: its kind is proof enough. */
function isRawPlan(value: unknown): value is RawPlan {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'QueryPlan';
}

/** No operation name: there is one. No labels and 0 percent: progressive overrides stay with their original subgraph. */
const PLAN_OPTIONS: readonly [operationName: null, labels: Set<string>, percentage: number] = [null, new Set(), 0];

function attempt<T>(action: () => T): Result<T, string> {
  try {
    return ok(action());
  } catch (error) {
    return err(messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Stops a conversion at something that our nodes cannot say; caught where the conversion began. */
class Unsupported extends Error {}

function createConverter(supergraph: Supergraph, names: ReadonlyMap<string, string>): (raw: RawPlan) => Result<QueryPlan, PlanFailure> {
  const converter = new PlanConverter(supergraph, names);
  return (raw) => {
    try {
      return ok({ root: raw.node === undefined ? null : converter.node(raw.node) });
    } catch (error) {
      return err({ kind: 'unsupported', message: messageOf(error) });
    }
  };
}

class PlanConverter {
  readonly #supergraph: Supergraph;
  /** Configured names by any spelling that the planner may use. */
  readonly #names: ReadonlyMap<string, string>;

  constructor(supergraph: Supergraph, standIns: ReadonlyMap<string, string>) {
    this.#supergraph = supergraph;
    const names = [...supergraph.subgraphs.keys()];
    const spellings = names.map((name) => [name.toLowerCase(), name] as const);
    this.#names = new Map([...spellings, ...names.map((name) => [name, name] as const), ...standIns]);
  }

  node(raw: RawNode): PlanNode {
    switch (raw.kind) {
      case 'Fetch':
        return this.#fetch(raw);
      case 'BatchFetch':
        return this.#batch(raw);
      case 'Sequence':
        return { kind: 'sequence', nodes: raw.nodes.map((child) => this.node(child)) };
      case 'Parallel':
        return { kind: 'parallel', nodes: raw.nodes.map((child) => this.node(child)) };
      case 'Flatten':
        return { kind: 'flatten', path: raw.path.map(flattenSegment), node: this.node(raw.node) };
      case 'Condition':
        return {
          kind: 'condition',
          variable: raw.condition,
          ifClause: this.#optional(raw.ifClause),
          elseClause: this.#optional(raw.elseClause),
        };
      case 'Subscription':
        return { kind: 'unsupported', feature: 'subscription' };
      case 'Defer':
        return { kind: 'unsupported', feature: 'defer' };
      default:
        throw new Unsupported(`a plan node of an unknown kind: ${JSON.stringify(raw satisfies never)}`);
    }
  }

  #optional(raw: RawNode | undefined | null): PlanNode | null {
    return raw === undefined || raw === null ? null : this.node(raw);
  }

  #fetch(raw: RawFetch): PlanNode {
    const request = this.#request(raw);
    const separated = separateConflicts(request.operation, request.subgraph, this.#supergraph);
    const key = raw.requires === undefined ? '' : ROOT_ENTITIES_KEY;
    return {
      kind: 'fetch',
      ...request,
      operation: separated?.operation ?? request.operation,
      requires: raw.requires?.map(requiredSelection) ?? null,
      inputRewrites: (raw.inputRewrites ?? []).map(rewrite),
      outputRewrites: outputRewrites(raw.outputRewrites, separated?.rewrites.get(key)),
    };
  }

  #batch(raw: Extract<RawNode, { kind: 'BatchFetch' }>): PlanNode {
    const request = this.#request(raw);
    const separated = separateConflicts(request.operation, request.subgraph, this.#supergraph);
    return {
      kind: 'batchFetch',
      ...request,
      operation: separated?.operation ?? request.operation,
      entities: raw.entityBatch.aliases.map((alias) => batchedEntities(alias, separated?.rewrites.get(alias.alias))),
    };
  }

  #request(raw: Pick<RawFetch, 'serviceName' | 'operationKind' | 'operation' | 'operationName' | 'variableUsages'>) {
    const subgraph = this.#names.get(raw.serviceName) ?? this.#names.get(raw.serviceName.toLowerCase());
    if (subgraph === undefined) throw new Unsupported(`a fetch from an unknown subgraph: ${raw.serviceName}`);
    return {
      subgraph,
      operationType: raw.operationKind ?? 'query',
      operation: raw.operation,
      operationName: raw.operationName ?? null,
      variables: raw.variableUsages ?? [],
    };
  }
}

function batchedEntities(raw: RawBatchAlias, own: readonly Rewrite[] | undefined): BatchedEntities {
  return {
    alias: raw.alias,
    representationsVariable: raw.representationsVariableName,
    paths: raw.paths.map((path) => path.map(flattenSegment)),
    requires: raw.requires.map(requiredSelection),
    inputRewrites: (raw.inputRewrites ?? []).map(rewrite),
    outputRewrites: outputRewrites(raw.outputRewrites, own),
  };
}

/** Ours first: they give back the names that the planner's paths go through. */
function outputRewrites(raw: readonly RawRewrite[] | undefined, own: readonly Rewrite[] | undefined): readonly Rewrite[] {
  return [...(own ?? []), ...(raw ?? []).map(rewrite)];
}

function flattenSegment(raw: RawFlattenSegment): FlattenSegment {
  if (raw === '@') return { kind: 'list' };
  return 'Field' in raw ? { kind: 'field', key: interned(raw.Field) } : { kind: 'type', types: raw.TypeCondition };
}

function requiredSelection(raw: RawRequires): RequiredSelection {
  switch (raw.kind) {
    case 'Field':
      return {
        kind: 'field',
        name: interned(raw.name),
        key: interned(raw.alias ?? raw.name),
        selections: raw.selections?.map(requiredSelection) ?? null,
      };
    case 'InlineFragment':
      // Canonical operations have no conditions that could stand here.
      if (raw.skipIf || raw.includeIf) throw new Unsupported('a condition in required fields');
      return { kind: 'fragment', typeCondition: raw.typeCondition, selections: raw.selections.map(requiredSelection) };
    case 'FragmentSpread':
      throw new Unsupported('a named fragment in required fields');
    default:
      return unreachable(raw);
  }
}

function rewrite(raw: RawRewrite): Rewrite {
  if ('KeyRenamer' in raw)
    return { kind: 'renameKey', path: raw.KeyRenamer.path.map(rewriteSegment), key: interned(raw.KeyRenamer.renameKeyTo) };
  const setter = 'ValueSetter' in raw ? raw.ValueSetter : raw;
  return { kind: 'setValue', path: setter.path.map(rewriteSegment), value: setter.setValueTo };
}

function rewriteSegment(raw: { TypenameEquals: string[] } | { Key: string }): RewriteSegment {
  return 'Key' in raw ? { kind: 'key', key: interned(raw.Key) } : { kind: 'type', types: raw.TypenameEquals };
}
