import { isJsonObject, ownProperty } from '../../shared/json.ts';
import type { ErrorProfile } from '../profile.ts';
import type { ErrorRule } from './rule.ts';

/**
 * Removes all extensions of what a fetch caused. A generic error keeps its `statusCode`, as in Cosmo (section 3).
 *
 * Cosmo lets errors about values keep their codes; they are caused by what a fetch returned, so ours do not.
 */
export function omitExtensions(keep: boolean, profile: ErrorProfile): ErrorRule | null {
  if (keep) return null;
  return {
    key: 'omit_extensions',
    subjects: ['nested', 'entry', 'wrapper', 'failure', 'dependency', ...(profile === 'cosmo' ? [] : (['value'] as const))],
    apply(draft, facts) {
      const shown = facts.failure !== null && isJsonObject(draft.extensions) ? ownProperty(draft.extensions, 'statusCode') : undefined;
      draft.extensions = shown === undefined ? undefined : { statusCode: shown };
    },
  };
}
