/** Equality of JSON texts as values, without losing what a double cannot hold. */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson, printJson, RawNumber } from '../../src/shared/json.ts';

/** Parses what must be JSON; a test with a broken text fails here. */
export function readJson(text: string): JsonValue {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(`not JSON (${parsed.error}): ${text.slice(0, 500)}`);
  return parsed.value;
}

export function readJsonObject(text: string): JsonObject {
  const value = readJson(text);
  if (!isJsonObject(value)) throw new Error(`not a JSON object: ${text.slice(0, 500)}`);
  return value;
}

/** Deep equality; the order of keys means nothing. */
export function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sortedText(a) === sortedText(b);
}

/** Canonical text: equal values have equal texts. */
export function sortedText(value: JsonValue): string {
  return printJson(sortKeys(value));
}

function sortKeys(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(sortKeys);
  if (isJsonObject(value)) {
    return Object.fromEntries(
      Object.keys(value)
        .toSorted()
        .map((key) => [key, sortKeys(value[key] ?? null)]),
    );
  }
  // `1E3` and 1000 are one number as long as a double holds it.
  if (value instanceof RawNumber && String(Number(value.lexeme)).length < 15) return Number(value.lexeme);
  return value;
}
