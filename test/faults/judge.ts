/** Compares an answer with what a scenario expects. Pure; problems are sentences. */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, ownProperty, parseJson } from '../../src/shared/json.ts';
import { unrealPaths } from '../corpus/default-answer.ts';
import type { ExchangeReply } from '../support/exchange.ts';
import { readJson, sameJson, sortedText } from '../support/same-json.ts';
import type { JsonRecord } from '../support/script.ts';
import type { Expectation, ExpectedError, ExpectedLog } from './scenario.ts';

/** One request and everything that could be seen of it. */
export interface Observation {
  readonly reply: ExchangeReply;
  readonly durationMs: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly representations: Readonly<Record<string, readonly unknown[]>>;
  /** Lines that the router logged since the request was sent; null for a foreign gateway. */
  readonly log: readonly JsonRecord[] | null;
  readonly connections: Readonly<Record<string, number>>;
  /** In Prometheus's text format; null when there are none. */
  readonly metrics: string | null;
}

/** How strictly to judge: a foreign gateway has other words, codes and extensions. */
export type Strictness = 'own' | 'foreign';

export function judge(expect: Expectation, seen: Observation, strictness: Strictness): readonly string[] {
  const parsed = parseJson(seen.reply.body);
  if (!parsed.ok || !isJsonObject(parsed.value)) return [`the body is no JSON object: ${seen.reply.body.slice(0, 300)}`];
  const body = parsed.value;
  const problems = [
    ...judgeBody(expect, body, seen.reply.body),
    ...judgeErrors(expect, body, strictness),
    ...judgeReply(expect, seen),
    ...judgeUpstream(expect, seen),
    ...unrealPaths(body),
    ...(strictness === 'own' ? [...judgeLog(expect, seen), ...judgeMetrics(expect, seen)] : []),
  ];
  return problems.length === 0 ? problems : [...problems, `the answer: ${seen.reply.body.slice(0, 1000)}`];
}

function judgeBody({ data, noData = false, bodyKeys, maxBytes }: Expectation, body: JsonObject, text: string): readonly string[] {
  const problems: string[] = [];
  if (data !== undefined && !sameJson(body['data'], data)) problems.push(`data must be ${JSON.stringify(data)}`);
  if (noData && Object.hasOwn(body, 'data')) problems.push('there must be no data key');
  if (bodyKeys !== undefined && !sameJson(Object.keys(body).toSorted(), bodyKeys.toSorted()))
    problems.push(`keys must be ${bodyKeys.join()}`);
  if (maxBytes !== undefined && text.length > maxBytes) problems.push(`${text.length} bytes are more than ${maxBytes}`);
  return problems;
}

function judgeErrors(expect: Expectation, body: JsonObject, strictness: Strictness): readonly string[] {
  const listed = ownProperty(body, 'errors');
  if (listed !== undefined && (!isJsonArray(listed) || listed.length === 0)) return ['errors must be a list with entries, or absent'];
  const actual = asList(listed);
  const problems: string[] = actual.flatMap((entry, i) => judgeShape(entry, i));
  const { errors, maxErrors, lastError, anyOrder = false, includes = [] } = expect;
  problems.push(...judgeEntries(includes, actual, true, strictness));
  if (typeof errors === 'number' && actual.length !== errors) problems.push(`there must be ${errors} errors, not ${actual.length}`);
  if (typeof errors === 'object') {
    if (actual.length !== errors.length) problems.push(`there must be ${errors.length} errors, not ${actual.length}`);
    else problems.push(...judgeEntries(errors, actual, anyOrder, strictness));
  }
  if (maxErrors !== undefined && actual.length > maxErrors) problems.push(`${actual.length} errors are more than ${maxErrors}`);
  const last = actual.at(-1);
  if (lastError !== undefined) problems.push(...judgeEntry(lastError, last ?? null, 'the last error', strictness));
  return problems;
}

const asList = (value: JsonValue | undefined): readonly JsonValue[] => (value !== undefined && isJsonArray(value) ? value : []);

/** Every error of every answer: a message, and nothing of the wrong type. */
function judgeShape(entry: JsonValue, index: number): readonly string[] {
  if (!isJsonObject(entry)) return [`errors[${index}] is no object`];
  const { message, path, extensions } = entry;
  const problems: string[] = [];
  if (typeof message !== 'string' || message === '') problems.push(`errors[${index}] has no message`);
  if (path !== undefined && !isJsonArray(path)) problems.push(`errors[${index}].path is no list`);
  if (extensions !== undefined && !isJsonObject(extensions)) problems.push(`errors[${index}].extensions is no object`);
  return problems;
}

function judgeEntries(
  expected: readonly ExpectedError[],
  actual: readonly JsonValue[],
  anyOrder: boolean,
  strictness: Strictness,
): readonly string[] {
  if (!anyOrder) return expected.flatMap((entry, i) => judgeEntry(entry, actual[i] ?? null, `errors[${i}]`, strictness));
  const left = [...actual];
  return expected.flatMap((entry, i) => {
    const found = left.findIndex((candidate) => judgeEntry(entry, candidate, '', strictness).length === 0);
    if (found < 0) return [`no error is like expected[${i}] ${JSON.stringify(entry)}`];
    left.splice(found, 1);
    return [];
  });
}

function judgeEntry(expected: ExpectedError, actual: JsonValue, name: string, strictness: Strictness): readonly string[] {
  if (!isJsonObject(actual)) return [`${name} is missing`];
  const problems: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) problems.push(`${name} ${what}`);
  };
  const { path, lacks = [] } = expected;
  if (path !== undefined) must(sameJson(actual['path'], path), `must have the path ${JSON.stringify(path)}`);
  for (const key of lacks) must(!Object.hasOwn(actual, key), `must not have ${key}`);
  if (strictness === 'foreign') return problems;
  return [...problems, ...judgeOwnWords(expected, actual, name)];
}

/** What only our own router can be held to. */
function judgeOwnWords(expected: ExpectedError, actual: JsonObject, name: string): readonly string[] {
  const problems: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) problems.push(`${name} ${what}`);
  };
  const {
    message,
    messageHas = [],
    code,
    service,
    extensions = {},
    exactExtensions,
    hasExtensions = [],
    lacksExtensions = [],
    members = {},
    keys,
  } = expected;
  const said = actual['message'];
  if (message !== undefined) must(said === message, `must say ${JSON.stringify(message)}`);
  for (const part of messageHas) must(typeof said === 'string' && said.includes(part), `must say ${JSON.stringify(part)} somewhere`);
  const shown = actual['extensions'];
  const own = shown !== undefined && isJsonObject(shown) ? shown : {};
  const wanted = { ...extensions, ...(code === undefined ? {} : { code }), ...(service === undefined ? {} : { serviceName: service }) };
  for (const [key, value] of Object.entries(wanted)) {
    must(sameJson(own[key], value), `must have extensions.${key} ${JSON.stringify(value)}`);
  }
  if (exactExtensions !== undefined) must(sameJson(own, exactExtensions), `must have extensions ${JSON.stringify(exactExtensions)}`);
  for (const key of hasExtensions) must(Object.hasOwn(own, key), `must have extensions.${key}`);
  for (const key of lacksExtensions) must(!Object.hasOwn(own, key), `must not have extensions.${key}`);
  for (const [key, value] of Object.entries(members)) must(sameJson(actual[key], value), `must have ${key} ${JSON.stringify(value)}`);
  if (keys !== undefined) must(sameJson(Object.keys(actual).toSorted(), keys.toSorted()), `must have exactly ${keys.join()}`);
  return problems;
}

function judgeReply(expect: Expectation, { reply, durationMs }: Observation): readonly string[] {
  const problems: string[] = [];
  const { status, headers = {}, headerHas = {}, headerMatches = {}, absent = [], minMs = 0, maxMs = Number.POSITIVE_INFINITY } = expect;
  if (status !== undefined && reply.status !== status) problems.push(`the status must be ${status}, not ${reply.status}`);
  for (const [name, values] of Object.entries(headers)) {
    const actual = reply.headers[name] ?? null;
    if (!sameJson(actual, values)) problems.push(`header ${name} must be ${JSON.stringify(values)}, not ${JSON.stringify(actual)}`);
  }
  for (const [name, part] of Object.entries(headerHas)) {
    if (!(reply.headers[name] ?? []).some((value) => value.includes(part))) problems.push(`header ${name} must hold ${part}`);
  }
  for (const [name, pattern] of Object.entries(headerMatches)) {
    if (!(reply.headers[name] ?? []).some((value) => new RegExp(pattern).test(value)))
      problems.push(`header ${name} must match ${pattern}`);
  }
  const { 'x-request-id': _id, date: _date, ...telling } = reply.headers; // both may hold any digits
  const everything = reply.body + JSON.stringify(telling);
  for (const text of absent) if (everything.includes(text)) problems.push(`the text ${JSON.stringify(text)} must not appear`);
  if (durationMs < minMs || durationMs > maxMs) problems.push(`it took ${Math.round(durationMs)} ms`);
  return problems;
}

function judgeUpstream({ calls = {}, representations = {}, maxConnections = {} }: Expectation, seen: Observation): readonly string[] {
  const problems: string[] = [];
  for (const [name, count] of Object.entries(calls)) {
    if (seen.calls[name] !== count) problems.push(`${name} must be asked ${count} times, not ${seen.calls[name]}`);
  }
  for (const [name, expected] of Object.entries(representations)) {
    const asked = readJson(JSON.stringify(seen.representations[name] ?? []));
    if (!sameJson(asked, expected)) problems.push(`${name} must be asked for ${JSON.stringify(expected)}, not ${JSON.stringify(asked)}`);
  }
  for (const [name, limit] of Object.entries(maxConnections)) {
    const open = seen.connections[name] ?? 0;
    if (open > limit) problems.push(`${name} has ${open} open connections, more than ${limit}`);
  }
  return problems;
}

function judgeLog({ log = [] }: Expectation, { log: lines, reply }: Observation): readonly string[] {
  return log.flatMap((expected) => {
    const found = (lines ?? []).filter((line) => isLine(expected, line, reply));
    const enough = expected.times === undefined ? found.length > 0 : found.length === expected.times;
    const tooLong = found.some((line) => JSON.stringify(line).length > (expected.maxLength ?? Number.POSITIVE_INFINITY));
    if (enough && !tooLong) return [];
    return [
      `${found.length} log lines are like ${JSON.stringify(expected)}${tooLong ? ', too long ones' : ''}; the log: ${clipped(lines)}`,
    ];
  });
}

function judgeMetrics({ metrics = [], metricsLack = [] }: Expectation, { metrics: text }: Observation): readonly string[] {
  const matches = (pattern: string): boolean => new RegExp(pattern).test(text ?? '');
  const problems = metrics.filter((pattern) => !matches(pattern)).map((pattern) => `no metric matches ${pattern}`);
  if (metricsLack.length > 0 && text === null) problems.push('there are no metrics');
  return [...problems, ...metricsLack.filter(matches).map((pattern) => `a metric matches ${pattern}`)];
}

function isLine({ has = [], level }: ExpectedLog, line: JsonRecord, reply: ExchangeReply): boolean {
  if (level !== undefined && line['level'] !== level) return false;
  const text = JSON.stringify(line);
  return has.every((part) =>
    text.includes(part.replace(/\{header:([a-z-]+)\}/, (_all, name: string) => reply.headers[name]?.[0] ?? 'no such header')),
  );
}

const clipped = (lines: readonly JsonRecord[] | null): string => JSON.stringify(lines).slice(0, 1500);

/** What must not depend on exposure: data, number of errors, their paths. */
export function shapeOf(body: string, dataOnly: boolean): string {
  const parsed = parseJson(body);
  if (!parsed.ok || !isJsonObject(parsed.value)) return `no JSON object: ${body}`;
  const { data = null, errors } = parsed.value;
  const entries = asList(errors);
  if (dataOnly) return sortedText([data, entries.length > 0]);
  return sortedText([data, entries.map((entry) => (isJsonObject(entry) ? (entry['path'] ?? null) : null))]);
}
