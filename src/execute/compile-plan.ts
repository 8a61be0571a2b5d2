/** Compiles a query plan for one canonical operation; done once, then cached with the plan. */
import type { FetchSite } from '../errors/model.ts';
import type { CanonicalOperation } from '../operation/model.ts';
import type { BatchFetchNode, FetchNode, FlattenPath, PlanNode, QueryPlan, RequiredSelection, Rewrite } from '../plan/nodes.ts';
import { unreachable } from '../shared/assert.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { Supergraph } from '../supergraph/model.ts';
import type { EntityFetch, EntityList, ExecutableNode, ExecutablePlan, RootFetch, SiteProgram } from './executable.ts';
import { type FetchDocument, readFetchDocument } from './fetch-document.ts';
import { compilePath } from './flatten-path.ts';
import { compileProjection } from './projection.ts';
import { compileRepresentation, type RepresentationWriter } from './representation.ts';
import { compileOutputRewrites } from './rewrites.ts';
import { createShape, type Shape } from './shape.ts';

/** A plan that asks for a feature that the router does not have. */
export interface UnsupportedPlan {
  readonly feature: 'subscription' | 'defer';
}

export function compilePlan(
  plan: QueryPlan,
  operation: CanonicalOperation,
  supergraph: Supergraph,
): Result<ExecutablePlan, UnsupportedPlan> {
  const feature = plan.root === null ? null : unsupportedFeature(plan.root);
  if (feature !== null) return err({ feature });
  const compiler = new PlanCompiler(operation, supergraph);
  const root = plan.root === null ? null : compiler.node(plan.root, []);
  const projection = compileProjection(operation.selection, supergraph);
  return ok({ operation, supergraph, root, projection, shape: compiler.rootShape, sites: compiler.sites, fetchCount: compiler.fetchCount });
}

function unsupportedFeature(node: PlanNode): UnsupportedPlan['feature'] | null {
  switch (node.kind) {
    case 'unsupported':
      return node.feature;
    case 'sequence':
    case 'parallel':
      return node.nodes.map(unsupportedFeature).find((feature) => feature !== null) ?? null;
    case 'flatten':
      return unsupportedFeature(node.node);
    case 'condition':
      return [node.ifClause, node.elseClause].map((clause) => clause && unsupportedFeature(clause)).find((feature) => feature) ?? null;
    default:
      return null;
  }
}

/** What stands at a path of the plan. */
interface PathShape {
  readonly shape: Shape;
  /** What clients read for each key of the path, in order. */
  readonly responseKeys: readonly string[];
  /** `FetchSite.path`: the planner marks lists of lists once, clients count every level. */
  readonly pattern: readonly string[];
}

type SitedFetch = FetchNode | BatchFetchNode;

const isMutation = (node: PlanNode): boolean => node.kind === 'fetch' && node.operationType === 'mutation';

class PlanCompiler {
  readonly sites: SiteProgram[] = [];
  fetchCount = 0;
  readonly #supergraph: Supergraph;
  readonly rootShape: Shape;

  constructor(operation: CanonicalOperation, supergraph: Supergraph) {
    this.#supergraph = supergraph;
    this.rootShape = createShape([operation.selection]);
  }

  node(node: PlanNode, path: FlattenPath): ExecutableNode {
    switch (node.kind) {
      case 'fetch':
        return node.requires === null ? this.#rootFetch(node, path) : this.#entityFetch(node, node.requires, path);
      case 'batchFetch':
        return this.#batchFetch(node);
      case 'flatten':
        return this.node(node.node, node.path);
      case 'sequence':
        return { kind: 'sequence', nodes: node.nodes.map((child) => this.node(child, path)) };
      case 'parallel':
        return this.#parallel(node.nodes, path);
      case 'condition':
        return {
          kind: 'condition',
          variable: node.variable,
          ifClause: node.ifClause && this.node(node.ifClause, path),
          elseClause: node.elseClause && this.node(node.elseClause, path),
        };
      case 'unsupported':
        return { kind: 'sequence', nodes: [] }; // refused before
      default:
        return unreachable(node);
    }
  }

  /** A mutation field waits until everything below the one before it is there: fields of a mutation run one after another. */
  #parallel(nodes: readonly PlanNode[], path: FlattenPath): ExecutableNode {
    const mutations = nodes.filter(isMutation);
    if (mutations.length === 0) return { kind: 'parallel', nodes: nodes.map((child) => this.node(child, path)) };
    const others = nodes.filter((child) => !isMutation(child)).map((child) => this.node(child, path));
    return { kind: 'sequence', nodes: [{ kind: 'parallel', nodes: others }, ...mutations.map((child) => this.node(child, path))] };
  }

  #program(node: SitedFetch) {
    const name = node.operationName === null ? '' : `,"operationName":${JSON.stringify(node.operationName)}`;
    return {
      index: this.fetchCount++,
      subgraph: node.subgraph,
      operationType: node.operationType,
      bodyHead: `{"query":${JSON.stringify(node.operation)}${name}`,
      variables: node.variables,
    };
  }

  #rootFetch(node: FetchNode, path: FlattenPath): RootFetch {
    const program = this.#program(node);
    const document = readFetchDocument(node.operation);
    const site = this.#site(node, { kind: 'root', path, document, entitiesKey: '', rewrites: node.outputRewrites });
    return { kind: 'root', ...program, site, rewrite: compileOutputRewrites(node.outputRewrites, this.#supergraph.types) };
  }

  #entityFetch(node: FetchNode, requires: readonly RequiredSelection[], path: FlattenPath): EntityFetch {
    const program = this.#program(node);
    const key = '_entities';
    const list = this.#list(node, readFetchDocument(node.operation), key, [path], node.outputRewrites);
    const writer = this.#writer(node.subgraph, requires, node.inputRewrites);
    return { kind: 'entities', ...program, sets: [{ variable: 'representations', writer, lists: [list] }] };
  }

  #batchFetch(node: BatchFetchNode): EntityFetch {
    const program = this.#program(node);
    const document = readFetchDocument(node.operation);
    const sets = new Map<string, { writer: RepresentationWriter; lists: EntityList[] }>();
    for (const entities of node.entities) {
      const list = this.#list(node, document, entities.alias, entities.paths, entities.outputRewrites);
      const set = sets.get(entities.representationsVariable);
      if (set !== undefined) set.lists.push(list);
      else {
        const writer = this.#writer(node.subgraph, entities.requires, entities.inputRewrites);
        sets.set(entities.representationsVariable, { writer, lists: [list] });
      }
    }
    return { kind: 'entities', ...program, sets: [...sets].map(([variable, set]) => ({ variable, ...set })) };
  }

  #writer(subgraph: string, requires: readonly RequiredSelection[], rewrites: readonly Rewrite[]): RepresentationWriter {
    return compileRepresentation(requires, rewrites, subgraph, this.#supergraph.types);
  }

  #list(node: SitedFetch, document: FetchDocument, key: string, paths: readonly FlattenPath[], rewrites: readonly Rewrite[]): EntityList {
    const sites = paths.map((path) => {
      const kind = path.some((segment) => segment.kind === 'list') ? 'entities' : 'entity';
      return this.#site(node, { kind, path, document, entitiesKey: key, rewrites });
    });
    const single = sites.length === 1 && sites[0]?.site.kind === 'entity';
    return { key, single, sites, rewrite: compileOutputRewrites(rewrites, this.#supergraph.types) };
  }

  #site(
    node: SitedFetch,
    at: { kind: FetchSite['kind']; path: FlattenPath; document: FetchDocument; entitiesKey: string; rewrites: readonly Rewrite[] },
  ): SiteProgram {
    const { shape, responseKeys, pattern } = this.#shapeAt(at.path);
    const renames = renamesOf(at.rewrites);
    const keys = at.kind === 'root' ? at.document.rootKeys : at.document.keysBelow(at.entitiesKey);
    const fetched = new Set(keys.map((key) => renames.get(key) ?? key));
    const selected = shape.order.filter((key) => fetched.has(key));
    const site: FetchSite = {
      id: this.sites.length,
      subgraph: node.subgraph,
      operationType: node.operationType,
      kind: at.kind,
      path: pattern,
      rootKeys: at.kind === 'root' ? selected : [],
      fields: at.kind === 'root' ? [] : selected,
      entitiesKey: at.entitiesKey,
      shape,
      renames,
    };
    const program: SiteProgram = { site, path: compilePath(at.path, this.#supergraph.types, responseKeys), fetched };
    this.sites.push(program);
    return program;
  }

  #shapeAt(path: FlattenPath): PathShape {
    let shape: Shape | null = this.rootShape;
    let listDepth = 0;
    const responseKeys: string[] = [];
    const pattern: string[] = [];
    for (const segment of path) {
      if (segment.kind === 'list') pattern.push(...Array.from({ length: Math.max(1, listDepth) }, () => '@'));
      if (segment.kind !== 'field') continue;
      const field: ReturnType<Shape['field']> = shape?.field(segment.key);
      const responseKey = field?.responseKey ?? segment.key;
      responseKeys.push(responseKey);
      pattern.push(responseKey);
      listDepth = field?.listDepth ?? 0;
      shape = field?.shape ?? null; // none for a place that the client did not select
    }
    return { shape: shape ?? createShape([]), responseKeys, pattern };
  }
}

function renamesOf(rewrites: readonly Rewrite[]): ReadonlyMap<string, string> {
  const renames = new Map<string, string>();
  for (const rewrite of rewrites) {
    const key = rewrite.path.findLast((segment) => segment.kind === 'key');
    if (rewrite.kind === 'renameKey' && key?.kind === 'key') renames.set(key.key, rewrite.key);
  }
  return renames;
}
