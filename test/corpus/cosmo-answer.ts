/** Whether the router's answer in the cosmo profile is the expected one. */
import { isJsonArray, isJsonObject, type JsonValue, parseJson } from '../../src/shared/json.ts';
import { sortedText } from '../support/same-json.ts';
import { type Expected, OURS, type Scenario } from './corpus.ts';

/** What a client must get, and how exactly. */
export interface ExpectedAnswer {
  readonly status: number;
  readonly body: string;
  readonly unorderedErrors: boolean;
  readonly calls: Readonly<Record<string, number>> | undefined;
}

/** Cosmo's answer, or ours where Cosmo's is a bug. */
export function expectedInCosmoProfile({ id, expected }: Scenario): ExpectedAnswer {
  const own = OURS[id]?.cosmo;
  const unorderedErrors = expected.unorderedErrors ?? false;
  if (own !== undefined) return { status: 200, body: own.body, unorderedErrors, calls: own.calls ?? expected.calls };
  return { status: expected.httpStatus, body: textOf(expected), unorderedErrors, calls: expected.calls };
}

function textOf(expected: Expected): string {
  return expected.compare === 'json' ? JSON.stringify(expected.bodyJson) : expected.body;
}

/** A text that equals the other one's exactly when the bodies are equal; with `unordered`, up to the order of errors. */
export function comparableBody(body: string, unordered: boolean): string {
  const parsed = parseJson(body);
  if (!parsed.ok) return `not JSON: ${body}`;
  return sortedText(unordered ? sortErrors(parsed.value) : parsed.value);
}

function sortErrors(body: JsonValue): JsonValue {
  if (!isJsonObject(body)) return body;
  const { errors } = body;
  if (errors === undefined || !isJsonArray(errors)) return body;
  return { ...body, errors: errors.toSorted((a, b) => (sortedText(a) < sortedText(b) ? -1 : 1)) };
}
