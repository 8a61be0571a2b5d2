/** The rules of a policy. A rule's place in the list is its place in time. */
import type { Subject } from '../policy/draft.ts';
import type { ErrorSettings } from '../policy/settings.ts';
import type { ErrorProfile } from '../profile.ts';
import { allowedExtensionFields } from './allowed-extension-fields.ts';
import { allowedFields, nestedFields } from './allowed-fields.ts';
import { attachMutationOutcome } from './attach-mutation-outcome.ts';
import { attachOrigin } from './attach-origin.ts';
import { attachRetryHints } from './attach-retry-hints.ts';
import { attachServiceName } from './attach-service-name.ts';
import { defaultExtensionCode } from './default-extension-code.ts';
import { deniedExtensionFields } from './denied-extension-fields.ts';
import { enabled } from './enabled.ts';
import { errorIds } from './error-ids.ts';
import { failureCodes, valueCodes } from './failure-codes.ts';
import { message } from './message.ts';
import { omitExtensions } from './omit-extensions.ts';
import { omitLocations } from './omit-locations.ts';
import { propagateStatusCodes } from './propagate-status-codes.ts';
import { redactedMessage } from './redacted-message.ts';
import { rewritePaths } from './rewrite-paths.ts';
import type { ErrorRule } from './rule.ts';

export type CompiledRules = Readonly<Record<Subject, readonly ErrorRule[]>>;

/** The rules that act under these settings, by what they act on, in their order. */
export function compileRules(settings: ErrorSettings, profile: ErrorProfile): CompiledRules {
  const ordered: readonly (ErrorRule | null)[] = [
    message(profile),
    redactedMessage(settings.redactedMessage, profile),
    rewritePaths(profile),
    omitLocations(settings.keepLocations),
    defaultExtensionCode(settings.defaultExtensionCode),
    allowedExtensionFields(settings.allowedExtensionFields, reservedExtensions(settings, profile), profile),
    deniedExtensionFields(settings.deniedExtensionFields),
    failureCodes(settings.failureCodes, settings.defaultExtensionCode, profile),
    valueCodes(profile),
    enabled(settings.showDetails),
    attachServiceName(settings.attachServiceName, profile),
    propagateStatusCodes(settings.propagateStatusCodes),
    errorIds(settings.errorIds),
    attachOrigin(settings.attachOrigin),
    attachRetryHints(settings.attachRetryHints),
    attachMutationOutcome(settings.attachMutationOutcome),
    omitExtensions(settings.keepExtensions, profile),
    allowedFields(settings.allowedFields),
    nestedFields(),
  ];
  const acting = ordered.filter((rule) => rule !== null);
  const forSubject = (subject: Subject) => acting.filter((rule) => rule.subjects.includes(subject));
  return {
    nested: forSubject('nested'),
    entry: forSubject('entry'),
    wrapper: forSubject('wrapper'),
    failure: forSubject('failure'),
    dependency: forSubject('dependency'),
    value: forSubject('value'),
  };
}

const ALWAYS_RESERVED = ['http', 'errorId', 'origin', 'retryable', 'retryAfter', 'outcome'] as const;

/** Extensions that a subgraph can never set for the client, since they are ours to say (error-layer.md section 3). */
export function reservedExtensions(settings: ErrorSettings, profile: ErrorProfile): ReadonlySet<string> {
  if (profile === 'cosmo') return new Set();
  const reserved = new Set<string>(ALWAYS_RESERVED);
  if (settings.attachServiceName) reserved.add('serviceName');
  if (settings.propagateStatusCodes) reserved.add('statusCode');
  return reserved;
}
