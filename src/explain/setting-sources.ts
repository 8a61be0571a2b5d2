/** Where the values of an error policy come from: file and line, variable or default (error-layer.md section 11). */

import type { ErrorOverrides } from '../config/keys/error-options.ts';
import { BUILT_IN_DETECTORS } from '../config/keys/error-scrub.ts';
import type { LoadedConfig } from '../config/load.ts';
import { type KeyPath, printKey } from '../config/problem.ts';
import type { RouterConfig } from '../config/schema.ts';
import type { ErrorPolicy, SubgraphPolicy, Treatment } from '../errors/policy/compile.ts';
import type { ErrorSettings } from '../errors/policy/settings.ts';
import type { JsonValue } from '../shared/json.ts';

/** What a loaded configuration tells of its keys; without one every value seems to be a default. */
export type ConfigSource = Pick<LoadedConfig, 'locate' | 'origin'>;

export type Source =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'default' };

/** A value that is in force, and who says so. */
export interface EffectiveSetting {
  /** As in the YAML, dotted below `scrub` and `limits`. */
  readonly key: string;
  readonly value: JsonValue;
  /** Narrowest first; several for a list that narrower blocks add to or take from. */
  readonly sources: readonly Source[];
  /** The block that has the last word: `rules[0]`, `subgraphs.products`, `audiences[1]`; empty for the block itself. */
  readonly block: string;
}

/** Keys that a rule has, or that stand beside the options, are found by the same means. */
export interface SettingScope {
  readonly config: RouterConfig;
  readonly source: ConfigSource | null;
  readonly audience: string;
  /** Null for errors of no subgraph, and for all subgraphs without overrides. */
  readonly subgraph: string | null;
}

const BLOCK = 'subgraph_error_propagation';

type Read = (settings: ErrorSettings) => JsonValue;

/** Every option by its YAML key, turned back from the positive words that the policy uses. */
const OPTIONS: Readonly<Record<string, Read>> = {
  enabled: (settings) => settings.showDetails,
  mode: (settings) => settings.mode,
  rewrite_paths: (settings) => settings.rewritePaths,
  omit_locations: (settings) => !settings.keepLocations,
  omit_extensions: (settings) => !settings.keepExtensions,
  attach_service_name: (settings) => settings.attachServiceName,
  propagate_status_codes: (settings) => settings.propagateStatusCodes,
  default_extension_code: (settings) => settings.defaultExtensionCode,
  allow_all_extension_fields: (settings) => settings.allowedExtensionFields === 'all',
  allowed_extension_fields: (settings) => settings.allowedExtensionFields,
  denied_extension_fields: (settings) => settings.deniedExtensionFields,
  allowed_fields: (settings) => settings.allowedFields,
  failure_codes: (settings) => settings.failureCodes,
  error_ids: (settings) => settings.errorIds,
  attach_origin: (settings) => settings.attachOrigin,
  attach_retry_hints: (settings) => settings.attachRetryHints,
  attach_mutation_outcome: (settings) => settings.attachMutationOutcome,
  message: (settings) => settings.message,
  attach_request: (settings) => settings.attachRequest,
  redacted_message: (settings) => settings.redactedMessage,
};

const LIMITS: Readonly<Record<string, Read>> = {
  errors_per_response: ({ limits }) => limits.errorsPerResponse,
  errors_per_subgraph: ({ limits }) => limits.errorsPerSubgraph,
  places_per_error: ({ limits }) => limits.placesPerError,
  message_bytes: ({ limits }) => limits.messageBytes,
  extensions_bytes: ({ limits }) => limits.extensionsBytes,
  detail_body_bytes: ({ limits }) => limits.detailBodyBytes,
};

/** All settings that treat an error, in the order of the reference page. */
export function effectiveSettings(scope: SettingScope, policy: ErrorPolicy, treatment: Treatment): readonly EffectiveSetting[] {
  const layers = layersOf(scope, treatment.matched);
  const { settings } = treatment;
  const options = Object.entries(OPTIONS).map(([key, read]) => setting(scope, layers, key, read(settings)));
  const detectors = BUILT_IN_DETECTORS.map((name) => setting(scope, layers, `scrub.${name}`, settings.scrub.actions[name]));
  const custom = setting(
    scope,
    layers,
    'scrub.custom',
    settings.scrub.custom.map(({ name }) => name),
  );
  const limits = Object.entries(LIMITS).map(([key, read]) => setting(scope, layers, `limits.${key}`, read(settings)));
  const own = scope.subgraph === null ? [] : subgraphSettings(scope, layers, policy.of(scope.audience, scope.subgraph));
  return [...options, ...detectors, custom, ...limits, ...own];
}

function subgraphSettings(scope: SettingScope, layers: readonly Layer[], policy: SubgraphPolicy): readonly EffectiveSetting[] {
  return [
    setting(scope, layers, 'alias', policy.alias),
    setting(scope, layers, 'return_error_details', policy.returnErrorDetails),
    setting(scope, layers, 'return_error_code', policy.returnErrorCode),
  ];
}

/** A block that has a say, narrowest first. */
interface Layer {
  readonly path: KeyPath;
  readonly overrides: ErrorOverrides | null;
}

function layersOf({ config, audience, subgraph }: SettingScope, matched: readonly string[]): readonly Layer[] {
  const block = config.subgraphErrorPropagation;
  const paths: KeyPath[] = [[BLOCK]];
  if (subgraph !== null && block.subgraphs.has(subgraph)) paths.push([BLOCK, 'subgraphs', subgraph]);
  const at = block.audiences.findIndex(({ name }) => name === audience);
  if (at >= 0) paths.push([BLOCK, 'audiences', at]);
  const rules = matched.map((address) => rulePath(address, paths));
  return paths
    .flatMap((path): Layer[] => {
      const rule = rules.find((each) => each.length === path.length + 2 && path.every((segment, i) => segment === each[i]));
      const own = { path, overrides: overridesAt(config, path) };
      return rule === undefined ? [own] : [own, { path: rule, overrides: overridesAt(config, rule) }];
    })
    .toReversed();
}

/** `audiences.staff.rules[0]` as the policy names it, in the terms of the YAML. */
function rulePath(address: string, blocks: readonly KeyPath[]): KeyPath {
  const index = Number(/\[(\d+)\]$/.exec(address)?.[1] ?? 0);
  const kind = address.startsWith('audiences.') ? 'audiences' : address.startsWith('subgraphs.') ? 'subgraphs' : undefined;
  const block = blocks.find((path) => path[1] === kind) ?? [BLOCK];
  return [...block, 'rules', index];
}

function overridesAt(config: RouterConfig, path: KeyPath): ErrorOverrides | null {
  const block = config.subgraphErrorPropagation;
  const [, kind, name, , index] = path;
  if (kind === undefined) return null;
  if (kind === 'rules') return block.rules[Number(name)] ?? null;
  const owner = kind === 'subgraphs' ? block.subgraphs.get(String(name)) : block.audiences[Number(name)];
  return (index === undefined ? owner : owner?.rules?.[Number(index)]) ?? null;
}

const FORCED_BY_DEV_MODE: ReadonlySet<string> = new Set(['enabled', 'propagate_status_codes', 'omit_locations']);

function setting(scope: SettingScope, layers: readonly Layer[], key: string, value: JsonValue): EffectiveSetting {
  // No list says `all`: the switch beside it does.
  if (key === 'allowed_extension_fields' && value === 'all')
    return { ...setting(scope, layers, 'allow_all_extension_fields', true), key, value };
  if (scope.config.devMode && FORCED_BY_DEV_MODE.has(key))
    return { key, value, sources: [sourceOf(scope, ['dev_mode'])], block: 'dev_mode' };
  const said = layers.filter((layer) => hasSay(scope, layer, key, value));
  const until = said.findIndex((layer) => !isEdit(layer, key));
  const counted = until < 0 ? said : said.slice(0, until + 1);
  const [narrowest] = counted;
  if (narrowest === undefined) return { key, value, sources: [{ kind: 'default' }], block: '' };
  const sources = counted.map(({ path }) =>
    sourceOf(scope, exists(scope, [...path, ...key.split('.')]) ? [...path, ...key.split('.')] : [...path, 'allowed_extension_fields']),
  );
  return { key, value, sources, block: printKey(narrowest.path.slice(1)) };
}

/** Whoever lists the allowed keys anew thereby takes `allow_all_extension_fields` of wider blocks back. */
function hasSay(scope: SettingScope, { path, overrides }: Layer, key: string, value: JsonValue): boolean {
  if (exists(scope, [...path, ...key.split('.')])) return true;
  return key === 'allow_all_extension_fields' && value === false && overrides?.allowedExtensionFields?.kind === 'replace';
}

function exists({ source }: SettingScope, path: KeyPath): boolean {
  return source !== null && source.origin(path) !== null;
}

function isEdit({ overrides }: Layer, key: string): boolean {
  if (overrides === null) return false;
  if (key === 'allowed_extension_fields') return overrides.allowedExtensionFields?.kind === 'edit';
  if (key === 'denied_extension_fields') return overrides.deniedExtensionFields?.kind === 'edit';
  return key === 'allowed_fields' && overrides.allowedFields?.kind === 'edit';
}

/** Where a key of the configuration was set. */
export function sourceOf({ source }: Pick<SettingScope, 'source'>, path: KeyPath): Source {
  const origin = source?.origin(path) ?? null;
  if (origin?.kind === 'variable') return origin;
  const position = source?.locate(path) ?? origin?.position ?? null;
  return position === null ? { kind: 'default' } : { kind: 'file', ...position };
}

/** Where a rule that the policy names by its address stands. */
export function sourceOfRule(scope: SettingScope, address: string): Source {
  const rule = layersOf(scope, [address]).find(({ path }) => path.at(-2) === 'rules');
  return rule === undefined ? { kind: 'default' } : sourceOf(scope, rule.path);
}

/** Where a code of the operator's catalogue stands. */
export function sourceOfCode(scope: Pick<SettingScope, 'source'>, code: string, declared: boolean): Source {
  const catalogue = [BLOCK, 'catalogue'];
  return sourceOf(scope, declared ? [...catalogue, 'codes', code] : [...catalogue, 'unknown']);
}

/** `router.config.yaml:12`, `environment variable NAME` or `default`. */
export function printSource(source: Source): string {
  if (source.kind === 'file') return `${source.file}:${source.line}`;
  return source.kind === 'variable' ? `environment variable ${source.name}` : 'default';
}
