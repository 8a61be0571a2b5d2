/** `scrub` and `limits` of `subgraph_error_propagation` (error-layer.md sections 7.5 and 7.6). */
import * as z from 'zod';
import { count, filledText, openSection, section } from '../fields.ts';
import type { Compatibility } from './error-options.ts';

export const DETECTORS = ['urls', 'hosts', 'ips', 'paths', 'stack_traces', 'sql', 'secrets', 'emails', 'cards', 'custom'] as const;

/** What the scrubber looks for; the name is also the metric's label. */
export type Detector = (typeof DETECTORS)[number];

/** `custom` patterns carry an action each. */
export type BuiltInDetector = Exclude<Detector, 'custom'>;

export const BUILT_IN_DETECTORS = DETECTORS.filter((name): name is BuiltInDetector => name !== 'custom');

/** `mask` replaces the finding, `redact` the whole text that holds it. */
export type ScrubAction = 'mask' | 'redact' | 'off';

export interface CustomDetector {
  readonly name: string;
  /** Source of a regular expression, not compiled yet. */
  readonly pattern: string;
  readonly action: ScrubAction;
}

/** What a block says about scrubbing. Absent: inherited. */
export interface ScrubOverrides {
  readonly actions: Readonly<Partial<Record<BuiltInDetector, ScrubAction>>>;
  readonly internalSuffixes?: readonly string[];
  readonly custom?: readonly CustomDetector[];
}

/** What the block itself says, complete. */
export interface ScrubOptions {
  readonly actions: Readonly<Record<BuiltInDetector, ScrubAction>>;
  readonly internalSuffixes: readonly string[];
  readonly custom: readonly CustomDetector[];
  /** Detectors that no subgraph, audience or rule may weaken. */
  readonly floor: readonly Detector[];
}

const action = (what: string) =>
  z.enum(['mask', 'redact', 'off']).describe(`${what} \`mask\` replaces the finding, \`redact\` the whole text.`);

const detectorShape = {
  urls: action('URLs.'),
  hosts: action('Host names with an internal suffix.'),
  ips: action('IP addresses.'),
  paths: action('File paths.'),
  stack_traces: action('Stack traces of JavaScript, Java, Python, Go and .NET.'),
  sql: action('SQL statements.'),
  secrets: action(
    'Credentials, by their look (tokens, keys, private keys) or by their place (headers, user info of URLs, behind names such as `password`).',
  ),
  emails: action('E-mail addresses.'),
  cards: action('Payment card numbers.'),
};

const overrideShape = {
  ...detectorShape,
  internal_suffixes: z.array(z.string().min(1)).describe('Suffixes that make a host name internal.'),
  custom: z
    .array(
      section({
        name: filledText().describe('Its name, for people.'),
        pattern: filledText().describe('A regular expression that can be matched in linear time.'),
        action: z.enum(['mask', 'redact', 'off']).default('mask').describe('What happens to a finding.'),
      }),
    )
    .describe("Detectors of one's own."),
};

const globalShape = {
  ...overrideShape,
  floor: z.array(z.enum(DETECTORS)).describe('Detectors that no subgraph, audience or rule may weaken.'),
};

const overrideInput = openSection(overrideShape);

type OverrideInput = z.output<typeof overrideInput>;

function toOverrides({ internalSuffixes, custom, stackTraces, ...others }: OverrideInput): ScrubOverrides {
  return {
    actions: { ...others, ...(stackTraces === undefined ? {} : { stack_traces: stackTraces }) },
    ...(internalSuffixes === undefined ? {} : { internalSuffixes }),
    ...(custom === undefined ? {} : { custom }),
  };
}

export const scrubOverrides = overrideInput.transform(toOverrides);

export const scrubOptions = openSection(globalShape).transform(({ floor, ...input }) => ({ ...toOverrides(input), floor: floor ?? [] }));

const OFF: ScrubOptions['actions'] = {
  urls: 'off',
  hosts: 'off',
  ips: 'off',
  paths: 'off',
  stack_traces: 'off',
  sql: 'off',
  secrets: 'off',
  emails: 'off',
  cards: 'off',
};

const INTERNAL_SUFFIXES = ['.internal', '.local', '.localdomain', '.lan', '.corp', '.intranet', '.svc', '.cluster.local', 'localhost'];

/** Fills what the block leaves open; the cosmo profile scrubs nothing unless told to. */
export function completeScrub(input: z.output<typeof scrubOptions> | undefined, compatibility: Compatibility): ScrubOptions {
  return {
    actions: { ...OFF, secrets: compatibility === 'cosmo' ? 'off' : 'mask', ...input?.actions },
    internalSuffixes: input?.internalSuffixes ?? INTERNAL_SUFFIXES,
    custom: input?.custom ?? [],
    floor: input?.floor ?? [],
  };
}

const limitShape = {
  errors_per_response: count(1).describe('Errors of one answer.'),
  errors_per_subgraph: count(1).describe('Errors of one subgraph in an answer.'),
  places_per_error: count(1).describe('Paths that one error of an entity is shown at, for each place of the plan that its fetch serves.'),
  message_bytes: count(1).describe('Bytes of a message.'),
  extensions_bytes: count(1).describe('Bytes of the extensions of an error.'),
  detail_body_bytes: count(1).describe('Bytes of a body that `return_error_details` shows.'),
};

// A subgraph has no say in how long the whole answer may be.
const { errors_per_response: _whole, ...subgraphLimitShape } = limitShape;

export const limitOptions = openSection(limitShape);

export const subgraphLimits = openSection(subgraphLimitShape);

/** What a block says about limits. Absent: inherited. */
export type LimitOverrides = Readonly<z.output<typeof limitOptions>>;

/** What the block itself says, complete. Null: no limit, which only the cosmo profile has. */
export type ErrorLimits = { readonly [K in keyof LimitOverrides]-?: number | null };

const LIMITS = {
  errorsPerResponse: 100,
  errorsPerSubgraph: 50,
  placesPerError: 20,
  messageBytes: 2048,
  extensionsBytes: 8192,
  detailBodyBytes: 4096,
};

const NO_LIMITS: ErrorLimits = {
  errorsPerResponse: null,
  errorsPerSubgraph: null,
  placesPerError: null,
  messageBytes: null,
  extensionsBytes: null,
  // Whole bodies in every answer would not be compatibility but a leak: Cosmo has nothing like them.
  detailBodyBytes: LIMITS.detailBodyBytes,
};

/** Fills what the block leaves open; the cosmo profile has no limits unless told to. */
export function completeLimits(input: LimitOverrides | undefined, compatibility: Compatibility): ErrorLimits {
  return { ...(compatibility === 'cosmo' ? NO_LIMITS : LIMITS), ...input };
}
