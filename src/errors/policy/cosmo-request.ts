/** What Cosmo says of a client's request where our own words differ (cosmo-reference.md 6.4). */
import type { RequestError, RequestErrorCode } from '../model.ts';

export interface CosmoRequestError {
  readonly message: string;
  /** Null: the status of the code. */
  readonly status: number | null;
}

interface Translation {
  readonly code: RequestErrorCode;
  readonly pattern: RegExp;
  /** `$1` stands for what the pattern's group has found. */
  readonly message: string;
  readonly status?: number;
}

const TRANSLATIONS: readonly Translation[] = [
  { code: 'OPERATION_RESOLUTION_FAILURE', pattern: /^Unknown operation named "(.*)"\.$/s, message: "operation with name '$1' not found" },
  {
    code: 'OPERATION_RESOLUTION_FAILURE',
    pattern: /^Must provide operation name/,
    message: 'operation name is required when multiple operations are defined',
  },
  { code: 'METHOD_NOT_ALLOWED', pattern: /mutation/i, message: 'Mutations can only be sent over HTTP POST' },
  { code: 'BAD_REQUEST', pattern: /^The request has no query\.$/, message: 'empty request body' },
  {
    code: 'GRAPHQL_VALIDATION_FAILED',
    pattern: /^The operation is nested more than (\d+) levels deep\.$/,
    message: "allowed parsing depth per GraphQL document of '$1' exceeded",
    status: 400,
  },
  {
    code: 'GRAPHQL_VALIDATION_FAILED',
    pattern: /^The document selects more than (\d+) fields\.$/,
    message: "allowed number of fields per GraphQL document of '$1' exceeded",
    status: 400,
  },
  { code: 'GRAPHQL_VALIDATION_FAILED', pattern: /^(.*) Did you mean .+\?$/s, message: '$1' },
  { code: 'QUERY_PLANNING_FAILED', pattern: /^/, message: 'internal server error' },
];

const INNER_VALUE = /^(Variable "\$\w+" got invalid value ).*( at "[^"]*"; .*)$/s;

/** Cosmo's words and status for an error; its own message where Cosmo has no other. */
export function cosmoRequestError({ code, message, variableValue }: RequestError): CosmoRequestError {
  // Cosmo repeats the whole variable where graphql-js names the part that is wrong.
  if (code === 'BAD_USER_INPUT' && variableValue !== undefined)
    return { message: message.replace(INNER_VALUE, (_all, head: string, tail: string) => head + variableValue + tail), status: null };
  for (const translation of TRANSLATIONS) {
    const found = translation.code === code ? translation.pattern.exec(message) : null;
    // A function, since `$` in what a client sent must not be taken for a placeholder.
    if (found !== null) return { message: translation.message.replace('$1', () => found[1] ?? ''), status: translation.status ?? null };
  }
  return { message, status: null };
}
