/** The `extensions` of the response: the router's own, then what subgraphs are allowed to add. */
import type { FetchExchange } from '../errors/model.ts';
import { isDeeperThan, type JsonObject, type JsonValue, ownProperty, printJson } from '../shared/json.ts';
import type { ExtensionForwarding } from './policy.ts';

/** Deeper values of subgraphs are left out: printing them could exhaust the stack. */
const MAX_DEPTH = 100;

/** JSON text of the response's extensions; empty when there are none. The router's own keys cannot be overwritten. */
export function printExtensions(
  own: ReadonlyMap<string, JsonValue> | null,
  exchanges: readonly FetchExchange[],
  forwarding: ExtensionForwarding | null,
): string {
  if (forwarding === null) return own === null || own.size === 0 ? '' : printMembers(own);
  const members = new Map(own);
  const forwarded = new Map<string, JsonValue>();
  for (const { classified } of exchanges) if (classified.extensions !== null) collect(classified.extensions, forwarding, forwarded);
  for (const [key, value] of forwarded) if (!members.has(key)) members.set(key, value);
  return members.size === 0 ? '' : printMembers(members);
}

function collect(extensions: JsonObject, forwarding: ExtensionForwarding, into: Map<string, JsonValue>): void {
  for (const key of Object.keys(extensions)) {
    if (forwarding.allowed !== null && !forwarding.allowed.has(key)) continue;
    if (forwarding.algorithm === 'first_write' && into.has(key)) continue;
    const value = ownProperty(extensions, key) ?? null;
    if (!isDeeperThan(value, MAX_DEPTH)) into.set(key, value);
  }
}

function printMembers(members: ReadonlyMap<string, JsonValue>): string {
  return `{${Array.from(members, ([key, value]) => `${printJson(key)}:${printJson(value)}`).join(',')}}`;
}
