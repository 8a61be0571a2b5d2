import { isJsonObject, type JsonObject, type JsonValue, setProperty } from '../../shared/json.ts';
import type { ErrorFacts } from '../policy/draft.ts';
import type { ErrorProfile } from '../profile.ts';
import type { ErrorRule } from './rule.ts';

/** Copies the extensions that are allowed, in the subgraph's order, the default code last; a code that was set stands for the subgraph's (cosmo-reference.md 3.2, steps 3 and 4). */
export function allowedExtensionFields(
  allowed: 'all' | readonly string[],
  reserved: ReadonlySet<string>,
  profile: ErrorProfile,
): ErrorRule {
  const isExposed = exposure(allowed, reserved);
  const keepEmpty = profile === 'cosmo' && allowed === 'all';
  return {
    key: allowed === 'all' ? 'allow_all_extension_fields' : 'allowed_extension_fields',
    subjects: ['nested', 'entry'],
    apply(draft, facts) {
      const sent = profile === 'cosmo' ? sentExtensions(facts) : facts.entry?.extensions;
      const code = facts.code ?? draft.defaultCode;
      if (isJsonObject(sent)) {
        draft.extensions = copyExposed(sent, code, facts.code !== null, isExposed, keepEmpty);
      } else if (sent === undefined || sent === null) {
        if (code === null) draft.extensions = profile === 'cosmo' ? sent : undefined;
        else if (isExposed('code')) draft.extensions = { code };
      } else {
        draft.extensions = sent;
      }
    },
  };
}

function exposure(allowed: 'all' | readonly string[], reserved: ReadonlySet<string>): (key: string) => boolean {
  if (allowed === 'all') return (key) => !reserved.has(key);
  const names = new Set(allowed.filter((key) => !reserved.has(key)));
  return (key) => names.has(key);
}

function sentExtensions(facts: ErrorFacts): JsonValue | undefined {
  const raw = facts.entry?.raw;
  return isJsonObject(raw) ? raw['extensions'] : undefined;
}

function copyExposed(
  sent: JsonObject,
  code: string | null,
  replacesCode: boolean,
  isExposed: (key: string) => boolean,
  keepEmpty: boolean,
): JsonObject | undefined {
  const out: Record<string, JsonValue> = {};
  let empty = !keepEmpty;
  for (const key of Object.keys(sent)) {
    if (!isExposed(key)) continue;
    const value = sent[key] ?? null;
    // Written out for speed: nearly every error has this one.
    if (key === 'code') out['code'] = replacesCode ? code : value;
    else setProperty(out, key, value);
    empty = false;
  }
  if (code !== null && !Object.hasOwn(sent, 'code') && isExposed('code')) {
    out['code'] = code;
    empty = false;
  }
  return empty ? undefined : out;
}
