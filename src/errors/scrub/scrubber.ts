/** Removes what must not leave the house from texts, wherever they come from (error-layer.md section 7.5). */
import type { Detector, ScrubAction, ScrubOptions } from '../../config/keys/error-scrub.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, setProperty } from '../../shared/json.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { compilePattern } from '../linear-pattern.ts';
import { findEmails, findHosts, findIps, findPaths, findUrls } from './addresses.ts';
import { findAssignments, findElements, findEncodedAssignments } from './assignments.ts';
import { findCards } from './cards.ts';
import { findSql, findStackTraces } from './code.ts';
import { rememberByName } from './name-memo.ts';
import { isSecretName } from './secret-names.ts';
import { SIGN, signsOf } from './signs.ts';
import { type Finder, NOTHING, type Span } from './spans.ts';
import { findBearers, findKeys, findPems, findTokens } from './tokens.ts';
import { findDsns, findUserInfo } from './user-info.ts';

/** What stands where something was masked. */
export const MASK = '***';
/** What stands for a whole text that was redacted. */
export const REDACTED = '[redacted]';

export interface Scrubber {
  /** The text without findings. Each detector that found something is told to `note` once, never what it found. */
  scrubText(text: string, note: (detector: Detector) => void): string;
  /** The same for every string and name within a value; a member whose name says that it is a secret is masked as a whole. */
  scrubValue(value: JsonValue, note: (detector: Detector) => void): JsonValue;
}

interface ActiveDetector {
  readonly name: Detector;
  /** Signs of which a text must have one to hold a finding. */
  readonly signs: number;
  readonly find: Finder;
  readonly action: Exclude<ScrubAction, 'off'>;
}

/** Null when every detector is off. The error names the custom pattern that cannot be used. */
export function createScrubber(options: ScrubOptions): Result<Scrubber | null, string> {
  const detectors = builtInDetectors(options);
  for (const { name, pattern, action } of options.custom) {
    if (action === 'off') continue;
    const compiled = compilePattern(pattern);
    if (!compiled.ok) return err(`custom pattern ${name} ${compiled.error}`);
    const { value } = compiled;
    detectors.push({ name: 'custom', signs: ANY, find: (text) => value.find(text), action });
  }
  return ok(detectors.length === 0 ? null : scrubberOf(detectors));
}

/** Any text may hold a finding. */
const ANY = -1;

function builtInDetectors({ actions, internalSuffixes }: ScrubOptions): ActiveDetector[] {
  const { dot, colon, slash, at, equals, bracket, gap, dash, token, digits, percent } = SIGN;
  const betweenWords = dot | colon | slash | at | equals | bracket | gap | dash;
  const hostSigns = internalSuffixes.every((suffix) => suffix.includes('.')) ? dot : ANY;
  const finders: readonly (readonly [keyof ScrubOptions['actions'], signs: number, Finder])[] = [
    ['urls', colon, findUrls],
    ['hosts', hostSigns, findHosts(internalSuffixes)],
    ['ips', dot | colon, findIps],
    ['paths', slash, findPaths],
    ['stack_traces', dot | colon | bracket | dash, findStackTraces],
    ['sql', betweenWords, findSql],
    ['secrets', dot, findTokens],
    ['secrets', token, findKeys],
    ['secrets', gap | colon | equals | bracket | slash, findBearers],
    ['secrets', colon | equals, findAssignments],
    ['secrets', percent, findEncodedAssignments],
    ['secrets', slash, findElements],
    ['secrets', at, findUserInfo],
    ['secrets', at, findDsns],
    ['secrets', dash, findPems],
    ['emails', at, findEmails],
    ['cards', digits, findCards],
  ];
  return finders.flatMap(([name, signs, find]) => {
    const action = actions[name];
    return action === 'off' ? [] : [{ name, signs, find, action }];
  });
}

function scrubberOf(detectors: readonly ActiveDetector[]): Scrubber {
  const secrets = detectors.find(({ name }) => name === 'secrets');
  const scrubText: Scrubber['scrubText'] = (text, note) => {
    let masked: readonly Span[] | null = null;
    let redacted = false;
    let noted: Detector | null = null;
    const present = signsOf(text);
    for (const { name, signs, find, action } of detectors) {
      const found = (present & signs) !== 0 || signs === ANY ? find(text) : NOTHING;
      if (found.length === 0) continue;
      if (name !== noted) note((noted = name));
      if (action === 'redact') redacted = true;
      else masked = masked === null ? found : [...masked, ...found];
    }
    return redacted ? REDACTED : masked === null ? text : maskSpans(text, masked);
  };
  const scrubMember = (key: string, value: JsonValue, note: (detector: Detector) => void): JsonValue => {
    if (secrets === undefined || value === null || typeof value === 'boolean' || !isSecretName(key)) return scrubValue(value, note);
    note('secrets');
    return secrets.action === 'redact' ? REDACTED : MASK;
  };
  // Callers bound the depth (ingest leaves deeper members out), so that this recursion is bounded too. What holds no finding is not copied.
  const scrubValue: Scrubber['scrubValue'] = (value, note) => {
    if (typeof value === 'string') return scrubText(value, note);
    if (isJsonArray(value)) {
      const scrubbed = value.map((item) => scrubValue(item, note));
      return scrubbed.every((item, i) => item === value[i]) ? value : scrubbed;
    }
    return isJsonObject(value) ? scrubObject(value, note) : value;
  };
  /** Whether neither the name nor what it says of its value asks for a mask. */
  const isPlainName = rememberByName((name) => !isSecretName(name) && scrubText(name, () => {}) === name);
  const scrubObject = (object: JsonObject, note: (detector: Detector) => void): JsonObject => {
    let copy: Record<string, JsonValue> | null = null;
    let names: FreeNames | null = null;
    const keys = Object.keys(object);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] ?? '';
      const value = object[key] ?? null;
      const isPlain = isPlainName(key);
      const scrubbed = isPlain ? scrubValue(value, note) : scrubMember(key, value, note);
      const name = isPlain ? key : scrubText(key, note);
      if (scrubbed === value && name === key && copy === null) continue;
      copy ??= copyOf(object, keys.slice(0, i));
      setProperty(copy, name === key ? key : (names ??= freeNames(keys))(name), scrubbed);
    }
    return copy ?? object;
  };
  return { scrubText, scrubValue };
}

type FreeNames = (name: string) => string;

/** Names that are scrubbed may become equal to others; numbers keep every member: `***`, `*** (2)`. Counts on, so as to stay linear. */
function freeNames(keys: readonly string[]): FreeNames {
  const taken = new Set(keys);
  const counts = new Map<string, number>();
  return (name) => {
    let count = counts.get(name) ?? 1;
    let free = count === 1 ? name : `${name} (${count})`;
    while (taken.has(free)) free = `${name} (${++count})`;
    counts.set(name, count + 1);
    taken.add(free);
    return free;
  };
}

function copyOf(object: JsonObject, keys: readonly string[]): Record<string, JsonValue> {
  const copy: Record<string, JsonValue> = {};
  for (const key of keys) setProperty(copy, key, object[key] ?? null);
  return copy;
}

function maskSpans(text: string, spans: readonly Span[]): string {
  const ordered = spans.toSorted((a, b) => a[0] - b[0]);
  let out = '';
  let at = 0;
  for (const [start, end] of ordered) {
    // Findings without anything between them are one.
    if (start > at || at === 0) out += text.slice(at, start) + MASK;
    at = Math.max(at, end);
  }
  return out + text.slice(at);
}
