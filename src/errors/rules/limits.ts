import type { ErrorLimits } from '../../config/keys/error-scrub.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownProperty, printJson, RawNumber, setProperty } from '../../shared/json.ts';
import type { ErrorRule } from './rule.ts';

/** Bounds what one error may weigh. How many there may be, the policy counts as a whole (error-layer.md section 7.6). */
export function limits({ messageBytes, extensionsBytes }: ErrorLimits): ErrorRule | null {
  if (messageBytes === null && extensionsBytes === null) return null;
  return {
    key: 'limits',
    subjects: ['nested', 'entry', 'wrapper', 'failure', 'dependency', 'value'],
    apply(draft) {
      if (messageBytes !== null && typeof draft.message === 'string') draft.message = clipBytes(draft.message, messageBytes);
      if (extensionsBytes === null) return;
      if (isJsonObject(draft.extensions)) draft.extensions = keepSmall(draft.extensions, extensionsBytes);
      if (draft.members !== null) draft.members = keepSmall(draft.members, extensionsBytes) ?? null;
    },
  };
}

/** The longest beginning that fits, with an ellipsis where something is cut. */
export function clipBytes(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  // One character is at most three bytes per code unit, so the beginning that matters is never longer than this.
  const bytes = Buffer.from(text.slice(0, maxBytes));
  let end = Math.min(bytes.length, Math.max(0, maxBytes - 3));
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString('utf8', 0, end)}…`;
}

/** The code first, then members in their order as long as they fit together. */
function keepSmall(object: JsonObject, maxBytes: number): JsonObject | undefined {
  if (isSurelyWithin(object, maxBytes)) return object;
  const sizes = Object.keys(object).map((key) => ({ key, bytes: sizeOf(key, ownProperty(object, key) ?? null) }));
  let left = maxBytes;
  const kept = new Set<string>();
  for (const { key, bytes } of sizes.toSorted((a, b) => Number(b.key === 'code') - Number(a.key === 'code'))) {
    if (bytes > left) continue;
    left -= bytes;
    kept.add(key);
  }
  if (kept.size === sizes.length) return object;
  const out: Record<string, JsonValue> = {};
  for (const { key } of sizes) if (kept.has(key)) setProperty(out, key, ownProperty(object, key) ?? null);
  return kept.size === 0 ? undefined : out;
}

function sizeOf(key: string, value: JsonValue): number {
  return Buffer.byteLength(key) + Buffer.byteLength(printJson(value)) + 4;
}

/** What no printed character exceeds: six for an escaped one. */
const BYTES_PER_UNIT = 6;
const BYTES_PER_SCALAR = 32;

/** Whether a value is so small that nothing needs to be printed to know that it fits. */
function isSurelyWithin(value: JsonValue, maxBytes: number): boolean {
  return upperBound(value, maxBytes) <= maxBytes;
}

/** At least what the printed value weighs, in bytes; stops counting beyond `enough`. Deep values never come here (ingest). */
function upperBound(value: JsonValue, enough: number): number {
  if (typeof value === 'string') return value.length * BYTES_PER_UNIT + 4;
  if (typeof value !== 'object' || value === null) return BYTES_PER_SCALAR;
  if (value instanceof RawNumber) return value.lexeme.length + 4;
  let bytes = 4;
  for (const [key, item] of Object.entries(value)) {
    bytes += key.length * BYTES_PER_UNIT + 6 + upperBound(item, enough - bytes);
    if (bytes > enough) break;
  }
  return bytes;
}
