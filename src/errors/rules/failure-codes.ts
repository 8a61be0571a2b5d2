import { isJsonObject, type JsonValue, ownProperty, RawNumber } from '../../shared/json.ts';
import { failureCode, type ValueErrorCode } from '../catalogue.ts';
import type { ValueProblem } from '../model.ts';
import type { ErrorFacts } from '../policy/draft.ts';
import type { ErrorProfile } from '../profile.ts';
import type { ErrorRule } from './rule.ts';

/**
 * Codes of our own for failed and skipped fetches; a wrapper has the code that its inner errors share, else the default one
 * (error-layer.md section 4). Cosmo gives one to rate limits only.
 */
export function failureCodes(enabled: boolean, defaultCode: string, profile: ErrorProfile): ErrorRule | null {
  if (!enabled && profile !== 'cosmo') return null;
  return {
    key: 'failure_codes',
    subjects: ['wrapper', 'failure', 'dependency'],
    apply(draft, facts) {
      if (enabled || facts.failure?.kind === 'rate_limited') {
        const code = codeOf(facts, defaultCode);
        if (code !== '') draft.extensible()['code'] = code;
      }
    },
  };
}

function codeOf(facts: ErrorFacts, defaultCode: string): JsonValue {
  if (facts.code !== null) return facts.code;
  if (facts.failure !== null) return failureCode(facts.failure.kind);
  return facts.reply === null ? 'SUBGRAPH_DEPENDENCY_FAILED' : (facts.innerCode ?? defaultCode);
}

/** The code that all inner errors show; null when they differ, or one shows none. */
export function sharedCode(inner: readonly JsonValue[]): JsonValue | null {
  const first = shownCode(inner[0]);
  if (first === null) return null;
  return inner.every((error) => isSame(shownCode(error), first)) ? first : null;
}

function shownCode(error: JsonValue | undefined): JsonValue | null {
  const extensions = isJsonObject(error) ? ownProperty(error, 'extensions') : undefined;
  return isJsonObject(extensions) ? (ownProperty(extensions, 'code') ?? null) : null;
}

function isSame(a: JsonValue | null, b: JsonValue): boolean {
  return a === b || (a instanceof RawNumber && b instanceof RawNumber && a.lexeme === b.lexeme);
}

/** Codes of values that the response cannot carry. They are no business of any fetch, so no option takes them away. */
export function valueCodes(profile: ErrorProfile): ErrorRule {
  return {
    key: 'compatibility',
    subjects: ['value'],
    apply(draft, facts) {
      if (facts.value === null) return;
      const code = facts.code ?? valueCode(facts.value.problem.kind, profile);
      if (code !== null) draft.extensible()['code'] = code;
    },
  };
}

export function valueCode(kind: ValueProblem['kind'], profile: ErrorProfile): string | null {
  return profile === 'cosmo' ? COSMO_VALUE_CODES[kind] : VALUE_CODES[kind];
}

const VALUE_CODES: Readonly<Record<ValueProblem['kind'], ValueErrorCode>> = {
  null: 'NULL_NOT_ALLOWED',
  not_object: 'INVALID_SUBGRAPH_VALUE',
  not_list: 'INVALID_SUBGRAPH_VALUE',
  scalar: 'INVALID_SUBGRAPH_VALUE',
  enum: 'INVALID_SUBGRAPH_VALUE',
  inaccessible_enum: 'INVALID_SUBGRAPH_VALUE',
  typename: 'INVALID_TYPENAME',
  typename_missing: 'INVALID_TYPENAME',
};

const COSMO_VALUE_CODES: Readonly<Record<ValueProblem['kind'], string | null>> = {
  null: null,
  not_object: null,
  not_list: null,
  scalar: null,
  enum: 'INTERNAL_SERVER_ERROR',
  inaccessible_enum: 'INVALID_GRAPHQL',
  typename: 'INVALID_GRAPHQL',
  typename_missing: 'INVALID_GRAPHQL',
};
