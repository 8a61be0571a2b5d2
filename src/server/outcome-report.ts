/** Tells log and metrics what an operation really came to, before any policy (DESIGN rule 4). */
import { inspect } from 'node:util';
import { failureCode } from '../errors/catalogue.ts';
import type { FetchExchange, FetchFailure, IngestedError, PlacedError } from '../errors/model.ts';
import { originalOf } from '../errors/policy/apply.ts';
import type { ExecutionOutcome } from '../execute/outcome.ts';
import type { OperationDocument } from '../operation/reader.ts';
import { unreachable } from '../shared/assert.ts';
import { ownProperty } from '../shared/json.ts';
import type { Log, LogFields } from './log.ts';
import type { Metrics } from './metrics.ts';
import { NO_FACTS, type RequestFacts } from './service.ts';

export interface ReportContext {
  readonly document: Pick<OperationDocument, 'name' | 'type'>;
  readonly requestId: string;
}

/** Writes one line per failed fetch, counts its errors, and sums up for the access log. `errorIds`: by original error. */
export type OutcomeReporter = (outcome: ExecutionOutcome, errorIds: ReadonlyMap<object, string>, context: ReportContext) => RequestFacts;

const MAX_MESSAGES = 10;
const MAX_MESSAGE_LENGTH = 500;
const NO_CODE = 'none';

export function createOutcomeReporter({ log, metrics }: { readonly log: Log; readonly metrics: Metrics }): OutcomeReporter {
  return (outcome, errorIds, { document, requestId }) => {
    const operation = { operationName: document.name, operationType: document.type };
    const subgraphs = [...new Set(outcome.exchanges.map((exchange) => exchange.subgraph))];
    if (outcome.bug !== null) {
      log.error({ requestId, ...operation, error: outcome.bug.cause }, 'operation failed by a bug of the router');
      return { ...NO_FACTS, ...operation, subgraphs, codes: ['INTERNAL_SERVER_ERROR'], errorCount: 1 };
    }
    if (outcome.errors.length === 0) return { ...NO_FACTS, ...operation, subgraphs };
    const codes = new Set<string>();
    for (const error of outcome.errors) {
      const code = codeOf(error);
      if (code !== NO_CODE) codes.add(code);
      metrics.subgraphError(subgraphOf(error) ?? 'unknown', kindOf(error), code);
    }
    for (const [exchange, errors] of byExchange(outcome.errors)) {
      const fields = { requestId, ...operation, ...describeExchange(exchange, errors, errorIds) };
      if (isCancelled(exchange)) log.info(fields, 'subgraph request cancelled');
      else log.error(fields, 'subgraph request failed');
    }
    const values = outcome.errors.filter((error) => error.kind === 'value');
    if (values.length > 0)
      log.error({ requestId, ...operation, ...describeValues(values) }, 'subgraphs sent values that the response cannot carry');
    return { ...operation, subgraphs, codes: [...codes], errorCount: outcome.errors.length, errorIds: [...errorIds.values()] };
  };
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

function isCancelled({ reply }: FetchExchange): boolean {
  return reply.kind === 'failure' && reply.failure === 'cancelled';
}

/** The unmasked truth about one fetch. */
function describeExchange(exchange: FetchExchange, errors: readonly PlacedError[], ids: ReadonlyMap<object, string>): LogFields {
  const { subgraph, reply, classified } = exchange;
  const entries = classified.errors.slice(0, MAX_MESSAGES);
  const { durationMs, attempts } = reply;
  return {
    subgraph,
    kinds: unique(errors.map(kindOf)),
    codes: unique(errors.map(codeOf).filter((code) => code !== NO_CODE)),
    status: classified.status,
    durationMs: Math.round(durationMs),
    attempts,
    paths: errors.slice(0, MAX_MESSAGES).flatMap(firstPath),
    ...(entries.length > 0 && { messages: entries.map(({ message }) => clip(message)), errorCount: classified.errors.length }),
    ...(reply.kind === 'failure' && { cause: causeOf(reply.cause) }),
    errorIds: unique(errors.flatMap((error) => ids.get(originalOf(error)) ?? [])),
  };
}

function describeValues(errors: readonly PlacedError[]): LogFields {
  return {
    count: errors.length,
    subgraphs: unique(errors.flatMap((error) => subgraphOf(error) ?? [])),
    problems: unique(errors.flatMap((error) => (error.kind === 'value' ? error.problem.kind : []))),
    paths: errors.slice(0, MAX_MESSAGES).flatMap(firstPath),
  };
}

function firstPath(error: PlacedError): readonly string[] {
  const path = error.kind === 'graphql' ? error.paths[0] : error.path;
  return path === null || path === undefined ? [] : [path.join('.')];
}

function subgraphOf(error: PlacedError): string | null {
  switch (error.kind) {
    case 'graphql':
    case 'failure':
      return error.exchange.subgraph;
    case 'dependency':
      return error.site.subgraph;
    case 'value':
      return error.subgraph;
    default:
      return unreachable(error);
  }
}

function kindOf(error: PlacedError): FetchFailure['kind'] | 'graphql' | 'dependency' | 'value' {
  return error.kind === 'failure' ? error.failure.kind : error.kind;
}

function codeOf(error: PlacedError): string {
  switch (error.kind) {
    case 'graphql':
      return entryCode(error.entry);
    case 'failure':
      return failureCode(error.failure.kind);
    case 'dependency':
      return 'SUBGRAPH_DEPENDENCY_FAILED';
    case 'value':
      return NO_CODE;
    default:
      return unreachable(error);
  }
}

/** As a string whatever JSON type the subgraph gave it. */
function entryCode({ extensions }: IngestedError): string {
  const code = extensions === null ? undefined : ownProperty(extensions, 'code');
  if (typeof code === 'string') return clip(code, 64);
  return typeof code === 'number' ? String(code) : NO_CODE;
}

function causeOf(cause: unknown): string | null {
  if (cause === null || cause === undefined) return null;
  return clip(cause instanceof Error ? cause.message : inspect(cause, { depth: 1 }));
}

function clip(text: string, length = MAX_MESSAGE_LENGTH): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
