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
  /** Looks at `facts.path` or `facts.site` of an error that a subgraph sent: acts at every place of it, where the others act once. */
  readonly perPlace?: true;
  readonly apply: (draft: ErrorDraft, facts: ErrorFacts) => void;
}
