import { rewriteCosmoPath, unaliasPath } from '../cosmo-path.ts';
import type { ErrorProfile } from '../profile.ts';
import type { ErrorRule } from './rule.ts';

/**
 * Where an error stands: the client paths that were located before any policy, or with `rewrite_paths: false` what the subgraph sent.
 *
 * Cosmo rewrites paths through `_entities` only, and gives none to what it says itself about a fetch.
 */
export function rewritePaths(rewrite: boolean, profile: ErrorProfile): ErrorRule {
  return {
    key: 'rewrite_paths',
    subjects: profile === 'cosmo' ? ['nested', 'entry', 'value'] : ['nested', 'entry', 'wrapper', 'failure', 'dependency', 'value'],
    perPlace: true,
    apply(draft, facts) {
      const { entry, site } = facts;
      if (entry === null || site === null || (rewrite && profile !== 'cosmo')) draft.path = facts.path ?? undefined;
      else draft.path = (rewrite ? rewriteCosmoPath(entry.raw, site) : null) ?? unaliasPath(entry.raw, site);
    },
  };
}

/** Whether every place of an error is shown, or its path as sent, once. */
export function showsEveryPlace(rewrite: boolean, profile: ErrorProfile): boolean {
  return rewrite && profile !== 'cosmo';
}
