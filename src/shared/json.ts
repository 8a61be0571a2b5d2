/**
 * JSON that keeps what JavaScript's own would lose: numbers beyond a double, and nothing but own properties.
 */
import { randomUUID } from 'node:crypto';
import { err, ok, type Result } from './result.ts';

export type JsonValue = string | number | boolean | null | RawNumber | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

// Unforgeable from outside: a peer cannot know it, so no string of theirs is ever taken for a number.
const MARKER = `\u0001${randomUUID()}:`;
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

// 16 digits or an exponent somewhere, the cheapest question; then, where a number can stand. Either may be wrong inside a string,
// which only costs time.
const MAYBE_LONG = /[0-9](?:[eE][-+0-9]|[0-9.]{15})/;
const LONG_NUMBER = /(?:^|[:,[\s])-?(?:[0-9.]{16,}|[0-9.]+[eE])/;
const NUMBER = /-?[0-9][0-9.eE+-]*/y;

/** Parses JSON text; numbers that a double cannot hold become `RawNumber`. The error is a sentence for the log. */
export function parseJson(text: string): Result<JsonValue, string> {
  try {
    if (!MAYBE_LONG.test(text) || !LONG_NUMBER.test(text)) return ok(JSON.parse(text));
    const marked = markLongNumbers(text);
    return ok(marked === text ? JSON.parse(text) : JSON.parse(marked, unmarkNumber));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

function markLongNumbers(text: string): string {
  let out = '';
  let copied = 0;
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      i = endOfString(text, i);
    } else if (code === 45 || (code >= 48 && code <= 57)) {
      NUMBER.lastIndex = i;
      const lexeme = NUMBER.exec(text)?.[0] ?? '-';
      if (isLong(lexeme)) {
        out += text.slice(copied, i) + JSON.stringify(MARKER + lexeme);
        copied = i + lexeme.length;
      }
      i += lexeme.length;
    } else {
      i++;
    }
  }
  return out + text.slice(copied);
}

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

function isLong(lexeme: string): boolean {
  if (JSON_NUMBER.test(lexeme)) return lexeme.replace(/[^0-9]/g, '').length > 15 || /[eE]/.test(lexeme);
  return false; // not a number: JSON.parse says so
}

const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

function unmarkNumber(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(MARKER) ? new RawNumber(value.slice(MARKER.length)) : value;
}

/** Prints a value as JSON text: raw numbers as they were read, lone surrogates as U+FFFD. */
export function printJson(value: JsonValue): string {
  let text = JSON.stringify(value);
  if (text.includes('\\ud'))
    text = JSON.stringify(value, (_key, member: unknown) => (typeof member === 'string' ? member.toWellFormed() : member));
  return text.includes('\\u0001') ? text.replace(MARKED_NUMBER, '$1') : text;
}

/** Whether a value nests deeper than `limit`; itself it never recurses, so that no input can exhaust the stack. */
export function isDeeperThan(value: JsonValue, limit: number): boolean {
  let level: JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: JsonValue[] = [];
    for (const node of level) {
      if (isJsonArray(node)) for (const item of node) collectNested(item, next);
      else if (isJsonObject(node)) for (const key of Object.keys(node)) collectNested(node[key] ?? null, next);
    }
    level = next;
  }
  return false;
}

function collectNested(value: JsonValue, into: JsonValue[]): void {
  if (typeof value === 'object' && value !== null) into.push(value);
}
