/** Every sentence that this router says about a fetch or a value (cosmo-reference.md 2.2, 2.5, 5.2, 5.8; error-layer.md section 4). */
import { unreachable } from '../shared/assert.ts';
import type { ResponsePath } from '../shared/path.ts';
import { fetchPath } from './cosmo-path.ts';
import type { FailureKind, FetchFailure, FetchSite, OperationType, ValueProblem } from './model.ts';
import type { ErrorProfile } from './profile.ts';
import { printStatus } from './status-text.ts';

/** Where a fetch goes, in words: the name that clients know and the fetch path. */
export interface FetchWords {
  readonly subgraph: string;
  /** Dotted, `@` for lists, without a trailing `@`; empty for a root fetch. */
  readonly path: string;
}

export function fetchWords(subgraph: string, site: FetchSite): FetchWords {
  return { subgraph, path: fetchPath(site).join('.') };
}

/** `Failed to fetch from Subgraph 'X' at Path 'P'.` */
export function wrapperMessage(words: FetchWords): string {
  return `Failed to fetch from ${target(words)}.`;
}

/** What a failed fetch says. Cosmo gives no reasons for transport failures. */
export function failureMessage(failure: FetchFailure, status: number | null, words: FetchWords, profile: ErrorProfile): string {
  if (failure.kind === 'http_status') return printStatus(status ?? 0);
  if (failure.kind === 'rate_limited') return `Rate limit exceeded for ${target(words)}.`;
  const reason = failureReason(failure, profile);
  return reason === null ? wrapperMessage(words) : `Failed to fetch from ${target(words)}, Reason: ${reason}.`;
}

export function dependencyMessage(words: FetchWords): string {
  return `Skipped ${target(words)}, Reason: required fields are missing.`;
}

function target(words: FetchWords): string {
  return words.path === '' ? `Subgraph '${words.subgraph}'` : `Subgraph '${words.subgraph}' at Path '${words.path}'`;
}

const TRANSPORT_REASONS = {
  unreachable: 'connection failed',
  timeout: 'request timed out',
  interrupted: 'response ended early',
  too_large: 'response too large',
  circuit_open: 'circuit breaker open',
  cancelled: 'request cancelled',
} as const;

const BODY_REASONS = {
  empty: 'empty response',
  invalid_json: 'invalid JSON',
  not_graphql: 'no data or errors in response',
  malformed_errors: 'errors is not a list',
  merge_conflict: 'values conflict with those of another subgraph',
} as const;

function isTransport(kind: FailureKind): kind is keyof typeof TRANSPORT_REASONS {
  return Object.hasOwn(TRANSPORT_REASONS, kind);
}

/** The words after `Reason:`, without a full stop; null where there are none. */
export function failureReason(failure: FetchFailure, profile: ErrorProfile): string | null {
  const { kind } = failure;
  if (isTransport(kind)) return profile === 'cosmo' ? null : TRANSPORT_REASONS[kind];
  switch (kind) {
    case 'http_status':
    case 'rate_limited':
      return null;
    case 'entity_count':
      return (
        'returned entities count does not match the count of representation variables in the entities request. ' +
        `Expected ${failure.expected ?? 0}, got ${failure.received ?? 0}`
      );
    default:
      return BODY_REASONS[kind];
  }
}

const ROOT_NAMES = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

const SCALAR_WORDS: Readonly<Record<string, string>> = {
  String: 'String cannot represent non-string value',
  Int: 'Int cannot represent non-integer value',
  Float: 'Float cannot represent non-float value',
  Boolean: 'Bool cannot represent non-boolean value',
};

/** What a value says that the response cannot carry. `subgraph` is the name that clients know, or null. */
export function valueMessage(
  problem: ValueProblem,
  path: ResponsePath,
  operationType: OperationType,
  subgraph: string | null,
  profile: ErrorProfile,
): string {
  switch (problem.kind) {
    case 'null':
      return `Cannot return null for non-nullable field '${fieldPath(path, operationType)}'.`;
    case 'not_object':
      return 'Object cannot represent non-object value.';
    case 'not_list':
      return 'Array cannot represent non-array value.';
    case 'scalar': {
      const words = Object.hasOwn(SCALAR_WORDS, problem.type) ? SCALAR_WORDS[problem.type] : undefined;
      return `${words ?? `${problem.type} cannot represent value`}: ${quoted(problem.value, profile)}`;
    }
    case 'enum':
      return `Enum "${problem.type}" cannot represent value: ${problem.value}`;
    case 'inaccessible_enum':
      return inaccessibleMessage(problem, path, operationType);
    case 'typename':
      return `${speaker(subgraph)} returned invalid value '${problem.value}' for __typename field.`;
    case 'typename_missing':
      return `${speaker(subgraph)} returned an invalid value for __typename field.`;
    default:
      return unreachable(problem);
  }
}

function speaker(subgraph: string | null): string {
  return subgraph === null ? 'Subgraph' : `Subgraph '${subgraph}'`;
}

/** Cosmo puts quotes around a JSON string, which has its own already. */
function quoted(json: string, profile: ErrorProfile): string {
  return profile !== 'cosmo' && json.startsWith('"') ? json : `"${json}"`;
}

/** `Query.employees.notes`: indices are left out, and the root type has its usual name even where the schema renames it. */
function fieldPath(path: ResponsePath, operationType: OperationType): string {
  return [ROOT_NAMES[operationType], ...path.filter((segment) => typeof segment === 'string')].join('.');
}

function inaccessibleMessage(
  problem: { readonly type: string; readonly coordinate: string },
  path: ResponsePath,
  operationType: OperationType,
): string {
  const last = path.at(-1);
  if (typeof last === 'number') return `Invalid value found for array element of type ${problem.type} at index ${last}.`;
  return `Invalid value found for field ${path.length === 1 ? fieldPath(path, operationType) : problem.coordinate}.`;
}
