import type { ErrorFacts } from '../policy/draft.ts';
import type { ErrorRule } from './rule.ts';

/** Says of a failed mutation whether it may have happened. */
export function attachMutationOutcome(attach: boolean): ErrorRule | null {
  if (!attach) return null;
  return {
    key: 'attach_mutation_outcome',
    subjects: ['failure', 'dependency'],
    apply(draft, facts) {
      const outcome = mutationOutcome(facts);
      if (outcome !== null) draft.extensible()['outcome'] = outcome;
    },
  };
}

export type MutationOutcome = 'not_sent' | 'rejected' | 'unknown';

/** What became of a mutation (error-layer.md section 4); null for queries and for errors that the subgraph sent. */
export function mutationOutcome(facts: ErrorFacts): MutationOutcome | null {
  if (facts.operationType !== 'mutation') return null;
  if (facts.reply === null) return 'not_sent';
  if (facts.failure === null) return null;
  if (facts.reply.kind === 'failure') return facts.reply.sent ? 'unknown' : 'not_sent';
  const { status } = facts.reply;
  const isClientError = status >= 400 && status <= 499 && status !== 408;
  return isClientError && hasNoData(facts.failure.kind) ? 'rejected' : 'unknown';
}

function hasNoData(kind: string): boolean {
  return kind !== 'malformed_errors' && kind !== 'merge_conflict';
}
