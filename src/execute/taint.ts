/** Remembers which values an error stands at, so that no other subgraph is asked on the strength of them. */
import { readIndex } from '../errors/client-path.ts';
import type { IngestedError } from '../errors/model.ts';
import { isJsonArray, type JsonValue } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { SiteProgram } from './executable.ts';
import type { SiteTargets } from './places.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

/** Stands for all members of an entity that an error speaks of as a whole; no field can have this name. */
export const WHOLE_ENTITY = '*';

/** Beyond so many marks for one reply, all that it was to bring is marked: errors and places must not multiply without bound. */
const MAX_MARKS = 1_000_000;

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

  /** Marks what the errors of an entity reply speak of, wherever the entities stand. */
  addErrors(errors: readonly IngestedError[], entitiesKey: string, sites: readonly SiteTargets[]): void {
    const restsByIndex = pathsWithin(errors, entitiesKey);
    if (restsByIndex.size === 0) return;
    let marks = 0;
    for (const { program, objects, indexes } of sites) {
      objects.forEach((object, i) => {
        const rests = restsByIndex.get(indexes[i] ?? -1);
        if (rests === undefined) return;
        marks += rests.size;
        if (marks > MAX_MARKS) for (const key of program.fetched) this.add(object, key);
        else for (const rest of rests.values()) if (mayBring(program, rest)) this.addAlong(object, rest, program.site.renames);
      });
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
  #known: Set<T> | null = null;
  #waiting: T[] | null = null;

  add(item: T): void {
    // A list of one: pushing to an empty one would reserve room for many, and there may be as many sets as names.
    if (this.#waiting === null) this.#waiting = [item];
    else if (this.#waiting.push(item) === MAX_WAITING) this.#settle();
  }

  has(item: T): boolean {
    return this.#settle().has(item);
  }

  #settle(): Set<T> {
    this.#known ??= new Set();
    if (this.#waiting !== null) for (const item of this.#waiting) this.#known.add(item);
    this.#waiting = null;
    return this.#known;
  }
}

/** By the number of a representation, the different paths within it that errors name. */
function pathsWithin(errors: readonly IngestedError[], entitiesKey: string): ReadonlyMap<number, ReadonlyMap<string, ResponsePath>> {
  const byIndex = new Map<number, Map<string, ResponsePath>>();
  for (const { path } of errors) {
    if (path === null || path[0] !== entitiesKey) continue;
    const index = readIndex(path[1]);
    if (index === null) continue;
    const rest = path.slice(2);
    const known = byIndex.get(index);
    if (known === undefined) byIndex.set(index, new Map([[JSON.stringify(rest), rest]]));
    else known.set(JSON.stringify(rest), rest);
  }
  return byIndex;
}

/** What a fetch does not bring cannot fail in it. */
function mayBring({ fetched, site }: SiteProgram, [name]: ResponsePath): boolean {
  return typeof name !== 'string' || fetched.has(site.renames.get(name) ?? name);
}
