import type { Detector } from '../../config/keys/error-scrub.ts';
import { isJsonObject, type JsonValue, ownProperty, parseJson, printJson } from '../../shared/json.ts';
import type { Scrubber } from '../scrub/scrubber.ts';
import type { ErrorRule } from './rule.ts';

/** Shows what was asked of which URL, for audiences that may know. The compiler of the policy refuses it for the public. */
export function attachRequest(attach: boolean, scrubber: Scrubber | null, maxBytes: number | null): ErrorRule | null {
  if (!attach) return null;
  return {
    key: 'attach_request',
    subjects: ['entry', 'wrapper', 'failure'],
    apply(draft, { url, requestBody }) {
      if (url === null || requestBody === null) return;
      const request = { url, variables: variablesOf(requestBody) };
      const note = (detector: Detector): void => draft.noteFinding(detector);
      const shown = scrubber === null ? request : scrubber.scrubValue(request, note);
      const fits = maxBytes === null || Buffer.byteLength(printJson(shown)) <= maxBytes;
      draft.extensible()['request'] = fits ? shown : { url: isJsonObject(shown) ? (ownProperty(shown, 'url') ?? null) : null };
    },
  };
}

function variablesOf(requestBody: string): JsonValue {
  const parsed = parseJson(requestBody);
  return parsed.ok && isJsonObject(parsed.value) ? (ownProperty(parsed.value, 'variables') ?? null) : null;
}
