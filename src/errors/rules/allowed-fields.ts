import { isJsonObject, type JsonObject, type JsonValue, ownProperty, setProperty } from '../../shared/json.ts';
import type { ErrorRule } from './rule.ts';

/** Members of an error that have rules of their own. */
const STANDARD: ReadonlySet<string> = new Set(['message', 'path', 'locations', 'extensions']);

/** Further members of a passed error that clients may see (cosmo-reference.md 4.2). */
export function allowedFields(names: readonly string[]): ErrorRule | null {
  if (names.length === 0) return null;
  const allowed = new Set(names);
  return {
    key: 'allowed_fields',
    subjects: ['entry'],
    apply(draft, { entry }) {
      draft.members = copyMembers(entry?.raw, (key) => allowed.has(key));
    },
  };
}

/** Inside a wrapper unknown members always stay, as in Cosmo (cosmo-reference.md 3.2). */
export function nestedFields(): ErrorRule {
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
