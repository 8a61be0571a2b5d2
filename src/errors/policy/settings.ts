/** What an operator decided about errors, for one audience and one subgraph, in positive words (error-layer.md section 3). */
export interface ErrorSettings {
  readonly mode: 'wrapped' | 'pass-through';
  /** `enabled`: false hides what the subgraph said. */
  readonly showDetails: boolean;
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
  /** Pass-through only. */
  readonly allowedFields: readonly string[];
  readonly failureCodes: boolean;
  readonly errorIds: boolean;
  readonly attachOrigin: boolean;
  readonly attachRetryHints: boolean;
  readonly attachMutationOutcome: boolean;
  /** Template for every text of our own about a fetch; null for the usual ones. */
  readonly message: string | null;
  /** Replaces what subgraphs say; null keeps it. */
  readonly redactedMessage: string | null;
}
