/**
 * The options of `subgraph_error_propagation` that the block itself, a subgraph, an audience or a rule may set
 * (error-layer.md section 3). No defaults in the shapes: left out means inherited. `errorDefaults` holds those of both profiles.
 */
import * as z from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { fieldNotes, type openSection, parsedText } from '../fields.ts';

export type Compatibility = 'none' | 'cosmo';

/** What an override does to an inherited list of keys: a bare list replaces it, `+key` adds to it, `-key` removes from it. */
export type ListChange =
  | { readonly kind: 'replace'; readonly keys: readonly string[] }
  | { readonly kind: 'edit'; readonly add: readonly string[]; readonly remove: readonly string[] };

const PREFIX = 'SUBGRAPH_ERROR_PROPAGATION_';

const commonShape = {
  enabled: z.boolean().describe('`false` hides what subgraphs say: a wrapper has no inner errors, and pass-through shows only its text.'),
  mode: z
    .enum(['wrapped', 'pass-through'])
    .describe(
      "`wrapped`: one error per failed fetch, the subgraph's own in its `extensions.errors`. `pass-through`: the subgraph's errors themselves.",
    ),
  rewrite_paths: z.boolean().describe("Turn paths of subgraph errors into paths of the client's response."),
  omit_locations: z.boolean().describe('Remove `locations` of subgraph errors.'),
  omit_extensions: z
    .boolean()
    .describe('Remove all extensions of every error that a fetch caused. Beats every other option about extensions.'),
  attach_service_name: z.boolean().describe('Add `extensions.serviceName`, the name of the subgraph.'),
  propagate_status_codes: z
    .boolean()
    .register(fieldNotes, { variables: [`${PREFIX}STATUS_CODES`, `${PREFIX}PROPAGATE_STATUS_CODES`] })
    .describe("Add `extensions.statusCode`, the HTTP status of the subgraph's reply. Never changes the status of the router's answer."),
  default_extension_code: z.string().describe('`extensions.code` of subgraph errors that have none. Empty: none is added.'),
  allow_all_extension_fields: z.boolean().describe('Let every key of subgraph `extensions` through. Beats `allowed_extension_fields`.'),
  failure_codes: z.boolean().describe('Give a code to every error that the router makes about a fetch.'),
  error_ids: z.boolean().describe('Give every error an id that the log has as well: `extensions.errorId`.'),
  attach_origin: z.boolean().describe('Add `extensions.origin`: whose fault it is, `client`, `router` or `subgraph`.'),
  attach_retry_hints: z.boolean().describe('Add `extensions.retryable`, and `retryAfter` in seconds where it is known.'),
  attach_mutation_outcome: z.boolean().describe('Add `extensions.outcome` to failed mutations: `not_sent`, `rejected` or `unknown`.'),
  message: z
    .string()
    .nullable()
    .describe(
      'One text for every error that the router makes about a fetch. Placeholders: `{subgraph}`, `{path}`, `{at_path}`, `{field_path}`, `{operation_type}`, `{status}`, `{reason}`, `{inner}`. `null`: the usual texts.',
    ),
  attach_request: z
    .boolean()
    .describe('Add `extensions.request` with URL and variables, scrubbed. Only within an audience: refused for the public.'),
  redacted_message: z.string().nullable().describe('Replaces the messages of subgraphs. `null`: they are kept.'),
};

const keyList = () => z.array(z.string().regex(/^[^+-]/, { error: '"+key" and "-key" belong into overrides; name the keys' }));

/** Options of the block itself. Lists are plain here. */
export const globalOptionsShape = {
  ...commonShape,
  allowed_extension_fields: keyList().describe("Keys of subgraph errors' `extensions` that clients may see."),
  denied_extension_fields: keyList().describe('Keys that are removed after the allow-list.'),
  allowed_fields: keyList().describe(
    'Further top-level keys of subgraph errors that clients may see. The cosmo profile shows all of them inside a wrapper, as Cosmo does.',
  ),
};

const listChange = (what: string) =>
  z
    .array(z.string().min(1))
    .transform((keys, context): ListChange => {
      const edits = keys.filter((key) => /^[+-]./.test(key));
      if (edits.length === 0) return { kind: 'replace', keys };
      if (edits.length < keys.length)
        context.addIssue({ code: 'custom', message: 'mixes plain keys with "+key" or "-key"; use one or the other' });
      const bare = (sign: string): readonly string[] => edits.filter((key) => key.startsWith(sign)).map((key) => key.slice(1));
      return { kind: 'edit', add: bare('+'), remove: bare('-') };
    })
    .describe(`${what} A list replaces the inherited one; \`+key\` and \`-key\` change it.`);

/** Options of a subgraph, an audience or a rule. */
export const overrideOptionsShape = {
  ...commonShape,
  allowed_extension_fields: listChange("Keys of subgraph errors' `extensions` that clients may see."),
  denied_extension_fields: listChange('Keys that are removed after the allow-list.'),
  allowed_fields: listChange(
    'Further top-level keys of subgraph errors that clients may see. The cosmo profile shows all of them inside a wrapper, as Cosmo does.',
  ),
};

type Complete<T> = {
  readonly [K in keyof T]-?: Exclude<T[K], undefined> extends readonly (infer Item)[] ? readonly Item[] : Exclude<T[K], undefined>;
};

/** What the block itself says, complete: defaults of the profile, environment, file and `dev_mode` together. */
export type ErrorOptions = Complete<z.output<ReturnType<typeof openSection<typeof globalOptionsShape>>>>;

/** What an override says. Absent: inherited. */
export type ErrorOverrides = Readonly<z.output<ReturnType<typeof openSection<typeof overrideOptionsShape>>>>;

/** The options' defaults (error-layer.md section 3). Where the specification is silent: the stricter behaviour. */
export function errorDefaults(compatibility: Compatibility): ErrorOptions {
  const isCosmo = compatibility === 'cosmo';
  return {
    enabled: true,
    mode: 'wrapped',
    rewritePaths: true,
    omitLocations: true,
    omitExtensions: false,
    attachServiceName: true,
    propagateStatusCodes: false,
    defaultExtensionCode: 'DOWNSTREAM_SERVICE_ERROR',
    allowAllExtensionFields: false,
    allowedExtensionFields: ['code'],
    deniedExtensionFields: [],
    allowedFields: [],
    failureCodes: !isCosmo,
    errorIds: !isCosmo,
    attachOrigin: false,
    attachRetryHints: false,
    attachMutationOutcome: false,
    message: null,
    attachRequest: false,
    redactedMessage: null,
  };
}

/** Whose errors a setting is about, in a rule or a catalogue entry: the `kind`s of error-layer.md section 4, and two of ours. */
export const ERROR_KINDS = [
  'unreachable',
  'timeout',
  'interrupted',
  'too_large',
  'circuit_open',
  'rate_limited',
  'empty',
  'invalid_json',
  'not_graphql',
  'http_status',
  'entity_count',
  'malformed_errors',
  'merge_conflict',
  'graphql',
  'dependency',
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

const parseCode = (value: string): Result<string, string> => (value === '' ? err('must not be empty') : ok(value));

/** An error code: text in code, also where a subgraph's code is a number. */
export function errorCode() {
  return parsedText(parseCode, 'expected an error code', { type: 'code' });
}
