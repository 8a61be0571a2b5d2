/** Turns the configuration into a policy once, at load, so that a request costs one look-up (error-layer.md section 3). */
import type { ErrorProfile } from '../profile.ts';
import { type CompiledRules, compileRules } from '../rules/index.ts';
import type { ErrorSettings } from './settings.ts';

/** How errors of one subgraph are shown to one audience. */
export interface SubgraphPolicy {
  readonly settings: ErrorSettings;
  readonly rules: CompiledRules;
}

/** Everything that decides what clients learn about errors. Immutable; one per generation. */
export interface ErrorPolicy {
  readonly profile: ErrorProfile;
  /** For subgraphs without settings of their own, and for errors of no subgraph. */
  readonly general: SubgraphPolicy;
}

/** The block `subgraph_error_propagation` as the configuration hands it over, `dev_mode` applied. */
export interface ErrorPolicyConfig {
  readonly compatibility: ErrorProfile;
  readonly subgraphErrorPropagation: PropagationBlock;
}

export interface PropagationBlock {
  readonly enabled: boolean;
  readonly mode: 'wrapped' | 'pass-through';
  readonly omitLocations: boolean;
  readonly omitExtensions: boolean;
  readonly attachServiceName: boolean;
  readonly propagateStatusCodes: boolean;
  readonly defaultExtensionCode: string;
  readonly allowAllExtensionFields: boolean;
  readonly allowedExtensionFields: readonly string[];
  readonly deniedExtensionFields: readonly string[];
  readonly allowedFields: readonly string[];
  readonly failureCodes: boolean;
  readonly errorIds: boolean;
  readonly attachOrigin: boolean;
  readonly attachRetryHints: boolean;
  readonly attachMutationOutcome: boolean;
  readonly message: string | null;
  readonly redactedMessage: string | null;
}

export function compileErrorPolicy(config: ErrorPolicyConfig): ErrorPolicy {
  const profile = config.compatibility;
  const settings = settingsOf(config.subgraphErrorPropagation);
  return { profile, general: { settings, rules: compileRules(settings, profile) } };
}

/** The same decisions in positive words. */
function settingsOf(block: PropagationBlock): ErrorSettings {
  return {
    mode: block.mode,
    showDetails: block.enabled,
    keepLocations: !block.omitLocations,
    keepExtensions: !block.omitExtensions,
    attachServiceName: block.attachServiceName,
    propagateStatusCodes: block.propagateStatusCodes,
    defaultExtensionCode: block.defaultExtensionCode,
    allowedExtensionFields: block.allowAllExtensionFields ? 'all' : block.allowedExtensionFields,
    deniedExtensionFields: block.deniedExtensionFields,
    allowedFields: block.allowedFields,
    failureCodes: block.failureCodes,
    errorIds: block.errorIds,
    attachOrigin: block.attachOrigin,
    attachRetryHints: block.attachRetryHints,
    attachMutationOutcome: block.attachMutationOutcome,
    message: block.message,
    redactedMessage: block.redactedMessage,
  };
}
