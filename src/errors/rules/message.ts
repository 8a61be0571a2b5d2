import { unreachable } from '../../shared/assert.ts';
import type { ResponsePath } from '../../shared/path.ts';
import {
  dependencyMessage,
  type FetchWords,
  failureMessage,
  failureReason,
  fetchWords,
  valueMessage,
  wrapperMessage,
} from '../messages.ts';
import type { ErrorFacts } from '../policy/draft.ts';
import type { ErrorProfile } from '../profile.ts';
import { printStatus } from '../status-text.ts';
import type { ErrorRule } from './rule.ts';

/**
 * The sentences of our own, one per wrapper, failed or skipped fetch, and impossible value: the catalogue's, else the operator's
 * template where it is about a fetch, else the usual ones.
 */
export function message(template: string | null, profile: ErrorProfile): ErrorRule {
  const print = template === null ? null : compileTemplate(template);
  return {
    key: 'message',
    subjects: ['wrapper', 'failure', 'dependency', 'value'],
    apply(draft, facts) {
      const declared = facts.catalogue?.message ?? null;
      if (declared !== null) draft.message = declared;
      else draft.message = print !== null && isAboutFetch(facts) ? print(facts) : ownMessage(facts, profile);
    },
  };
}

/** Values are not, but for `__typename`, whose text names the subgraph. */
function isAboutFetch({ value }: ErrorFacts): boolean {
  return value === null || value.problem.kind === 'typename' || value.problem.kind === 'typename_missing';
}

function wordsOf({ subgraph, site }: ErrorFacts): FetchWords {
  return site === null ? { subgraph: subgraph ?? '', path: '' } : fetchWords(subgraph ?? '', site);
}

function ownMessage(facts: ErrorFacts, profile: ErrorProfile): string {
  const { value, failure } = facts;
  if (value !== null) return valueMessage(value.problem, value.path, value.operationType, facts.subgraph, profile);
  const words = wordsOf(facts);
  if (failure !== null) return failureMessage(failure, facts.status, words, profile);
  return facts.reply === null ? dependencyMessage(words) : wrapperMessage(words);
}

export const PLACEHOLDERS = ['subgraph', 'path', 'at_path', 'field_path', 'operation_type', 'status', 'reason', 'inner'] as const;

type Placeholder = (typeof PLACEHOLDERS)[number];

const isPlaceholder = (text: string): text is Placeholder => PLACEHOLDERS.some((name) => name === text);

/** Splits a template once; an unknown name in braces stays as it is. */
function compileTemplate(template: string): (facts: ErrorFacts) => string {
  const parts = template.split(/\{([a-z_]+)\}/).map((text, i): string | { readonly name: Placeholder } => {
    if (i % 2 === 0) return text;
    return isPlaceholder(text) ? { name: text } : `{${text}}`;
  });
  return (facts) => parts.map((part) => (typeof part === 'string' ? part : valueOf(part.name, facts))).join('');
}

function valueOf(name: Placeholder, facts: ErrorFacts): string {
  switch (name) {
    case 'subgraph':
      return facts.subgraph ?? '';
    case 'path':
      return wordsOf(facts).path;
    case 'at_path': {
      const { path } = wordsOf(facts);
      return path === '' ? '' : ` at Path '${path}'`;
    }
    case 'field_path':
      return [facts.operationType, ...upToFirstList(facts.innerPath ?? facts.path ?? [])].join('.');
    case 'operation_type':
      return facts.operationType;
    case 'status':
      return facts.status === null ? '' : String(facts.status);
    case 'reason':
      return reasonOf(facts);
    case 'inner':
      return facts.innerMessage;
    default:
      return unreachable(name);
  }
}

/** `['employees', 9, 'name']` becomes `employees`, `@`. */
function upToFirstList(path: ResponsePath): readonly string[] {
  const list = path.findIndex((segment) => typeof segment === 'number' || segment === '@');
  const kept = list < 0 ? path : path.slice(0, list);
  return list < 0 ? kept.map(String) : [...kept.map(String), '@'];
}

function reasonOf({ failure, status, reply, value }: ErrorFacts): string {
  if (failure !== null) return failure.kind === 'http_status' ? printStatus(status ?? 0) : (failureReason(failure, 'none') ?? '');
  return reply === null && value === null ? 'required fields are missing' : '';
}
