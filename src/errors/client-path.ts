/** Maps the path that a subgraph sent to the client's response, as far as the client selected it. */
import type { ResponsePath } from '../shared/path.ts';
import type { FetchPlaces, FetchSite, SelectionShape, ShapeField } from './model.ts';

/** What a subgraph's path means at one site: the client's keys, and the list indices that are possible there. */
export interface PathContext {
  readonly site: FetchSite;
  readonly places: FetchPlaces;
}

/**
 * The client path below `start` that `sent` stands for: aliases and planner names mapped back, cut to the longest prefix that the
 * client selected and whose list indices exist (error-layer.md section 5).
 *
 * An index is kept where no list stands in the data, since then nothing contradicts it.
 */
export function mapPath(start: ResponsePath, sent: ResponsePath, context: PathContext): ResponsePath {
  // Segment by segment, what was sent is replaced by what it means: pushing to a short list would reserve room for a long one.
  const path = [...start, ...sent];
  let shape: SelectionShape | null = context.site.shape;
  let at = 0;
  while (shape !== null && at < sent.length) {
    const field = fieldAt(shape, sent[at], context.site);
    if (field === undefined) break;
    path[start.length + at] = field.responseKey;
    at++;
    const complete = mapIndices(path, start.length + at, field.listDepth, context.places);
    at += complete;
    if (complete < field.listDepth) break;
    shape = field.shape;
  }
  path.length = start.length + at;
  return path;
}

function fieldAt(shape: SelectionShape, segment: string | number | undefined, site: FetchSite): ShapeField | undefined {
  if (typeof segment !== 'string') return undefined;
  return shape.field(site.renames.get(segment) ?? segment);
}

/** Reads up to `depth` indices in place and returns how many there were. */
function mapIndices(path: (string | number)[], from: number, depth: number, places: FetchPlaces): number {
  for (let taken = 0; taken < depth; taken++) {
    const index = readIndex(path[from + taken]);
    if (index === null) return taken;
    const length = places.listLength(path, from + taken);
    if (length !== undefined && index >= length) return taken;
    path[from + taken] = index;
  }
  return depth;
}

/** A list index, also where it was sent as a string; null for anything else. */
export function readIndex(segment: string | number | undefined): number | null {
  if (typeof segment === 'string') return /^(?:0|[1-9]\d{0,8})$/.test(segment) ? Number(segment) : null;
  return segment !== undefined && Number.isSafeInteger(segment) && segment >= 0 ? segment : null;
}

/**
 * Where a fetch stands in the response when nothing more is known: the entity, or below a list the path up to the first list; the
 * only root field of a root fetch, or null when it has several.
 */
export function fetchPosition(site: FetchSite): ResponsePath | null {
  if (site.kind !== 'root') {
    const list = site.path.indexOf('@');
    return list < 0 ? site.path : site.path.slice(0, list);
  }
  const [only, second] = site.rootKeys;
  if (only === undefined || second !== undefined) return null;
  const field = site.shape.field(only);
  return field === undefined ? null : [field.responseKey];
}
