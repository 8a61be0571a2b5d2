/** Paths as Cosmo shows them (cosmo-reference.md 4.3): the list index is lost and `@` stays, which clients of that profile know. */
import { isJsonArray, isJsonObject, type JsonValue, ownProperty } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { FetchSite, SelectionShape } from './model.ts';

/** Fetch path as Cosmo names it: `@` for lists, one trailing `@` dropped. */
export function fetchPath(site: FetchSite): readonly string[] {
  return site.path.at(-1) === '@' ? site.path.slice(0, -1) : site.path;
}

/** The path of an entry that goes through `_entities`, as Cosmo rewrites it; null where Cosmo leaves the path alone. */
export function rewriteCosmoPath(raw: JsonValue, site: FetchSite): ResponsePath | null {
  const path = sentPath(raw);
  if (site.entitiesKey === '' || !isJsonArray(path)) return null;
  const at = path.indexOf(site.entitiesKey);
  if (at < 0) return null;
  const tail: (string | number)[] = [];
  for (let i = at + 1; i < path.length; i++) {
    const segment = path[i];
    if (typeof segment === 'string' || (typeof segment === 'number' && i > at + 1)) tail.push(segment);
  }
  return [...fetchPath(site), ...clientNames(tail, site)];
}

/**
 * The path of an entry as the subgraph sent it, but for what this router put into its request: its aliases are the client's names
 * again, and the alias of an entity list is `_entities`. Undefined when there is none.
 */
export function unaliasPath(raw: JsonValue, site: FetchSite): JsonValue | undefined {
  const path = sentPath(raw);
  if (path === undefined || path === null) return path;
  if (!isJsonArray(path)) return undefined;
  const [first, ...rest] = path;
  const inEntities = site.entitiesKey !== '' && first === site.entitiesKey;
  return inEntities ? ['_entities', ...clientNames(rest, site)] : clientNames(path, site);
}

/** The sound part of an entry's path, with the client's names for those of this router's request. */
export function clientPath(path: ResponsePath | null, site: FetchSite): ResponsePath | null {
  return path === null ? null : clientNames(path, site);
}

function sentPath(raw: JsonValue): JsonValue | undefined {
  return isJsonObject(raw) ? ownProperty(raw, 'path') : undefined;
}

/** Response keys for the names of the request, as far as the client's selection is known; everything else stays. */
function clientNames<T extends JsonValue>(path: readonly T[], site: FetchSite): (T | string)[] {
  let shape: SelectionShape | null = site.shape;
  return path.map((segment) => {
    if (typeof segment !== 'string') return segment;
    const field = shape?.field(site.renames.get(segment) ?? segment);
    if (field === undefined) return segment;
    shape = field.shape;
    return field.responseKey;
  });
}
