import type { ErrorDraft, ErrorFacts, Subject } from '../policy/draft.ts';

/**
 * One option at work. `apply` is pure but for the draft, total, and small.
 *
 * A rule with nothing to do is left out when a policy is compiled, so that it costs nothing.
 */
export interface ErrorRule {
  /** The YAML key, for tools that explain. */
  readonly key: string;
  readonly subjects: readonly Subject[];
  readonly apply: (draft: ErrorDraft, facts: ErrorFacts) => void;
}
