import { isRetryable } from '../catalogue.ts';
import type { ErrorFacts } from '../policy/draft.ts';
import { retryAfterSeconds } from '../retry-after.ts';
import { mutationOutcome } from './attach-mutation-outcome.ts';
import type { ErrorRule } from './rule.ts';

/** Says whether trying again may help, and when (error-layer.md section 4). Silent where nobody knows. */
export function attachRetryHints(attach: boolean): ErrorRule | null {
  if (!attach) return null;
  return {
    key: 'attach_retry_hints',
    subjects: ['nested', 'entry', 'wrapper', 'failure'],
    apply(draft, facts) {
      const retryable = retryability(facts);
      if (retryable !== null) draft.extensible()['retryable'] = retryable;
      const seconds = facts.failure?.retryAfterSeconds ?? (facts.reply?.kind === 'response' ? retryAfterSeconds(facts.reply) : null);
      if (seconds !== null && retryable !== false) draft.extensible()['retryAfter'] = seconds;
    },
  };
}

/** Null: unknown, as for most errors that a subgraph sends. A mutation may only be repeated when it was never sent. */
function retryability(facts: ErrorFacts): boolean | null {
  if (facts.operationType === 'mutation') return mutationOutcome(facts) === 'not_sent';
  const declared = facts.catalogue?.retryable ?? null;
  if (declared !== null) return declared;
  return facts.failure === null ? null : isRetryable(facts.failure.kind, facts.status);
}
