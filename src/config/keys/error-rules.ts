/** `rules`, `audiences`, `subgraphs` and `catalogue` of `subgraph_error_propagation` (error-layer.md section 7). */
import * as z from 'zod';
import { filePath, filledText, listOrOne, named, openSection, positiveDuration, section, statusRange } from '../fields.ts';
import { ERROR_KINDS, errorCode, overrideOptionsShape } from './error-options.ts';
import { limitOptions, scrubOverrides, subgraphLimits } from './error-scrub.ts';
import { network } from './listener.ts';

const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;

const COORDINATE = /^[_A-Za-z][_0-9A-Za-z]*\.[_A-Za-z][_0-9A-Za-z]*$/;

/** Values of which one must hold; none would match nothing. */
function oneOf<T extends z.ZodType>(item: T) {
  return listOrOne(item).min(1);
}

/** Refuses a map of conditions that is empty: it would match everything by accident. */
function hasCondition(conditions: object): boolean {
  return Object.values(conditions).some((condition) => condition !== undefined);
}

const ruleCondition = openSection({
  code: oneOf(errorCode()).describe("The error's code, as the subgraph sent it or as the router gave it."),
  status: oneOf(statusRange()).describe("HTTP status of the subgraph's reply: `404`, or `4xx`."),
  kind: oneOf(z.enum(ERROR_KINDS)).describe('Kind of failure; `graphql` for errors that a subgraph sent.'),
  message: filledText().describe("A regular expression over the subgraph's message, matched in linear time."),
  coordinate: oneOf(z.string().regex(COORDINATE, { error: 'expected a coordinate such as Mutation.pay' })).describe(
    'The field that failed, such as `Mutation.pay`; an error that names none may be about any field of its fetch.',
  ),
  operation: oneOf(z.string().regex(NAME, { error: 'expected the name of an operation' })).describe("Name of the client's operation."),
}).refine(hasCondition, { error: 'needs at least one condition' });

const rule = section({
  when: ruleCondition.describe('Which errors. All conditions must hold; of a list, one.'),
  ...optionalShape(overrideOptionsShape),
  set: section({ code: errorCode().describe('The code that clients see.') })
    .optional()
    .describe('What is changed in the error.'),
});

export const rules = z.array(rule);

/** Treats single errors differently; the first rule of a block that matches wins. Options that it does not name are inherited. */
export type ErrorRule = Readonly<z.output<typeof rule>>;

const secret = () => z.string().min(1, { error: 'must not be empty: everybody could pass' });

const audienceCondition = openSection({
  header: section({
    name: filledText().describe('The header.'),
    equals: secret().describe('Its value, compared in constant time; secrets as `${NAME}`.'),
  }).describe('A request header with a given value.'),
  signed_header: section({
    name: filledText().describe('The header.'),
    secret: secret().describe('The key of the signature, as `${NAME}`.'),
    max_age: positiveDuration().prefault('10m').describe('How old a signature may be.'),
  }).describe('A request header that `candor errors sign` has signed.'),
  network: oneOf(network()).describe("Networks of the socket's peer; of the client behind `trusted_proxies`."),
}).refine(hasCondition, { error: 'needs at least one condition; without one it would be everybody' });

const audience = section({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, { error: 'expected a name of letters, digits, _ and -' })
    .refine((name) => name !== 'public', { error: 'public is the audience of everybody else; choose another name' })
    .describe('Its name, in logs and tools.'),
  when: audienceCondition.describe('Who belongs to it. All conditions must hold.'),
  ...optionalShape(overrideOptionsShape),
  rules: rules.optional().describe('Rules for this audience; they come before all others.'),
  scrub: scrubOverrides.optional().describe('Scrubbing for this audience; never below the floor.'),
  limits: limitOptions.optional().describe('Limits for this audience.'),
});

export const audiences = z.array(audience);

/** Clients that may see more, or other things, than the public. The first one that matches wins. */
export type Audience = Readonly<z.output<typeof audience>>;

export const subgraphOverrides = openSection({
  ...overrideOptionsShape,
  alias: filledText().describe('The name that clients see instead of the real one, everywhere.'),
  return_error_details: z
    .string()
    .regex(NAME, { error: 'expected a name of letters, digits and _' })
    .describe('Put status and body of a failed fetch into the response-level `extensions.error_<name>`.'),
  return_error_code: z
    .boolean()
    .describe(
      "When the operation needed exactly one fetch, from this subgraph, and there is no data: the answer has the subgraph's status.",
    ),
  rules: rules.describe('Rules for this subgraph.'),
  scrub: scrubOverrides.describe('Scrubbing for this subgraph; never below the floor.'),
  limits: subgraphLimits.describe('Limits for this subgraph.'),
});

/** What differs for one subgraph. Absent: inherited. */
export type SubgraphErrorOverrides = Readonly<z.output<typeof subgraphOverrides>>;

const catalogueSource = openSection({
  subgraph: oneOf(filledText()).describe('The subgraph.'),
  code: oneOf(errorCode()).describe("The error's own code."),
  kind: oneOf(z.enum(ERROR_KINDS)).describe('Kind of failure.'),
  status: oneOf(statusRange()).describe("HTTP status of the subgraph's reply."),
}).refine(hasCondition, { error: 'needs at least one condition' });

const catalogueEntry = section({
  from: z.array(catalogueSource).default([]).describe('Which errors become this one. The most specific match wins; a tie is an error.'),
  message: z.string().optional().describe('The text that clients see.'),
  http_status: z.int().min(400).max(599).optional().describe('Status of the answer when nothing was delivered.'),
  retryable: z.boolean().optional().describe('What clients are told about trying again.'),
  origin: z.enum(['client', 'router', 'subgraph']).optional().describe('Whose fault it is.'),
});

/** An error of the operator's own. */
export type CatalogueEntry = Readonly<z.output<typeof catalogueEntry>>;

export const catalogue = section({
  file: filePath().optional().describe('A YAML file with the keys of this block; what stands here beats what stands there.'),
  codes: named(catalogueEntry).prefault({}).describe('By the code that clients see.'),
  unknown: z.enum(['pass', 'replace']).default('pass').describe('What happens to errors that no entry is about.'),
  fallback: section({
    code: errorCode().prefault('UPSTREAM_ERROR').describe('Its code.'),
    message: z.string().default('Something went wrong on our side.').describe('Its text.'),
  })
    .prefault({})
    .describe('What `unknown: replace` replaces by.'),
});

/** The operator's own table of errors. */
export type Catalogue = Omit<Readonly<z.output<typeof catalogue>>, 'file'>;

type OptionalShape<S extends z.ZodRawShape> = { [K in keyof S]: z.ZodOptional<S[K]> };

/** For a section that has keys of both kinds, required and open. */
function optionalShape<S extends z.ZodRawShape>(shape: S): OptionalShape<S> {
  const entries = Object.entries(shape).map(([key, field]): [string, z.ZodOptional] => {
    const optional = z.optional(field);
    const description = z.globalRegistry.get(field)?.description;
    return [key, description === undefined ? optional : optional.describe(description)];
  });
  // Each member was wrapped in `optional` and nothing else.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(entries) as OptionalShape<S>;
}
