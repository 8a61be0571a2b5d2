/** `return_error_details`: what a failed subgraph answered, for clients who may know (error-layer.md section 7.2; KrakenD's idea). */
import type { FetchExchange, SubgraphReply } from '../errors/model.ts';
import type { ErrorPolicy, SubgraphPolicy } from '../errors/policy/compile.ts';
import { clipBytes } from '../errors/rules/limits.ts';
import type { JsonObject, JsonValue } from '../shared/json.ts';

/** Members for the response's extensions, by name; null when no subgraph that is configured so has failed. */
export function errorDetails(
  exchanges: readonly FetchExchange[],
  policy: ErrorPolicy,
  audience: string,
): ReadonlyMap<string, JsonValue> | null {
  let details: Map<string, JsonValue> | null = null;
  for (const exchange of exchanges) {
    const subgraph = policy.of(audience, exchange.subgraph);
    if (subgraph.returnErrorDetails === null || !hasFailed(exchange)) continue;
    const key = `error_${subgraph.returnErrorDetails}`;
    details ??= new Map();
    // Of several failures the first in plan order counts.
    if (!details.has(key)) details.set(key, describeReply(exchange.reply, subgraph));
  }
  return details;
}

/** No usable reply, or a status that is no success. GraphQL errors at 2xx are in `errors` already. */
function hasFailed({ classified }: FetchExchange): boolean {
  const { status, failure, listFailures, errors } = classified;
  const isRefused = status !== null && (status < 200 || status > 299) && errors.length > 0;
  return (failure !== null && failure.kind !== 'cancelled') || listFailures.size > 0 || isRefused;
}

function describeReply(reply: SubgraphReply, { scrubber, base }: SubgraphPolicy): JsonObject {
  if (reply.kind === 'failure') return { http_status_code: reply.status ?? 0 };
  const body = scrubber === null ? reply.body : scrubber.scrubText(reply.body, () => {});
  const limit = base.settings.limits.detailBodyBytes;
  const type = reply.headers['content-type'];
  return {
    http_status_code: reply.status,
    http_body: limit === null ? body : clipBytes(body, limit),
    http_body_encoding: typeof type === 'object' ? (type[0] ?? '') : (type ?? ''),
  };
}
