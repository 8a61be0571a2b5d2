import type { ErrorSettings } from '../policy/settings.ts';
import type { ErrorProfile } from '../profile.ts';

/** Keys that only this router sets. `serviceName` and `statusCode` are its own where it attaches them. */
export const ALWAYS_RESERVED: readonly string[] = ['http', 'errorId', 'origin', 'retryable', 'retryAfter', 'outcome'];

const NONE: ReadonlySet<string> = new Set();

/**
 * Extensions that a subgraph can never set for the client, on no error whatever its shape, since they are ours to say
 * (error-layer.md section 3). Cosmo reserves nothing: it overwrites what it sets itself.
 */
export function reservedExtensions(settings: ErrorSettings, profile: ErrorProfile): ReadonlySet<string> {
  if (profile === 'cosmo') return NONE;
  return new Set([
    ...ALWAYS_RESERVED,
    ...(settings.attachRequest ? ['request'] : []),
    ...(settings.attachServiceName ? ['serviceName'] : []),
    ...(settings.propagateStatusCodes ? ['statusCode'] : []),
  ]);
}
