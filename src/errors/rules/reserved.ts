import type { ErrorSettings } from '../policy/settings.ts';
import type { ErrorProfile } from '../profile.ts';

/** Extensions that a subgraph can never set for the client, since they are ours to say (error-layer.md section 3). */
export interface ReservedExtensions {
  readonly nested: ReadonlySet<string>;
  /** Of passed errors, to which name and status are attached. */
  readonly entry: ReadonlySet<string>;
}

/** Keys that only this router sets. `serviceName` and `statusCode` are its own where it attaches them. */
export const ALWAYS_RESERVED: readonly string[] = ['http', 'errorId', 'origin', 'retryable', 'retryAfter', 'outcome'];

const NONE: ReadonlySet<string> = new Set();

/** Cosmo reserves nothing: it overwrites what it sets itself. */
export function reservedExtensions(settings: ErrorSettings, profile: ErrorProfile): ReservedExtensions {
  if (profile === 'cosmo') return { nested: NONE, entry: NONE };
  const always = settings.attachRequest ? [...ALWAYS_RESERVED, 'request'] : ALWAYS_RESERVED;
  const attached = [...(settings.attachServiceName ? ['serviceName'] : []), ...(settings.propagateStatusCodes ? ['statusCode'] : [])];
  return { nested: new Set(always), entry: new Set([...always, ...attached]) };
}
