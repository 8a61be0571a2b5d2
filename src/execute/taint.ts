/** Remembers which values an error stands at, so that no other subgraph is asked on the strength of them. */
import type { IngestedError } from '../errors/model.ts';
import { isJsonArray, type JsonValue } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

/** Stands for all members of an entity that an error speaks of as a whole; no field can have this name. */
export const WHOLE_ENTITY = '*';

/** Members of objects of the merged data, by identity. */
export class Taint {
  readonly #members = new Map<DataObject, Set<string>>();
  readonly #unknown = new Map<DataObject, Set<ReadonlySet<string>>>();

  has(object: DataObject, key: string): boolean {
    return this.#members.get(object)?.has(key) ?? false;
  }

  /** Marks every member on the way of a path that starts at `start`. Keys are those of the subgraph's reply. */
  addAlong(start: JsonValue, path: ResponsePath, renames: ReadonlyMap<string, string>): void {
    if (path.length === 0 && isDataObject(start)) this.add(start, WHOLE_ENTITY);
    let value: JsonValue | undefined = start;
    for (const segment of path) {
      if (typeof segment === 'number') {
        value = isJsonArray(value) ? value[segment] : undefined;
      } else if (isDataObject(value)) {
        const key = renames.get(segment) ?? segment;
        this.add(value, key);
        value = member(value, key);
      } else {
        return;
      }
    }
  }

  add(object: DataObject, key: string): void {
    addTo(this.#members, object, key);
  }

  /** Whether nobody brought a member although nothing has failed. */
  isUnknown(object: DataObject, key: string): boolean {
    const sets = this.#unknown.get(object);
    if (sets !== undefined) for (const keys of sets) if (keys.has(key)) return true;
    return false;
  }

  /** Marks what a fetch was to bring for an entity that its subgraph does not know, or was not asked about for that reason. */
  addUnknown(object: DataObject, fetched: ReadonlySet<string>): void {
    addTo(this.#unknown, object, fetched);
  }
}

function addTo<T>(sets: Map<DataObject, Set<T>>, object: DataObject, item: T): void {
  const set = sets.get(object);
  if (set === undefined) sets.set(object, new Set([item]));
  else set.add(item);
}

/** Index of the representation that an entity error speaks of, and the path behind it; null when it names none. */
export function entityPosition(error: IngestedError, entitiesKey: string): { readonly index: number; readonly rest: ResponsePath } | null {
  const [key, position, ...rest] = error.path ?? [];
  if (key !== entitiesKey) return null;
  const index = typeof position === 'string' && /^\d+$/.test(position) ? Number(position) : position;
  return typeof index === 'number' ? { index, rest } : null;
}
