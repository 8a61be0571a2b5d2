import { isJsonObject, type JsonValue, ownProperty } from '../../shared/json.ts';
import { MISSING_MESSAGE } from '../ingest.ts';
import type { IngestedError } from '../model.ts';
import type { ErrorProfile } from '../profile.ts';
import type { ErrorRule } from './rule.ts';

/** The subgraph's own text, or the operator's instead of it; what the catalogue says is the operator's already. */
export function redactedMessage(text: string | null, profile: ErrorProfile): ErrorRule {
  return {
    key: 'redacted_message',
    subjects: ['nested', 'entry'],
    apply(draft, { entry, catalogue }) {
      const replacement = catalogue?.message ?? text;
      if (replacement !== null) draft.message = replacement;
      else if (entry !== null) draft.message = profile === 'cosmo' ? sentMessage(entry) : entry.message;
    },
  };
}

/** Cosmo shows no message where there is none, and null where that was sent; only what would break it is mended (section 12). */
function sentMessage(entry: IngestedError): JsonValue | undefined {
  if (!isJsonObject(entry.raw)) return MISSING_MESSAGE;
  const sent = ownProperty(entry.raw, 'message');
  return sent === undefined || sent === null ? sent : entry.message;
}
