/** How a narrower block changes what a wider one says: key by key (error-layer.md section 3). */
import type { ErrorOptions, ErrorOverrides, ListChange } from '../../config/keys/error-options.ts';
import type {
  BuiltInDetector,
  ErrorLimits,
  LimitOverrides,
  ScrubAction,
  ScrubOptions,
  ScrubOverrides,
} from '../../config/keys/error-scrub.ts';

/** The options with everything that the override names. What it leaves out is inherited. */
export function overrideOptions(base: ErrorOptions, over: ErrorOverrides): ErrorOptions {
  return {
    enabled: over.enabled ?? base.enabled,
    mode: over.mode ?? base.mode,
    rewritePaths: over.rewritePaths ?? base.rewritePaths,
    omitLocations: over.omitLocations ?? base.omitLocations,
    omitExtensions: over.omitExtensions ?? base.omitExtensions,
    attachServiceName: over.attachServiceName ?? base.attachServiceName,
    propagateStatusCodes: over.propagateStatusCodes ?? base.propagateStatusCodes,
    defaultExtensionCode: over.defaultExtensionCode ?? base.defaultExtensionCode,
    allowAllExtensionFields: over.allowAllExtensionFields ?? inheritedAllowAll(base, over),
    allowedExtensionFields: changeList(base.allowedExtensionFields, over.allowedExtensionFields),
    deniedExtensionFields: changeList(base.deniedExtensionFields, over.deniedExtensionFields),
    allowedFields: changeList(base.allowedFields, over.allowedFields),
    failureCodes: over.failureCodes ?? base.failureCodes,
    errorIds: over.errorIds ?? base.errorIds,
    attachOrigin: over.attachOrigin ?? base.attachOrigin,
    attachRetryHints: over.attachRetryHints ?? base.attachRetryHints,
    attachMutationOutcome: over.attachMutationOutcome ?? base.attachMutationOutcome,
    message: over.message === undefined ? base.message : over.message,
    attachRequest: over.attachRequest ?? base.attachRequest,
    redactedMessage: over.redactedMessage === undefined ? base.redactedMessage : over.redactedMessage,
  };
}

/** Whoever names the keys for a narrower block means these keys, and not everything that a wider block lets through. */
function inheritedAllowAll(base: ErrorOptions, over: ErrorOverrides): boolean {
  return base.allowAllExtensionFields && over.allowedExtensionFields?.kind !== 'replace';
}

function changeList(base: readonly string[], change: ListChange | undefined): readonly string[] {
  if (change === undefined) return base;
  if (change.kind === 'replace') return change.keys;
  const removed = new Set(change.remove);
  return [...new Set([...base, ...change.add])].filter((key) => !removed.has(key));
}

export function overrideLimits(base: ErrorLimits, over: Partial<LimitOverrides> | undefined): ErrorLimits {
  if (over === undefined) return base;
  return {
    errorsPerResponse: over.errorsPerResponse ?? base.errorsPerResponse,
    errorsPerSubgraph: over.errorsPerSubgraph ?? base.errorsPerSubgraph,
    placesPerError: over.placesPerError ?? base.placesPerError,
    messageBytes: over.messageBytes ?? base.messageBytes,
    extensionsBytes: over.extensionsBytes ?? base.extensionsBytes,
    detailBodyBytes: over.detailBodyBytes ?? base.detailBodyBytes,
  };
}

/** Detectors on the floor can be made stricter, never weaker (section 7.5). */
export function overrideScrub(base: ScrubOptions, over: ScrubOverrides | undefined): ScrubOptions {
  if (over === undefined) return base;
  const floor = new Set<string>(base.floor);
  const action = (detector: BuiltInDetector): ScrubAction => {
    const wanted = over.actions[detector] ?? base.actions[detector];
    return floor.has(detector) && STRENGTH[wanted] < STRENGTH[base.actions[detector]] ? base.actions[detector] : wanted;
  };
  const suffixes = over.internalSuffixes ?? base.internalSuffixes;
  const custom = over.custom ?? base.custom;
  return {
    actions: {
      urls: action('urls'),
      hosts: action('hosts'),
      ips: action('ips'),
      paths: action('paths'),
      stack_traces: action('stack_traces'),
      sql: action('sql'),
      secrets: action('secrets'),
      emails: action('emails'),
      cards: action('cards'),
    },
    internalSuffixes: floor.has('hosts') ? [...new Set([...base.internalSuffixes, ...suffixes])] : suffixes,
    custom: floor.has('custom') && over.custom !== undefined ? [...base.custom, ...custom] : custom,
    floor: base.floor,
  };
}

const STRENGTH: Readonly<Record<ScrubAction, number>> = { off: 0, mask: 1, redact: 2 };
