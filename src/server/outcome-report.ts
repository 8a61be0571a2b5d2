/** Tells log and metrics what an operation really came to, before any policy (DESIGN rule 4). */
import { describe, levelOf } from '../errors/describe.ts';
import type { FetchExchange, PlacedError, PlacedValueError } from '../errors/model.ts';
import { originalOf } from '../errors/policy/original.ts';
import type { ExecutionOutcome } from '../execute/outcome.ts';
import type { OperationDocument } from '../operation/reader.ts';
import type { ExecutedResponse } from '../respond/respond.ts';
import { codeOf, kindOf, NO_CODE, subgraphOf } from './error-facts.ts';
import type { Log } from './log.ts';
import type { Metrics, SubgraphErrorLabels } from './metrics.ts';
import { NO_FACTS, type RequestFacts } from './service.ts';

export interface ReportContext {
  readonly document: Pick<OperationDocument, 'name' | 'type'>;
  readonly requestId: string;
  /** What the policy noted while it was applied. */
  readonly noted: Pick<ExecutedResponse, 'errorIds' | 'scrubbed' | 'undeclared'>;
}

/** Writes one line per failed fetch, counts its errors, and sums up for the access log. */
export type OutcomeReporter = (outcome: ExecutionOutcome, context: ReportContext) => RequestFacts;

const MAX_PATHS = 20;

export function createOutcomeReporter({ log, metrics }: { readonly log: Log; readonly metrics: Metrics }): OutcomeReporter {
  return (outcome, { document, requestId, noted }) => {
    const operation = { operationName: document.name, operationType: document.type };
    const subgraphs = unique(outcome.exchanges.map((exchange) => exchange.subgraph));
    if (outcome.bug !== null) {
      log.error({ requestId, ...operation, error: outcome.bug.cause }, 'operation failed by a bug of the router');
      return { ...NO_FACTS, ...operation, subgraphs, codes: ['INTERNAL_SERVER_ERROR'], errorCount: 1 };
    }
    const failed = byExchange(outcome.errors);
    for (const exchange of outcome.exchanges) {
      // A failed fetch has a line of its own, which tells its attempts as well.
      if (exchange.reply.attempts < 2 || failed.has(exchange)) continue;
      const { subgraph, reply } = exchange;
      const durationMs = Math.round(reply.durationMs);
      log.warn({ requestId, ...operation, subgraph, attempts: reply.attempts, durationMs }, 'subgraph answered after a retry');
    }
    if (outcome.errors.length === 0) return { ...NO_FACTS, ...operation, subgraphs };
    const counted = countErrors(outcome.errors);
    for (const { labels, count } of counted) metrics.subgraphErrors(labels, count);
    for (const { detector, subgraph } of noted.scrubbed) metrics.scrubbed(detector, subgraph);
    for (const { code, subgraph } of noted.undeclared) metrics.undeclared(code ?? NO_CODE, subgraph);
    for (const [exchange, errors] of failed) {
      if (!log.writes(levelOf(exchange))) continue;
      const record = describe(exchange, errors, { operationName: document.name, requestId, errorIds: noted.errorIds });
      log[record.level]({ ...record.fields }, record.message);
    }
    const values = outcome.errors.filter((error) => error.kind === 'value');
    if (values.length > 0)
      log.error({ requestId, ...operation, ...describeValues(values) }, 'subgraphs sent values that the response cannot carry');
    return {
      ...operation,
      subgraphs,
      codes: unique(counted.map(({ labels }) => labels.code).filter((code) => code !== NO_CODE)),
      errorCount: counted.reduce((sum, { count }) => sum + count, outcome.unlistedErrors),
      errorIds: [...noted.errorIds.values()],
      shared: false,
    };
  };
}

interface CountedErrors {
  readonly labels: SubgraphErrorLabels;
  count: number;
}

/** Every error once, at however many places and sites of its fetch it stands; those alike mostly come in a row, and are counted together. */
function countErrors(errors: readonly PlacedError[]): readonly CountedErrors[] {
  const rows: CountedErrors[] = [];
  const known = new Set<object>();
  for (const error of errors) {
    const original = originalOf(error);
    if (known.has(original)) continue;
    known.add(original);
    const labels = { subgraph: subgraphOf(error) ?? 'unknown', kind: kindOf(error), code: codeOf(error) };
    const last = rows.at(-1);
    if (last !== undefined && isSame(last.labels, labels)) last.count++;
    else rows.push({ labels, count: 1 });
  }
  return rows;
}

function isSame(a: SubgraphErrorLabels, b: SubgraphErrorLabels): boolean {
  return a.subgraph === b.subgraph && a.kind === b.kind && a.code === b.code;
}

function byExchange(errors: readonly PlacedError[]): ReadonlyMap<FetchExchange, readonly PlacedError[]> {
  const grouped = new Map<FetchExchange, PlacedError[]>();
  for (const error of errors) {
    if (error.kind !== 'graphql' && error.kind !== 'failure') continue;
    const known = grouped.get(error.exchange);
    if (known === undefined) grouped.set(error.exchange, [error]);
    else known.push(error);
  }
  return grouped;
}

function describeValues(errors: readonly PlacedValueError[]) {
  return {
    count: errors.length,
    subgraphs: unique(errors.flatMap(({ subgraph }) => subgraph ?? [])),
    problems: unique(errors.map(({ problem }) => problem.kind)),
    paths: errors.slice(0, MAX_PATHS).map(({ path }) => path.join('.')),
  };
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
