import type { JsonObject } from '../../shared/json.ts';

declare const approved: unique symbol;

/** An error that a policy has approved for a client; only `src/errors/policy` can make one. Null only in the cosmo profile. */
export type ClientError = (JsonObject | null) & { readonly [approved]: true };

/** The one place at which something becomes fit for clients. For the policy alone; a test holds that nobody else calls it. */
export function approve(error: JsonObject | null): ClientError {
  // A brand exists for the compiler only: there is nothing to add to the value.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return error as ClientError;
}

/** What a client reads as the error's text; empty where there is none. */
export function messageOf(error: ClientError | null): string {
  const message = error?.['message'];
  return typeof message === 'string' ? message : '';
}
