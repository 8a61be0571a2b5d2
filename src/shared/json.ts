/**
 * JSON that keeps what JavaScript's own would lose: numbers beyond a double, and nothing but own properties.
 */
import { randomBytes } from 'node:crypto';
import { err, ok, type Result } from './result.ts';

export type JsonValue = string | number | boolean | null | RawNumber | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

// Unforgeable from outside: a peer cannot know it, so no string of theirs is ever taken for a number.
const MARKER = `\u0001${randomBytes(9).toString('base64url')}:`;
const MARKED_NUMBER = new RegExp(`"${JSON.stringify(MARKER).slice(1, -1).replace('\\', '\\\\')}([^"]*)"`, 'g');

/** A number whose text a double cannot hold, such as `12345678901234567890` or `1e400`; printed as it was read. */
export class RawNumber {
  readonly lexeme: string;

  constructor(lexeme: string) {
    this.lexeme = lexeme;
  }

  /** For `printJson` alone, which turns the mark into the bare number. */
  toJSON(): string {
    return MARKER + this.lexeme;
  }
}

/** An object in JSON's sense: neither null, nor a list, nor a raw number. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RawNumber);
}

export function isJsonArray(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** An own property, so that `constructor` and `__proto__` are just names. */
export function ownProperty(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets an own property whatever its name; a plain assignment of `__proto__` would change the prototype instead. */
export function setProperty(object: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

// Where a number can stand, more digits than a double is sure to keep, or an exponent that may leave its range. May be wrong inside a
// string, which only costs time.
const LONG_NUMBER = /(?:^|[:,[\s])-?(?:[0-9.]{16,}|[0-9.]+[eE][-+]?[0-9]{3})/;
const LONG_EXPONENT = /[eE][-+]?[0-9]{3}/;
const LONG_RUN = 16;

/** Parses JSON text; numbers that a double cannot hold become `RawNumber`. The error is a sentence for the log. */
export function parseJson(text: string): Result<JsonValue, string> {
  try {
    const mayHoldLong = (hasLongRun(text) || LONG_EXPONENT.test(text)) && LONG_NUMBER.test(text);
    const marked = mayHoldLong ? markLongNumbers(text) : text;
    const value: JsonValue = JSON.parse(marked);
    return ok(marked === text ? value : unmarkNumbers(value));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** Whether so many digits and dots stand in a row somewhere. Every such run covers a position that is looked at, so most are not. */
function hasLongRun(text: string): boolean {
  for (let i = LONG_RUN - 1; i < text.length; i += LONG_RUN) {
    if (!isDigitOrDot(text.charCodeAt(i))) continue;
    let start = i;
    while (start > 0 && isDigitOrDot(text.charCodeAt(start - 1))) start--;
    let end = i + 1;
    while (end < text.length && isDigitOrDot(text.charCodeAt(end))) end++;
    if (end - start >= LONG_RUN) return true;
  }
  return false;
}

const isDigitOrDot = (code: number): boolean => (code >= 48 && code <= 57) || code === 46;

function markLongNumbers(text: string): string {
  let out = '';
  let copied = 0;
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      i = endOfString(text, i);
    } else if (code === 45 || isDigitOrDot(code)) {
      const end = endOfNumber(text, i);
      const lexeme = text.slice(i, end);
      if (isLong(lexeme)) {
        out += text.slice(copied, i) + JSON.stringify(MARKER + lexeme);
        copied = end;
      }
      i = end;
    } else {
      i++;
    }
  }
  return out + text.slice(copied);
}

/** Index behind the last character that a number may have. Whether it is one, `JSON.parse` says. */
function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && isNumberPart(text.charCodeAt(end))) end++;
  return end;
}

/** Digits, `.`, `e`, `E`, `+` and `-`. */
const isNumberPart = (code: number): boolean => isDigitOrDot(code) || code === 101 || code === 69 || code === 43 || code === 45;

/** Index behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let end = start;
  do {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
  } while (isEscaped(text, end));
  return end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 92) slashes++;
  return slashes % 2 === 1;
}

const JSON_NUMBER = /^-?(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;
/** Digits that a double always keeps, and powers of ten at which it is neither infinite nor imprecise. */
const SAFE_DIGITS = 15;
const SAFE_EXPONENT = 290;

/** Whether a double would print as another number. What is no number at all is left to `JSON.parse` to refuse. */
function isLong(lexeme: string): boolean {
  if (lexeme.length < LONG_RUN && !LONG_EXPONENT.test(lexeme)) return false;
  const parts = JSON_NUMBER.exec(lexeme);
  if (parts === null) return false;
  const digits = (parts[1] ?? '').length + (parts[2] ?? '').length;
  if (digits <= SAFE_DIGITS && Math.abs(Number(parts[3] ?? 0)) <= SAFE_EXPONENT) return false;
  return String(Number(lexeme)) !== lexeme;
}

/** Replaces marked strings in place, in a value that was parsed a moment ago and is nobody else's. Never recurses. */
function unmarkNumbers(root: JsonValue): JsonValue {
  if (typeof root !== 'object') return unmarkNumber(root);
  const open: JsonValue[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isParsedList(node)) {
      for (let i = 0; i < node.length; i++) visitMember(node, i, node[i] ?? null, open);
    } else if (isParsedObject(node)) {
      // A key `__proto__` is an own property here, so that it is read and written like any other.
      for (const key of Object.keys(node)) visitMember(node, key, node[key] ?? null, open);
    }
  }
  return root;
}

function visitMember<K extends string | number>(parent: Record<K, JsonValue>, key: K, value: JsonValue, open: JsonValue[]): void {
  if (typeof value === 'string') {
    if (value.startsWith(MARKER)) parent[key] = unmarkNumber(value);
  } else if (typeof value === 'object' && value !== null) {
    open.push(value);
  }
}

const isParsedList = (value: JsonValue): value is JsonValue[] => Array.isArray(value);
const isParsedObject = (value: JsonValue): value is Record<string, JsonValue> => isJsonObject(value);

function unmarkNumber(value: JsonValue): JsonValue {
  return typeof value === 'string' && value.startsWith(MARKER) ? new RawNumber(value.slice(MARKER.length)) : value;
}

// JSON.stringify escapes surrogates only where they are alone, in keys as in values.
const ESCAPE = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/** Prints a value as JSON text: raw numbers as they were read, lone surrogates as U+FFFD. */
export function printJson(value: JsonValue): string {
  let text = JSON.stringify(value);
  if (text.includes('\\ud')) text = text.replace(ESCAPE, (escape, lone?: string) => (lone === undefined ? escape : '\ufffd'));
  return text.includes('\\u0001') ? text.replace(MARKED_NUMBER, '$1') : text;
}

/** Whether lists and objects stand in one another more than `limit` + 1 deep. It recurses, but never deeper than `limit`, and allocates nothing. */
export function isDeeperThan(value: JsonValue, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit < 0) return !(value instanceof RawNumber);
  if (isJsonArray(value)) {
    for (const item of value) if (typeof item === 'object' && isDeeperThan(item, limit - 1)) return true;
  } else if (isJsonObject(value)) {
    for (const key in value) {
      const member = value[key] ?? null;
      if (typeof member === 'object' && isDeeperThan(member, limit - 1)) return true;
    }
  }
  return false;
}
