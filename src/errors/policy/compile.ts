/** Turns the configuration into a policy once, at load, so that a request costs one look-up (error-layer.md section 3). */
import type { ErrorOptions } from '../../config/keys/error-options.ts';
import type { ErrorPropagation } from '../../config/keys/error-propagation.ts';
import type { Audience, ErrorRule, SubgraphErrorOverrides } from '../../config/keys/error-rules.ts';
import type { ErrorProfile } from '../profile.ts';
import { type CompiledRules, compileRules } from '../rules/index.ts';
import { createScrubber, type Scrubber } from '../scrub/scrubber.ts';
import { type AudienceTest, compileAudience } from './audience.ts';
import { compileWhen, type Matches } from './conditions.ts';
import { overrideLimits, overrideOptions, overrideScrub } from './overrides.ts';
import { compileCatalogue, type OwnCatalogue } from './own-catalogue.ts';
import { type ErrorSettings, settingsOf } from './settings.ts';
import type { ErrorTraits } from './traits.ts';

/** How one error is treated: the settings after rules, and the rules of the policy that act under them. */
export interface Treatment {
  readonly settings: ErrorSettings;
  readonly rules: CompiledRules;
  /** `set.code` of the rule that matched; null for none. */
  readonly code: string | null;
  /** Where the matching rules stand in the configuration, narrowest last; for tools that explain. */
  readonly matched: readonly string[];
}

/** How errors of one subgraph are shown to one audience. */
export interface SubgraphPolicy {
  /** Without any rule that looks at single errors. */
  readonly base: Treatment;
  /** Null where no rule looks at single errors, so that nobody needs to. */
  readonly treat: ((traits: ErrorTraits) => Treatment) | null;
  readonly alias: string | null;
  /** `error_<name>` of the response's extensions; null for none. */
  readonly returnErrorDetails: string | null;
  readonly returnErrorCode: boolean;
  readonly scrubber: Scrubber | null;
}

/** Everything that decides what clients learn about errors. Immutable; one per generation. */
export interface ErrorPolicy {
  readonly profile: ErrorProfile;
  readonly catalogue: OwnCatalogue | null;
  readonly audiences: readonly AudienceTest[];
  /** Request headers that decide about audiences, lower-case: answers vary by them. */
  readonly audienceHeaders: readonly string[];
  readonly urls: ReadonlyMap<string, string>;
  /** `audience` is `public` or a configured one; `subgraph` null for errors of no subgraph. */
  of(audience: string, subgraph: string | null): SubgraphPolicy;
}

/** The parts of the configuration that a policy is made from; `dev_mode` is applied already. */
export interface ErrorPolicyConfig {
  readonly compatibility: ErrorProfile;
  readonly subgraphErrorPropagation: PropagationBlock;
}

/** The block with its options complete. Parts that are left out add nothing: no rules, no scrubbing, no limits. */
export interface PropagationBlock extends ErrorOptions, Partial<Omit<ErrorPropagation, keyof ErrorOptions>> {}

const NOTHING: Omit<ErrorPropagation, keyof ErrorOptions> = {
  rules: [],
  subgraphs: new Map(),
  audiences: [],
  catalogue: { codes: new Map(), unknown: 'pass', fallback: { code: 'UPSTREAM_ERROR', message: 'Something went wrong on our side.' } },
  scrub: {
    actions: {
      urls: 'off',
      hosts: 'off',
      ips: 'off',
      paths: 'off',
      stack_traces: 'off',
      sql: 'off',
      secrets: 'off',
      emails: 'off',
      cards: 'off',
    },
    internalSuffixes: [],
    custom: [],
    floor: [],
  },
  limits: {
    errorsPerResponse: null,
    errorsPerSubgraph: null,
    placesPerError: null,
    messageBytes: null,
    extensionsBytes: null,
    detailBodyBytes: 4096,
  },
};

/** Everybody whom no configured audience claims. */
export const PUBLIC = 'public';

const NO_URLS: ReadonlyMap<string, string> = new Map();

/**
 * `urls` by subgraph are for `attach_request` alone.
 *
 * Never fails: what is wrong with a policy, `findPolicyProblems` says. A pattern that cannot be compiled never matches.
 */
export function compileErrorPolicy(config: ErrorPolicyConfig, urls: ReadonlyMap<string, string> = NO_URLS): ErrorPolicy {
  const block = { ...NOTHING, ...config.subgraphErrorPropagation };
  const compiler = new PolicyCompiler(block, config.compatibility);
  const audiences = new Map<string, ReadonlyMap<string | null, SubgraphPolicy>>();
  audiences.set(PUBLIC, compiler.bySubgraph(null));
  for (const audience of block.audiences) audiences.set(audience.name, compiler.bySubgraph(audience));
  const fallback = compiler.compile(null, null);
  return {
    profile: config.compatibility,
    catalogue: compileCatalogue(block.catalogue),
    audiences: block.audiences.map(compileAudience),
    audienceHeaders: audienceHeadersOf(block.audiences),
    urls,
    of(audience, subgraph) {
      const bySubgraph = audiences.get(audience);
      return bySubgraph?.get(subgraph) ?? bySubgraph?.get(null) ?? fallback;
    },
  };
}

function audienceHeadersOf(audiences: readonly Audience[]): readonly string[] {
  const names = audiences.flatMap(({ when }) => [when.header?.name, when.signedHeader?.name]);
  return [...new Set(names.flatMap((name) => name?.toLowerCase() ?? []))];
}

interface CompiledRule {
  readonly rule: ErrorRule;
  readonly matches: Matches;
  /** Its address in the YAML. */
  readonly at: string;
}

class PolicyCompiler {
  readonly #block: ErrorPropagation;
  readonly #profile: ErrorProfile;
  readonly #global: readonly CompiledRule[];

  constructor(block: ErrorPropagation, profile: ErrorProfile) {
    this.#block = block;
    this.#profile = profile;
    this.#global = compileBlock(block.rules, 'rules');
  }

  /** One policy per subgraph with overrides, and one for all others under `null`. */
  bySubgraph(audience: Audience | null): ReadonlyMap<string | null, SubgraphPolicy> {
    const policies = new Map<string | null, SubgraphPolicy>([[null, this.compile(null, audience)]]);
    for (const [name, overrides] of this.#block.subgraphs) policies.set(name, this.compile([name, overrides], audience));
    return policies;
  }

  compile(subgraph: readonly [string, SubgraphErrorOverrides] | null, audience: Audience | null): SubgraphPolicy {
    const [name, overrides] = subgraph ?? [null, null];
    const scrub = overrideScrub(overrideScrub(this.#block.scrub, overrides?.scrub), audience?.scrub);
    const limits = overrideLimits(overrideLimits(this.#block.limits, overrides?.limits), audience?.limits);
    const created = createScrubber(scrub);
    const scrubber = created.ok ? created.value : null;
    const layers: readonly Layer[] = [
      { overrides: null, rules: this.#global },
      { overrides, rules: compileBlock(overrides?.rules ?? [], `subgraphs.${name}.rules`) },
      { overrides: audience, rules: compileBlock(audience?.rules ?? [], `audiences.${audience?.name}.rules`) },
    ];
    const build = (matched: readonly (CompiledRule | null)[]): Treatment => {
      const options = { ...layerOptions(this.#block, layers, matched) };
      // Who sent what to whom is for named audiences only (section 3).
      const settings = settingsOf({ ...options, attachRequest: options.attachRequest && audience !== null }, scrub, limits);
      const rules = compileRules(settings, scrubber, this.#profile);
      const code = matched.findLast((each) => each?.rule.set?.code !== undefined)?.rule.set?.code ?? null;
      return { settings, rules, code, matched: matched.flatMap((each) => each?.at ?? []) };
    };
    return {
      base: build([]),
      treat: layers.some(({ rules }) => rules.length > 0) ? memoise(layers, build) : null,
      alias: overrides?.alias ?? null,
      returnErrorDetails: overrides?.returnErrorDetails ?? null,
      returnErrorCode: overrides?.returnErrorCode ?? false,
      scrubber,
    };
  }
}

/** What a block says, and the rules within it; wider blocks come first. */
interface Layer {
  readonly overrides: SubgraphErrorOverrides | Audience | null;
  readonly rules: readonly CompiledRule[];
}

function compileBlock(rules: readonly ErrorRule[], at: string): readonly CompiledRule[] {
  return rules.map((rule, index) => ({ rule, matches: compileWhen(rule.when), at: `${at}[${index}]` }));
}

/** Narrower blocks beat wider ones; within a block its rule beats its settings. */
function layerOptions(block: ErrorOptions, layers: readonly Layer[], matched: readonly (CompiledRule | null)[]): ErrorOptions {
  let options: ErrorOptions = block;
  layers.forEach(({ overrides }, i) => {
    if (overrides !== null) options = overrideOptions(options, overrides);
    const rule = matched[i]?.rule;
    if (rule !== undefined) options = overrideOptions(options, rule);
  });
  return options;
}

/** The treatment for the first matching rule of each block. There are as many as combinations occur, and each is built once. */
function memoise(layers: readonly Layer[], build: (matched: readonly (CompiledRule | null)[]) => Treatment): SubgraphPolicy['treat'] {
  const known = new Map<string, Treatment>();
  return (traits) => {
    const matched = layers.map(({ rules }) => rules.find(({ matches }) => matches(traits)) ?? null);
    const key = matched.map((each) => each?.at ?? '').join('\n');
    let treatment = known.get(key);
    if (treatment === undefined) known.set(key, (treatment = build(matched)));
    return treatment;
  };
}
