import type { ErrorProfile } from '../profile.ts';
import type { ErrorRule } from './rule.ts';

/** Names the subgraph: on wrappers and passed errors, and in our own profile on every error that a fetch caused (section 2, row 4). */
export function attachServiceName(attach: boolean, profile: ErrorProfile): ErrorRule | null {
  if (!attach) return null;
  return {
    key: 'attach_service_name',
    subjects: profile === 'cosmo' ? ['entry', 'wrapper'] : ['entry', 'wrapper', 'failure', 'dependency'],
    apply(draft, facts) {
      if (facts.subgraph === null) return;
      if (draft.extensions === null) draft.extensions = {};
      draft.extensible()['serviceName'] = facts.subgraph;
    },
  };
}
