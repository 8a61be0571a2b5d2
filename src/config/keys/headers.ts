/** `headers`: what is forwarded to subgraphs and back. Nothing is by default, in either direction. */
import * as z from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { named, parsedText, section } from '../fields.ts';

/** Which headers a rule propagates. Names are lower-case; a pattern ignores case. */
export type HeaderSelector =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'matching'; readonly pattern: RegExp; readonly negate: boolean };

export interface PropagateRule {
  readonly op: 'propagate';
  readonly selector: HeaderSelector;
  /** The name it is sent on under. */
  readonly rename: string | null;
  /** What is sent when the header is missing. */
  readonly default: string | null;
}

export interface SetRule {
  readonly op: 'set';
  readonly name: string;
  readonly value: string;
}

export type ResponseAlgorithm = 'first_write' | 'last_write' | 'append';

export type RequestHeaderRule = PropagateRule | SetRule;

export type ResponseHeaderRule = (PropagateRule & { readonly algorithm: ResponseAlgorithm }) | SetRule;

/** A name that a header can have (RFC 9110 section 5.6.2). */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/; // without a flag: the JSON Schema has none
const NAME_EXPECTED = 'expected the name of a header';

function parseHeaderName(value: string): Result<string, string> {
  return HEADER_NAME.test(value) ? ok(value.toLowerCase()) : err(NAME_EXPECTED);
}

const headerName = () => parsedText(parseHeaderName, NAME_EXPECTED, { type: 'header name' });

function parsePattern(source: string): Result<RegExp, string> {
  try {
    // Header names have no case, so Cosmo's `(?i)` prefix says nothing new.
    return ok(new RegExp(source.replace(/^\(\?i\)/, ''), 'i'));
  } catch {
    return err('is not a regular expression');
  }
}

// A line break would let a value write further headers.
const headerValue = () => z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, { error: 'holds a character that a header cannot carry' });

const propagateFields = {
  op: z.literal('propagate').describe('Pass headers on.'),
  named: headerName().optional().describe('The header to pass on.'),
  matching: parsedText(parsePattern, 'expected a regular expression', { type: 'regular expression' })
    .optional()
    .describe('Pass on every header whose name matches this regular expression; case does not matter.'),
  negate_match: z.boolean().optional().describe('Turn `matching` round: pass on what does not match.'),
  rename: headerName().optional().describe('Name to pass the header on under. Goes with `named`.'),
  default: headerValue().optional().describe('Value when the header is missing. Goes with `named`.'),
};

interface PropagateInput {
  readonly named?: string | undefined;
  readonly matching?: RegExp | undefined;
  readonly negateMatch?: boolean | undefined;
  readonly rename?: string | undefined;
  readonly default?: string | undefined;
}

function toPropagateRule(input: PropagateInput, context: z.RefinementCtx): PropagateRule {
  const refuse = (message: string): PropagateRule => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const rest = { op: 'propagate', rename: input.rename ?? null, default: input.default ?? null } as const;
  if (input.named !== undefined) {
    if (input.matching !== undefined) return refuse('has both named and matching; keep one');
    if (input.negateMatch === true) return refuse('has negate_match, which goes with matching');
    return { ...rest, selector: { kind: 'named', name: input.named } };
  }
  if (input.matching === undefined) return refuse('needs named or matching');
  if (rest.rename !== null || rest.default !== null) return refuse('has rename or default, which go with named');
  return { ...rest, selector: { kind: 'matching', pattern: input.matching, negate: input.negateMatch ?? false } };
}

const setRule = section({
  op: z.literal('set').describe('Set a header, whatever the other side sent.'),
  name: headerName().describe('The header to set.'),
  value: headerValue().describe('Its value; secrets as `${NAME}`.'),
}).transform((rule): SetRule => rule);

const OP_EXPECTED = 'expected op: propagate or op: set';

const requestRule = z.discriminatedUnion('op', [section(propagateFields).transform(toPropagateRule), setRule], { error: OP_EXPECTED });

const responsePropagate = section({
  ...propagateFields,
  algorithm: z
    .enum(['first_write', 'last_write', 'append'])
    .default('last_write')
    .describe(
      'Which value wins when several subgraphs send the header. `Set-Cookie` always keeps every line, and identical queries are not shared where it is passed on.',
    ),
}).transform(({ algorithm, ...input }, context) => ({ ...toPropagateRule(input, context), algorithm }));

const responseRule = z.discriminatedUnion('op', [responsePropagate, setRule], { error: OP_EXPECTED });

const rules = section({
  request: z.array(requestRule).default([]).describe('From the client to subgraphs.'),
  response: z.array(responseRule).default([]).describe('From subgraphs to the client.'),
});

export const headersKeys = {
  headers: section({
    all: rules.prefault({}).describe('For every subgraph.'),
    subgraphs: named(rules).prefault({}).describe('By subgraph name, after those for every subgraph.'),
  })
    .prefault({})
    .describe('Header rules. Nothing is forwarded by default, in either direction; headers with connection semantics never are.'),
};
