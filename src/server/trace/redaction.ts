/** Keeps credentials out of everything that `dev_mode` shows: traces, and the requests in the error inspector. */
import { parse, print, type ValueNode, visit } from 'graphql';
import { createScrubber, type Scrubber } from '../../errors/scrub/scrubber.ts';
import { isSecretName } from '../../errors/scrub/secret-names.ts';
import { invariant } from '../../shared/assert.ts';
import { isDeeperThan, isJsonObject, type JsonValue, ownProperty, parseJson } from '../../shared/json.ts';

/** Stands for a header's value, or a JSON text that cannot be shown. */
export const HIDDEN = '[hidden]';

type HeaderValue = string | readonly string[];

const MAX_DEPTH = 100;
// Wider than for members of JSON: headers are few, and nobody needs the value of one to understand a failure.
const SECRET_HEADER = /auth|cookie|token|secret|key|session|jwt|csrf|xsrf|credential|passw|signature|assertion/i;

const scrubber = secretScrubber();

function secretScrubber(): Scrubber {
  const off = 'off';
  const created = createScrubber({
    actions: { urls: off, hosts: off, ips: off, paths: off, stack_traces: off, sql: off, secrets: 'mask', emails: off, cards: off },
    internalSuffixes: [],
    custom: [],
    floor: [],
  });
  invariant(created.ok && created.value !== null, 'one detector is on');
  return created.value;
}

const forget = (): void => undefined;

/** JWTs, keys and `password=…` within a text, masked. */
export function redactText(text: string): string {
  return scrubber.scrubText(text, forget);
}

/** The same for every string of a value; members whose name says that they are secret are masked whole. */
export function redactValue(value: JsonValue): JsonValue {
  return isDeeperThan(value, MAX_DEPTH) ? HIDDEN : scrubber.scrubValue(value, forget);
}

/** Whether the value of a header is nobody's business; `extra` names more, in lower case. */
export function isSecretHeader(name: string, extra: readonly string[] = []): boolean {
  return SECRET_HEADER.test(name) || extra.includes(name.toLowerCase());
}

export function redactHeader(name: string, value: HeaderValue, extra: readonly string[] = []): HeaderValue {
  if (isSecretHeader(name, extra)) return HIDDEN;
  return typeof value === 'string' ? redactText(value) : value.map(redactText);
}

/** The body of a request to a subgraph: literals and variables that are secrets by their name or their look are masked. */
export function redactRequestBody(body: string): JsonValue {
  const parsed = parseJson(body);
  if (!parsed.ok || !isJsonObject(parsed.value)) return HIDDEN;
  const { value } = parsed;
  const query = ownProperty(value, 'query');
  const variables = ownProperty(value, 'variables');
  return {
    ...value,
    ...(typeof query === 'string' && { query: redactDocument(query) }),
    ...(variables !== undefined && { variables: redactValue(variables) }),
  };
}

/** The same, indented: what the planner writes is for machines. */
export function redactPrinted(text: string): string {
  try {
    return redactDocument(print(parse(text)));
  } catch {
    return redactText(text);
  }
}

/** A GraphQL document of the same length, in which literals that are secrets by the name of their argument or by their look are dots. */
export function redactDocument(text: string): string {
  const spans: (readonly [start: number, end: number])[] = [];
  const hide = ({ loc }: ValueNode): void => {
    if (loc !== undefined) spans.push([loc.start, loc.end]);
  };
  try {
    visit(parse(text), {
      Argument: ({ name, value }) => hideLiterals(name.value, value, hide),
      ObjectField: ({ name, value }) => hideLiterals(name.value, value, hide),
      VariableDefinition: ({ variable, defaultValue }) =>
        defaultValue === undefined ? undefined : hideLiterals(variable.name.value, defaultValue, hide),
      StringValue: (node) => {
        if (redactText(node.value) !== node.value) hide(node);
      },
    });
  } catch {
    return redactText(text); // only texts that were executed come here, and those can be parsed
  }
  return withDots(text, spans);
}

function hideLiterals(name: string, value: ValueNode, hide: (value: ValueNode) => void): undefined {
  if (isSecretName(name)) visit(value, { StringValue: hide, IntValue: hide, FloatValue: hide });
}

function withDots(text: string, spans: readonly (readonly [start: number, end: number])[]): string {
  let out = '';
  let at = 0;
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    if (start < at) continue;
    out += text.slice(at, start) + '•'.repeat(end - start);
    at = end;
  }
  return out + text.slice(at);
}

/** An address without user name, password, or query parameters that are secrets by their name. */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return HIDDEN;
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  for (const name of new Set(parsed.searchParams.keys())) if (isSecretHeader(name)) parsed.searchParams.set(name, HIDDEN);
  return parsed.href;
}
