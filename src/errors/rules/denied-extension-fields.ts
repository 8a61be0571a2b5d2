import { isJsonObject, type JsonValue, ownProperty, setProperty } from '../../shared/json.ts';
import type { ErrorRule } from './rule.ts';

/** Takes extensions away that the allow-list let through. */
export function deniedExtensionFields(denied: readonly string[]): ErrorRule | null {
  if (denied.length === 0) return null;
  const names = new Set(denied);
  return {
    key: 'denied_extension_fields',
    subjects: ['nested', 'entry'],
    apply(draft) {
      const allowed = draft.extensions;
      if (!isJsonObject(allowed)) return;
      const keys = Object.keys(allowed).filter((key) => !names.has(key));
      const out: Record<string, JsonValue> = {};
      for (const key of keys) setProperty(out, key, ownProperty(allowed, key) ?? null);
      draft.extensions = keys.length === 0 ? undefined : out;
    },
  };
}
