import type { ErrorRule } from './rule.ts';

/** Further members of a passed error that clients may see (cosmo-reference.md 4.2). */
export function allowedFields(names: readonly string[]): ErrorRule | null {
  if (names.length === 0) return null;
  const allowed = new Set(names);
  return {
    key: 'allowed_fields',
    subjects: ['entry'],
    apply(draft) {
      draft.extras = allowed;
    },
  };
}

/** Inside a wrapper unknown members always stay, as in Cosmo (cosmo-reference.md 3.2). */
export function nestedFields(): ErrorRule {
  return {
    key: 'allowed_fields',
    subjects: ['nested'],
    apply(draft) {
      draft.extras = 'all';
    },
  };
}
