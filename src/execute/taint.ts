/** Remembers which values an error stands at, so that no other subgraph is asked on the strength of them. */
import type { IngestedError } from '../errors/model.ts';
import { isJsonArray, type JsonValue } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

/** Stands for all members of an entity that an error speaks of as a whole; no field can have this name. */
export const WHOLE_ENTITY = '*';

/** Members of objects of the merged data, by identity. */
export class Taint {
  readonly #byKey = new Map<string, PatientSet<DataObject>>();
  readonly #unknown = new Map<ReadonlySet<string>, PatientSet<DataObject>>();

  has(object: DataObject, key: string): boolean {
    return this.#byKey.get(key)?.has(object) ?? false;
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
    setOf(this.#byKey, key).add(object);
  }

  /** Whether nobody brought a member although nothing has failed. */
  isUnknown(object: DataObject, key: string): boolean {
    for (const [fetched, objects] of this.#unknown) if (fetched.has(key) && objects.has(object)) return true;
    return false;
  }

  /** Marks what a fetch was to bring for entities that its subgraph does not know, or was not asked about for that reason. */
  addUnknown(objects: readonly DataObject[], fetched: ReadonlySet<string>): void {
    const set = setOf(this.#unknown, fetched);
    for (const object of objects) set.add(object);
  }
}

function setOf<K>(sets: Map<K, PatientSet<DataObject>>, key: K): PatientSet<DataObject> {
  let set = sets.get(key);
  if (set === undefined) sets.set(key, (set = new PatientSet()));
  return set;
}

/** So many items may wait, however often each was added. */
const MAX_WAITING = 1000;

/** A set for what is added often and asked for seldom: objects are not hashed before somebody asks. */
class PatientSet<T> {
  readonly #known = new Set<T>();
  #waiting: T[] = [];

  add(item: T): void {
    if (this.#waiting.push(item) === MAX_WAITING) this.#settle();
  }

  has(item: T): boolean {
    if (this.#waiting.length > 0) this.#settle();
    return this.#known.has(item);
  }

  #settle(): void {
    for (const item of this.#waiting) this.#known.add(item);
    this.#waiting = [];
  }
}

/** Index of the representation that an entity error speaks of, and the path behind it; null when it names none. */
export function entityPosition(error: IngestedError, entitiesKey: string): { readonly index: number; readonly rest: ResponsePath } | null {
  const [key, position, ...rest] = error.path ?? [];
  if (key !== entitiesKey) return null;
  const index = typeof position === 'string' && /^\d+$/.test(position) ? Number(position) : position;
  return typeof index === 'number' ? { index, rest } : null;
}
