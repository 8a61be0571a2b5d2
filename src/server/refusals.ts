import type { ResponseMediaType, RouterResponse } from '../respond/model.ts';
import type { ResponsePolicy } from '../respond/policy.ts';
import { respondToRequestErrors } from '../respond/respond.ts';
import type { RequestRefusal } from './graphql-request.ts';

/** How a refusal is said under one policy: code, shape and status like every other error of ours. */
export function createRefuser(policy: ResponsePolicy): (refusal: RequestRefusal, mediaType: ResponseMediaType) => RouterResponse {
  return ({ error, status, ...rest }, mediaType) => {
    const response = respondToRequestErrors([error], { mediaType, ...rest }, policy);
    return status === undefined ? response : { ...response, status };
  };
}
