/** What the log says of one failed request to a subgraph: the unmasked truth, one record per exchange (error-layer.md section 8). */
import { inspect } from 'node:util';
import type { ResponsePath } from '../shared/path.ts';
import { CATALOGUE, type ErrorOrigin, failureCode } from './catalogue.ts';
import { pathAt } from './explanations.ts';
import type { FetchExchange, FetchFailure, PlacedError } from './model.ts';
import { originalOf } from './policy/original.ts';
import { sentCode } from './policy/traits.ts';

export interface FailedFetchRecord {
  /** `error` for faults of subgraphs and the router, `info` for the client's and for cancellations. */
  readonly level: 'error' | 'info';
  /** A fixed sentence. */
  readonly message: string;
  readonly fields: FailedFetchFields;
}

export interface FailedFetchFields {
  readonly subgraph: string;
  /** Members of a bounded set. */
  readonly kinds: readonly string[];
  /** Codes as sent or as given by the router, at most 20. */
  readonly codes: readonly string[];
  readonly status: number | null;
  readonly durationMs: number;
  readonly attempts: number;
  readonly operationName: string | null;
  readonly requestId: string;
  /** Dotted client paths, at most 20. */
  readonly paths: readonly string[];
  /** How many errors the subgraph sent. */
  readonly errorCount: number;
  /** As sent, clipped, at most 20. */
  readonly messages: readonly string[];
  /** What had to be mended in the reply. */
  readonly repairs: readonly string[];
  readonly contentType: string | null;
  /** Clipped; null when there is none. */
  readonly body: string | null;
  /** Why the transport failed; null when it did not. */
  readonly cause: string | null;
  readonly errorIds: readonly string[];
}

/** What of the request the record tells. */
export interface DescribeFacts {
  readonly operationName: string | null;
  readonly requestId: string;
  /** By original error, as the policy gave them. */
  readonly errorIds: ReadonlyMap<object, string>;
}

const MAX_ITEMS = 20;
const MAX_MESSAGE = 2048;
const MAX_BODY = 4096;

/** `placed` are the errors of this exchange. Request headers are never part of it; what the subgraph wrote is, unscrubbed. */
export function describe(exchange: FetchExchange, placed: readonly PlacedError[], facts: DescribeFacts): FailedFetchRecord {
  const { reply, classified, subgraph } = exchange;
  const failures = failuresOf(exchange);
  const { errors } = classified;
  const codes = [...failures.map((failure) => failureCode(failure.kind)), ...errors.slice(0, 1000).map((entry) => sentCode(entry) ?? '')];
  return {
    level: levelOf(exchange),
    message: classified.failure?.kind === 'cancelled' ? 'subgraph request cancelled' : 'subgraph request failed',
    fields: {
      subgraph,
      kinds: unique([...(errors.length > 0 ? ['graphql'] : []), ...failures.map((failure) => failure.kind)]),
      codes: unique(codes.filter((code) => code !== '').map((code) => clip(code, 128))),
      status: classified.status,
      durationMs: Math.round(reply.durationMs),
      attempts: reply.attempts,
      operationName: facts.operationName,
      requestId: facts.requestId,
      paths: unique(firstPaths(placed).map((path) => clip(path.join('.'), 256))),
      errorCount: errors.length + classified.unlistedErrors,
      messages: errors.slice(0, MAX_ITEMS).map((entry) => clip(entry.message, MAX_MESSAGE)),
      repairs: unique(errors.slice(0, 1000).flatMap((entry) => entry.repairs)),
      contentType: contentTypeOf(exchange),
      body: reply.kind === 'response' && reply.body !== '' ? clip(reply.body, MAX_BODY) : null,
      cause: reply.kind === 'failure' ? causeOf(reply.cause) : null,
      errorIds: unique(placed.slice(0, 1000).flatMap((error) => facts.errorIds.get(originalOf(error)) ?? [])),
    },
  };
}

/** At which level a failed request to a subgraph is logged. */
export function levelOf(exchange: FetchExchange): FailedFetchRecord['level'] {
  const isCancelled = exchange.classified.failure?.kind === 'cancelled';
  return isCancelled || originOf(failuresOf(exchange)) === 'client' ? 'info' : 'error';
}

function failuresOf({ classified: { failure, listFailures } }: FetchExchange): readonly FetchFailure[] {
  return failure === null ? [...listFailures.values()] : [failure, ...listFailures.values()];
}

/** Errors that a subgraph sends count as its own. */
function originOf(failures: readonly FetchFailure[]): ErrorOrigin {
  const [first] = failures;
  return first === undefined ? 'subgraph' : CATALOGUE[failureCode(first.kind)].origin;
}

function firstPaths(placed: readonly PlacedError[]): readonly ResponsePath[] {
  const paths: ResponsePath[] = [];
  for (const error of placed) {
    const first = pathAt(error, 0);
    if (first !== null) paths.push(first);
    if (paths.length === MAX_ITEMS) break;
  }
  return paths;
}

function contentTypeOf({ reply }: FetchExchange): string | null {
  if (reply.kind === 'failure') return null;
  const value = reply.headers['content-type'];
  return (typeof value === 'object' ? value[0] : value) ?? null;
}

function causeOf(cause: unknown): string | null {
  if (cause === null || cause === undefined) return null;
  return clip(cause instanceof Error ? cause.message : inspect(cause, { depth: 1 }), MAX_MESSAGE);
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].slice(0, MAX_ITEMS);
}
