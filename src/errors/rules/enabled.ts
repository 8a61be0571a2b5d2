import type { ErrorRule } from './rule.ts';

/** Puts the inner errors into their wrapper; without it a client learns only that the fetch failed. */
export function enabled(showDetails: boolean): ErrorRule | null {
  if (!showDetails) return null;
  return {
    key: 'enabled',
    subjects: ['wrapper'],
    apply(draft, facts) {
      draft.extensible()['errors'] = facts.inner;
    },
  };
}
