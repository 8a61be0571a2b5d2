import type { Detector } from '../../config/keys/error-scrub.ts';
import { isJsonObject } from '../../shared/json.ts';
import type { Scrubber } from '../scrub/scrubber.ts';
import type { ErrorRule } from './rule.ts';

/**
 * Removes what must not leave from every text that somebody else wrote. What comes after this rule is the router's own, and so are the
 * sentences about fetches: of what a subgraph said they repeat only texts that were scrubbed before.
 */
export function scrub(scrubber: Scrubber | null): ErrorRule | null {
  if (scrubber === null) return null;
  return {
    key: 'scrub',
    subjects: ['nested', 'entry', 'value'],
    apply(draft) {
      const note = (detector: Detector): void => draft.noteFinding(detector);
      if (draft.message !== undefined) draft.message = scrubber.scrubValue(draft.message, note);
      if (draft.extensions !== undefined) draft.extensions = scrubber.scrubValue(draft.extensions, note);
      if (draft.members === null) return;
      const members = scrubber.scrubValue(draft.members, note);
      if (isJsonObject(members)) draft.members = members;
    },
  };
}
