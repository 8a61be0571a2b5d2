/** The plan, with what became of each fetch. */
import type { FetchExchange, FetchSite, PlacedError } from '../../errors/model.ts';
import type { EntityFetch, ExecutableNode, RootFetch } from '../../execute/executable.ts';
import type { ExecutionOutcome } from '../../execute/outcome.ts';
import { isJsonObject, ownProperty, parseJson } from '../../shared/json.ts';
import { redactPrinted } from '../trace/redaction.ts';
import type { FetchTiming } from '../trace/trace.ts';
import { clipText } from './clip.ts';
import type { PlanFetch, PlanView } from './wire.ts';

export interface PlanFacts {
  readonly outcome: ExecutionOutcome;
  readonly timings: ReadonlyMap<FetchExchange, FetchTiming>;
}

const MAX_OPERATION = 8_192;

/** `subjects`: the sites that the entry is about. Null when nothing was planned. */
export function viewPlan(root: ExecutableNode | null, facts: PlanFacts, subjects: ReadonlySet<FetchSite>): PlanView | null {
  if (root === null) return null;
  switch (root.kind) {
    case 'root':
    case 'entities':
      return viewFetch(root, facts, subjects);
    case 'condition':
      return group('condition', `$${root.variable}`, [root.ifClause, root.elseClause], facts, subjects);
    default:
      return group(root.kind, null, root.nodes, facts, subjects);
  }
}

function group(
  kind: 'sequence' | 'parallel' | 'condition',
  label: string | null,
  nodes: readonly (ExecutableNode | null)[],
  facts: PlanFacts,
  subjects: ReadonlySet<FetchSite>,
): PlanView {
  const views = nodes.flatMap((node) => viewPlan(node, facts, subjects) ?? []);
  const [only] = views;
  return views.length === 1 && only !== undefined && kind !== 'condition' ? only : { kind, label, nodes: views };
}

function viewFetch(fetch: RootFetch | EntityFetch, { outcome, timings }: PlanFacts, subjects: ReadonlySet<FetchSite>): PlanFetch {
  const sites = sitesOf(fetch);
  const exchange = outcome.exchanges.find((each) => each.sites.some(({ site }) => sites.includes(site)));
  const timing = exchange === undefined ? undefined : timings.get(exchange);
  return {
    kind: 'fetch',
    subgraph: fetch.subgraph,
    paths: sites.map(({ path }) => (path.at(-1) === '@' ? path.slice(0, -1) : path).join('.')),
    fields: [...new Set(sites.flatMap((site) => fieldsOf(site)))],
    operation: clipText(redactPrinted(queryOf(fetch.bodyHead)), MAX_OPERATION),
    state: stateOf(sites, exchange, outcome.errors),
    isSubject: sites.some((site) => subjects.has(site)),
    status: exchange?.classified.status ?? null,
    startMs: timing?.startMs ?? null,
    durationMs: timing?.durationMs ?? exchange?.reply.durationMs ?? null,
  };
}

function sitesOf(fetch: RootFetch | EntityFetch): readonly FetchSite[] {
  if (fetch.kind === 'root') return [fetch.site.site];
  return fetch.sets.flatMap(({ lists }) => lists.flatMap((list) => list.sites.map(({ site }) => site)));
}

/** What clients read of what a fetch brings. */
export function fieldsOf(site: FetchSite): readonly string[] {
  return (site.kind === 'root' ? site.rootKeys : site.fields).flatMap((key) => site.shape.field(key)?.responseKey ?? []);
}

function stateOf(sites: readonly FetchSite[], exchange: FetchExchange | undefined, errors: readonly PlacedError[]): PlanFetch['state'] {
  if (exchange !== undefined) {
    const { errors: sent, failure, listFailures } = exchange.classified;
    return sent.length > 0 || failure !== null || listFailures.size > 0 ? 'failed' : 'ok';
  }
  return errors.some((error) => error.kind === 'dependency' && sites.includes(error.site)) ? 'skipped' : 'not_sent';
}

function queryOf(bodyHead: string): string {
  const parsed = parseJson(`${bodyHead}}`);
  const query = parsed.ok && isJsonObject(parsed.value) ? ownProperty(parsed.value, 'query') : null;
  return typeof query === 'string' ? query : '';
}
