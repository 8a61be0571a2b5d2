/** The rules of a policy. A rule's place in the list is its place in time. */
import type { Subject } from '../policy/draft.ts';
import type { ErrorSettings } from '../policy/settings.ts';
import type { ErrorProfile } from '../profile.ts';
import type { Scrubber } from '../scrub/scrubber.ts';
import { allowedExtensionFields } from './allowed-extension-fields.ts';
import { allowedFields, nestedFields } from './allowed-fields.ts';
import { attachMutationOutcome } from './attach-mutation-outcome.ts';
import { attachOrigin } from './attach-origin.ts';
import { attachRequest } from './attach-request.ts';
import { attachRetryHints } from './attach-retry-hints.ts';
import { attachServiceName } from './attach-service-name.ts';
import { defaultExtensionCode } from './default-extension-code.ts';
import { deniedExtensionFields } from './denied-extension-fields.ts';
import { enabled } from './enabled.ts';
import { errorIds } from './error-ids.ts';
import { failureCodes, valueCodes } from './failure-codes.ts';
import { hugeMembers, limits } from './limits.ts';
import { message } from './message.ts';
import { omitExtensions } from './omit-extensions.ts';
import { omitLocations } from './omit-locations.ts';
import { propagateStatusCodes } from './propagate-status-codes.ts';
import { redactedMessage } from './redacted-message.ts';
import { reservedExtensions } from './reserved.ts';
import { rewritePaths } from './rewrite-paths.ts';
import type { ErrorRule } from './rule.ts';
import { scrub } from './scrub.ts';

export type CompiledRules = Readonly<Record<Subject, readonly ErrorRule[]>>;

/** The rules that act under these settings, by what they act on, in their order. */
export function compileRules(settings: ErrorSettings, scrubber: Scrubber | null, profile: ErrorProfile): CompiledRules {
  const ordered: readonly (ErrorRule | null)[] = [
    message(settings.message, profile),
    redactedMessage(settings.redactedMessage, profile),
    rewritePaths(settings.rewritePaths, profile),
    omitLocations(settings.keepLocations),
    defaultExtensionCode(settings.defaultExtensionCode),
    allowedExtensionFields(settings.allowedExtensionFields, reservedExtensions(settings, profile), profile),
    deniedExtensionFields(settings.deniedExtensionFields),
    allowedFields(settings.allowedFields, profile),
    nestedFields(profile),
    hugeMembers(settings.limits),
    scrub(scrubber),
    limits(settings.limits),
    failureCodes(settings.failureCodes, settings.defaultExtensionCode, profile),
    valueCodes(profile),
    enabled(settings.showDetails),
    attachServiceName(settings.attachServiceName, profile),
    propagateStatusCodes(settings.propagateStatusCodes),
    errorIds(settings.errorIds),
    attachOrigin(settings.attachOrigin),
    attachRetryHints(settings.attachRetryHints),
    attachMutationOutcome(settings.attachMutationOutcome),
    attachRequest(settings.attachRequest, scrubber, settings.limits.extensionsBytes),
    omitExtensions(settings.keepExtensions),
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
