/** Removes what must not leave the house from texts, wherever they come from (error-layer.md section 7.5). */
import type { Detector, ScrubAction, ScrubOptions } from '../../config/keys/error-scrub.ts';
import { isJsonArray, isJsonObject, type JsonValue, ownProperty, setProperty } from '../../shared/json.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { compilePattern } from '../linear-pattern.ts';
import { findEmails, findHosts, findIps, findPaths, findUrls } from './addresses.ts';
import { findSql, findStackTraces } from './code.ts';
import { findCards, findSecrets, isSecretName } from './secrets.ts';
import type { Finder, Span } from './spans.ts';

/** What stands where something was masked. */
export const MASK = '***';
/** What stands for a whole text that was redacted. */
export const REDACTED = '[redacted]';

export interface Scrubber {
  /** The text without findings. Each detector that found something is told to `note`, never what it found. */
  scrubText(text: string, note: (detector: Detector) => void): string;
  /** The same for every string within a value; a member whose name says that it is a secret is masked as a whole. */
  scrubValue(value: JsonValue, note: (detector: Detector) => void): JsonValue;
}

interface ActiveDetector {
  readonly name: Detector;
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
    detectors.push({ name: 'custom', find: (text) => value.find(text), action });
  }
  return ok(detectors.length === 0 ? null : scrubberOf(detectors));
}

function builtInDetectors({ actions, internalSuffixes }: ScrubOptions): ActiveDetector[] {
  const finders: readonly (readonly [keyof ScrubOptions['actions'], Finder])[] = [
    ['urls', findUrls],
    ['hosts', findHosts(internalSuffixes)],
    ['ips', findIps],
    ['paths', findPaths],
    ['stack_traces', findStackTraces],
    ['sql', findSql],
    ['secrets', findSecrets],
    ['emails', findEmails],
    ['cards', findCards],
  ];
  return finders.flatMap(([name, find]) => {
    const action = actions[name];
    return action === 'off' ? [] : [{ name, find, action }];
  });
}

function scrubberOf(detectors: readonly ActiveDetector[]): Scrubber {
  const secrets = detectors.find(({ name }) => name === 'secrets');
  const scrubText: Scrubber['scrubText'] = (text, note) => {
    const masked: Span[] = [];
    let redacted = false;
    for (const { name, find, action } of detectors) {
      const found = find(text);
      if (found.length === 0) continue;
      note(name);
      if (action === 'redact') redacted = true;
      else for (const span of found) masked.push(span);
    }
    return redacted ? REDACTED : masked.length === 0 ? text : maskSpans(text, masked);
  };
  const scrubMember = (key: string, value: JsonValue, note: (detector: Detector) => void): JsonValue => {
    if (secrets === undefined || value === null || typeof value === 'boolean' || !isSecretName(key)) return scrubValue(value, note);
    note('secrets');
    return secrets.action === 'redact' ? REDACTED : MASK;
  };
  // Callers bound the depth (ingest leaves deeper members out), so that this recursion is bounded too.
  const scrubValue: Scrubber['scrubValue'] = (value, note) => {
    if (typeof value === 'string') return scrubText(value, note);
    if (isJsonArray(value)) return value.map((item) => scrubValue(item, note));
    if (!isJsonObject(value)) return value;
    const out: Record<string, JsonValue> = {};
    for (const key of Object.keys(value)) setProperty(out, key, scrubMember(key, ownProperty(value, key) ?? null, note));
    return out;
  };
  return { scrubText, scrubValue };
}

function maskSpans(text: string, spans: readonly Span[]): string {
  const ordered = spans.toSorted((a, b) => a[0] - b[0]);
  let out = '';
  let at = 0;
  for (const [start, end] of ordered) {
    if (start >= at) out += text.slice(at, start) + MASK;
    at = Math.max(at, end);
  }
  return out + text.slice(at);
}
