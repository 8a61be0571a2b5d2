/** What an operator decided about errors, for one audience and one subgraph, in positive words (error-layer.md section 3). */
import type { ErrorOptions } from '../../config/keys/error-options.ts';
import type { ErrorLimits, ScrubOptions } from '../../config/keys/error-scrub.ts';

export interface ErrorSettings {
  readonly mode: 'wrapped' | 'pass-through';
  /** `enabled`: false hides what the subgraph said. */
  readonly showDetails: boolean;
  readonly rewritePaths: boolean;
  /** `omit_locations` turned round. */
  readonly keepLocations: boolean;
  /** `omit_extensions` turned round. */
  readonly keepExtensions: boolean;
  readonly attachServiceName: boolean;
  readonly propagateStatusCodes: boolean;
  /** Empty: none. */
  readonly defaultExtensionCode: string;
  /** `allow_all_extension_fields` is `all`. */
  readonly allowedExtensionFields: 'all' | readonly string[];
  readonly deniedExtensionFields: readonly string[];
  /** In the cosmo profile for passed errors only: inside a wrapper all stay. */
  readonly allowedFields: readonly string[];
  readonly failureCodes: boolean;
  readonly errorIds: boolean;
  readonly attachOrigin: boolean;
  readonly attachRetryHints: boolean;
  readonly attachMutationOutcome: boolean;
  /** Template for every text of our own about a fetch; null for the usual ones. */
  readonly message: string | null;
  readonly attachRequest: boolean;
  /** Replaces what subgraphs say; null keeps it. */
  readonly redactedMessage: string | null;
  readonly scrub: ScrubOptions;
  readonly limits: ErrorLimits;
}

/** The same decisions as in the configuration, in positive words. */
export function settingsOf(options: ErrorOptions, scrub: ScrubOptions, limits: ErrorLimits): ErrorSettings {
  return {
    mode: options.mode,
    showDetails: options.enabled,
    rewritePaths: options.rewritePaths,
    keepLocations: !options.omitLocations,
    keepExtensions: !options.omitExtensions,
    attachServiceName: options.attachServiceName,
    propagateStatusCodes: options.propagateStatusCodes,
    defaultExtensionCode: options.defaultExtensionCode,
    allowedExtensionFields: options.allowAllExtensionFields ? 'all' : options.allowedExtensionFields,
    deniedExtensionFields: options.deniedExtensionFields,
    allowedFields: options.allowedFields,
    failureCodes: options.failureCodes,
    errorIds: options.errorIds,
    attachOrigin: options.attachOrigin,
    attachRetryHints: options.attachRetryHints,
    attachMutationOutcome: options.attachMutationOutcome,
    message: options.message,
    attachRequest: options.attachRequest,
    redactedMessage: options.redactedMessage,
    scrub,
    limits,
  };
}
