import { isJsonArray, isJsonObject, type JsonValue, ownProperty } from '../../shared/json.ts';
import type { ErrorRule } from './rule.ts';

/** Copies the sound locations of a subgraph's error (cosmo-reference.md 4.4). They refer to the subgraph's document, not to the client's. */
export function omitLocations(keep: boolean): ErrorRule | null {
  if (!keep) return null;
  return {
    key: 'omit_locations',
    subjects: ['nested', 'entry'],
    apply(draft, facts) {
      const raw = facts.entry?.raw;
      const sent = isJsonObject(raw) ? ownProperty(raw, 'locations') : undefined;
      if (!isJsonArray(sent)) return;
      const sound = sent.filter(isLocation);
      if (sound.length > 0) draft.locations = sound;
    },
  };
}

function isLocation(value: JsonValue): boolean {
  return isJsonObject(value) && isPosition(ownProperty(value, 'line')) && isPosition(ownProperty(value, 'column'));
}

function isPosition(value: JsonValue | undefined): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
