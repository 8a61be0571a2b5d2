import { isJsonObject, ownProperty } from '../../shared/json.ts';
import type { ErrorRule } from './rule.ts';

/**
 * Removes all extensions of what a fetch caused. A generic error keeps its `statusCode`, as in Cosmo (section 3).
 *
 * Errors about values keep their code, as in Cosmo too: the client's own selection is all that they tell of.
 */
export function omitExtensions(keep: boolean): ErrorRule | null {
  if (keep) return null;
  return {
    key: 'omit_extensions',
    subjects: ['nested', 'entry', 'wrapper', 'failure', 'dependency'],
    apply(draft, facts) {
      const shown = facts.failure !== null && isJsonObject(draft.extensions) ? ownProperty(draft.extensions, 'statusCode') : undefined;
      draft.extensions = shown === undefined ? undefined : { statusCode: shown };
    },
  };
}
