import type { ErrorLimits } from '../../config/keys/error-scrub.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ownProperty,
  printJson,
  RawNumber,
  setProperty,
} from '../../shared/json.ts';
import { isSecretName } from '../scrub/secret-names.ts';
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

/** Leaves out members that are too large whatever is masked in them, so that nobody needs to look into them. */
export function hugeMembers({ extensionsBytes }: ErrorLimits): ErrorRule | null {
  if (extensionsBytes === null) return null;
  return {
    key: 'limits',
    subjects: ['nested', 'entry'],
    apply(draft) {
      if (isJsonObject(draft.extensions)) draft.extensions = withoutHuge(draft.extensions, extensionsBytes);
      if (draft.members !== null) draft.members = withoutHuge(draft.members, extensionsBytes) ?? null;
    },
  };
}

/** A mask is shorter than what it stands for, a string or all that a secret's name stands before: neither counts for anything here. */
const MASKED: Weights = { unit: 0, scalar: 1, member: 1, isMask: isSecretName };

function withoutHuge(object: JsonObject, maxBytes: number): JsonObject | undefined {
  if (weigh(object, MASKED, maxBytes) <= maxBytes) return object;
  const out: Record<string, JsonValue> = {};
  let isEmpty = true;
  for (const key of Object.keys(object)) {
    const value = object[key] ?? null;
    if (!isSecretName(key) && weigh(value, MASKED, maxBytes) > maxBytes) continue;
    setProperty(out, key, value);
    isEmpty = false;
  }
  return isEmpty ? undefined : out;
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
  if (weigh(object, AT_MOST, maxBytes) <= maxBytes) return object;
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

/** Bytes that a printed value takes per code unit of a string, per other scalar, and per member beside its value. */
interface Weights {
  readonly unit: number;
  readonly scalar: number;
  readonly member: number;
  /** Whether the value of a member may become a mask, whatever it is. */
  readonly isMask: (name: string) => boolean;
}

const AT_MOST: Weights = { unit: 6, scalar: 32, member: 6, isMask: () => false };

/** Estimates what the printed value weighs without printing it; stops counting beyond `enough`. Deep values never come here (ingest). */
function weigh(value: JsonValue, weights: Weights, enough: number): number {
  if (typeof value === 'string') return value.length * weights.unit + 2;
  if (typeof value !== 'object' || value === null) return weights.scalar;
  if (value instanceof RawNumber) return value.lexeme.length;
  let bytes = 2;
  if (isJsonArray(value)) {
    for (const item of value) {
      bytes += weights.member + weigh(item, weights, enough - bytes);
      if (bytes > enough) break;
    }
  } else {
    for (const key in value) {
      bytes += key.length * weights.unit + weights.member;
      bytes += weights.isMask(key) ? weights.scalar : weigh(value[key] ?? null, weights, enough - bytes);
      if (bytes > enough) break;
    }
  }
  return bytes;
}
