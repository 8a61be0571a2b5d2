/** What log, metrics and traces say of an error: the unmasked truth, in bounded pieces. */
import { inspect } from 'node:util';
import { failureCode } from '../errors/catalogue.ts';
import { pathAt } from '../errors/explanations.ts';
import type { FetchFailure, PlacedError } from '../errors/model.ts';
import { sentCode } from '../errors/policy/traits.ts';
import { valueCode } from '../errors/rules/failure-codes.ts';
import { unreachable } from '../shared/assert.ts';

/** For errors without one. */
export const NO_CODE = 'none';
const MAX_MESSAGE_LENGTH = 500;

/** Client path, dotted; of several places the first. */
export function pathOf(error: PlacedError): string | null {
  const path = pathAt(error, 0);
  return path?.join('.') ?? null;
}

/** What the subgraph said, or why it could not be asked; null where kind and code say it all. */
export function messageOf(error: PlacedError): string | null {
  if (error.kind === 'graphql') return clip(error.entry.message);
  const reply = error.kind === 'failure' ? error.exchange.reply : null;
  return reply?.kind === 'failure' ? causeOf(reply.cause) : null;
}

export function subgraphOf(error: PlacedError): string | null {
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

export function kindOf(error: PlacedError): FetchFailure['kind'] | 'graphql' | 'dependency' | 'value' {
  return error.kind === 'failure' ? error.failure.kind : error.kind;
}

/** As a string whatever JSON type the subgraph gave it; the metrics bound how many there are. */
export function codeOf(error: PlacedError): string {
  switch (error.kind) {
    case 'graphql':
      return clip(sentCode(error.entry) ?? NO_CODE, 64);
    case 'failure':
      return failureCode(error.failure.kind);
    case 'dependency':
      return 'SUBGRAPH_DEPENDENCY_FAILED';
    case 'value':
      return valueCode(error.problem.kind, 'none') ?? NO_CODE;
    default:
      return unreachable(error);
  }
}

export function causeOf(cause: unknown): string | null {
  if (cause === null || cause === undefined) return null;
  return clip(cause instanceof Error ? cause.message : inspect(cause, { depth: 1 }));
}

export function clip(text: string, length = MAX_MESSAGE_LENGTH): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
