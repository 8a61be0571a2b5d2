import { dependencyMessage, type FetchWords, failureMessage, fetchWords, valueMessage, wrapperMessage } from '../messages.ts';
import type { ErrorFacts } from '../policy/draft.ts';
import type { ErrorProfile } from '../profile.ts';
import type { ErrorRule } from './rule.ts';

/** The sentences of our own: one per wrapper, failed or skipped fetch, and impossible value. */
export function message(profile: ErrorProfile): ErrorRule {
  return {
    key: 'message',
    subjects: ['wrapper', 'failure', 'dependency', 'value'],
    apply(draft, facts) {
      draft.message = ownMessage(facts, profile);
    },
  };
}

function ownMessage(facts: ErrorFacts, profile: ErrorProfile): string {
  const { value, failure, site } = facts;
  if (value !== null) return valueMessage(value.problem, value.path, value.operationType, facts.subgraph, profile);
  const words: FetchWords = site === null ? { subgraph: facts.subgraph ?? '', path: '' } : fetchWords(facts.subgraph ?? '', site);
  if (failure !== null) return failureMessage(failure, facts.status, words, profile);
  return facts.reply === null ? dependencyMessage(words) : wrapperMessage(words);
}
