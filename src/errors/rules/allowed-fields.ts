import { isJsonObject, type JsonObject, type JsonValue, ownProperty, setProperty } from '../../shared/json.ts';
import type { ErrorProfile } from '../profile.ts';
import type { ErrorRule } from './rule.ts';

/** Members of an error that have rules of their own. */
const STANDARD: ReadonlySet<string> = new Set(['message', 'path', 'locations', 'extensions']);

/** Further members of an error that clients may see: of passed errors alone in the cosmo profile (cosmo-reference.md 4.2). */
export function allowedFields(names: readonly string[], profile: ErrorProfile): ErrorRule | null {
  if (names.length === 0) return null;
  const allowed = new Set(names);
  return {
    key: 'allowed_fields',
    subjects: profile === 'cosmo' ? ['entry'] : ['nested', 'entry'],
    apply(draft, { entry }) {
      draft.members = copyMembers(entry?.raw, (key) => allowed.has(key));
    },
  };
}

/**
 * Inside a wrapper Cosmo shows unknown members whatever is configured (cosmo-reference.md 3.2). Our own profile does not: nobody who
 * redacts messages or omits extensions means that a member beside them may tell the same.
 */
export function nestedFields(profile: ErrorProfile): ErrorRule | null {
  if (profile !== 'cosmo') return null;
  return {
    key: 'allowed_fields',
    subjects: ['nested'],
    apply(draft, { entry }) {
      draft.members = copyMembers(entry?.raw, () => true);
    },
  };
}

function copyMembers(raw: JsonValue | undefined, isShown: (key: string) => boolean): JsonObject | null {
  if (!isJsonObject(raw)) return null;
  let members: Record<string, JsonValue> | null = null;
  for (const key of Object.keys(raw)) {
    if (STANDARD.has(key) || !isShown(key)) continue;
    members ??= {};
    setProperty(members, key, ownProperty(raw, key) ?? null);
  }
  return members;
}
