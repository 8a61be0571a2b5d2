import type { ErrorProfile } from '../profile.ts';
import type { ErrorRule } from './rule.ts';

/**
 * Where an error stands. Paths were located before any policy; with `rewrite_paths: false` a subgraph's error shows what was sent.
 *
 * Cosmo gives a path to what a subgraph sent and to values, never to what it says itself about a fetch.
 */
export function rewritePaths(profile: ErrorProfile): ErrorRule {
  return {
    key: 'rewrite_paths',
    subjects: profile === 'cosmo' ? ['nested', 'entry', 'value'] : ['nested', 'entry', 'wrapper', 'failure', 'dependency', 'value'],
    apply(draft, facts) {
      if (facts.asSent !== null) draft.path = facts.asSent.path;
      else if (facts.path !== null) draft.path = facts.path;
    },
  };
}
