import { compileErrorPolicy, type ErrorPolicy, type ErrorPolicyConfig } from '../errors/policy/compile.ts';
import type { ValidationStatus } from './statuses.ts';

/** What the answer as a whole looks like: errors, status, headers, response-level extensions. Immutable; one per generation. */
export interface ResponsePolicy {
  readonly errors: ErrorPolicy;
  /** Null: no such header. */
  readonly completenessHeader: string | null;
  readonly partialStatus: number;
  readonly allFailedStatus: number;
  readonly validationStatus: ValidationStatus;
  /** Null: subgraphs' response-level extensions are dropped. */
  readonly forwarding: ExtensionForwarding | null;
}

export interface ExtensionForwarding {
  /** Null: all keys. */
  readonly allowed: ReadonlySet<string> | null;
  readonly algorithm: 'first_write' | 'last_write';
}

/** The parts of the configuration that answers depend on. */
export interface ResponseConfig extends ErrorPolicyConfig {
  readonly response: {
    readonly completenessHeader: string | null;
    readonly partialStatus: number;
    readonly allFailedStatus: number;
    readonly validationStatus: ValidationStatus;
  };
  readonly subgraphExtensionPropagation: {
    readonly enabled: boolean;
    readonly allowedExtensionFields: readonly string[];
    readonly algorithm: 'first_write' | 'last_write';
  };
}

/** `urls` by subgraph are for `attach_request` alone. */
export function compileResponsePolicy(config: ResponseConfig, urls?: ReadonlyMap<string, string>): ResponsePolicy {
  const { enabled, allowedExtensionFields, algorithm } = config.subgraphExtensionPropagation;
  // An empty list allows everything, as in Cosmo.
  const allowed = allowedExtensionFields.length === 0 ? null : new Set(allowedExtensionFields);
  const { completenessHeader, partialStatus, allFailedStatus, validationStatus } = config.response;
  return {
    errors: compileErrorPolicy(config, urls),
    completenessHeader,
    partialStatus,
    allFailedStatus,
    validationStatus,
    forwarding: enabled ? { allowed, algorithm } : null,
  };
}
