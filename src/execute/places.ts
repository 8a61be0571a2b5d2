/** Where the representations of a site stand in the response. Nothing is computed before an error asks. */
import type { FetchPlaces, PathList } from '../errors/model.ts';
import { isJsonArray, type JsonValue } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { SiteProgram } from './executable.ts';
import { LocatedObjects } from './located-objects.ts';
import { dataKeysOf, type Shape } from './shape.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

/** The merged data and what the client selected of it. */
export interface ShapedData {
  readonly data: DataObject;
  readonly shape: Shape;
}

/** The value at a client path of the merged data; undefined where nothing stands. */
export function valueAt({ data, shape }: ShapedData, path: ResponsePath): JsonValue | undefined {
  return follow(data, shape, path, path.length, 0);
}

function follow(value: JsonValue | undefined, shape: Shape | null, path: ResponsePath, end: number, at: number): JsonValue | undefined {
  const segment = at < end ? path[at] : undefined;
  if (segment === undefined || value === undefined) return value;
  if (typeof segment === 'number') return isJsonArray(value) ? follow(value[segment], shape, path, end, at + 1) : undefined;
  if (!isDataObject(value) || shape === null) return undefined;
  const key = dataKeysOf(shape, segment).find((each) => Object.hasOwn(value, each));
  return key === undefined ? undefined : follow(member(value, key), shape.field(key)?.shape ?? null, path, end, at + 1);
}

/** Entities of one site of a running fetch: `objects[i]` is represented by number `indexes[i]`, or by none if negative. */
export interface SiteTargets {
  readonly program: SiteProgram;
  readonly objects: readonly DataObject[];
  readonly indexes: readonly number[];
}

/** Objects by the number of their representation; holes for numbers that have none. */
export function groupByIndex({ objects, indexes }: SiteTargets): readonly (readonly DataObject[] | undefined)[] {
  const groups: DataObject[][] = [];
  objects.forEach((object, i) => {
    const index = indexes[i] ?? -1;
    if (index >= 0) (groups[index] ??= []).push(object);
  });
  return groups;
}

export class Places implements FetchPlaces {
  readonly count: number;
  readonly #root: ShapedData;
  readonly #targets: SiteTargets | null;
  #byIndex: readonly PathList[] | null = null;

  /** `targets` is null for a root fetch. */
  constructor(root: ShapedData, targets: SiteTargets | null, count: number) {
    this.#root = root;
    this.#targets = targets;
    this.count = count;
  }

  of(index: number): PathList {
    this.#byIndex ??= this.#targets === null ? [] : pathsByIndex(this.#root.data, this.#targets);
    return this.#byIndex[index] ?? NO_PATHS;
  }

  listLength(path: ResponsePath, length: number): number | undefined {
    const value = follow(this.#root.data, this.#root.shape, path, length, 0);
    return isJsonArray(value) ? value.length : undefined;
  }
}

const NO_PATHS: PathList = [];

class LocatedPaths implements PathList {
  readonly #located: LocatedObjects;
  readonly #positions: number[] = [];

  constructor(located: LocatedObjects) {
    this.#located = located;
  }

  get length(): number {
    return this.#positions.length;
  }

  add(position: number): void {
    this.#positions.push(position);
  }

  at(index: number): ResponsePath | undefined {
    const position = this.#positions[index];
    return position === undefined ? undefined : this.#located.pathOf(position);
  }
}

function pathsByIndex(data: DataObject, targets: SiteTargets): readonly PathList[] {
  const byIndex: LocatedPaths[] = [];
  const located = new LocatedObjects(data, targets.program.path);
  const indexOf = indexesInOrder(targets);
  located.every((object, position) => {
    const index = indexOf(object);
    if (index >= 0) (byIndex[index] ??= new LocatedPaths(located)).add(position);
    return true;
  });
  return byIndex;
}

/** Tells the numbers of objects, quickest when it is asked in the order in which the fetch has found them: as long as nothing came in between. */
function indexesInOrder({ objects, indexes }: SiteTargets): (object: DataObject) => number {
  let next = 0;
  let byObject: ReadonlyMap<DataObject, number> | null = null;
  return (object) => {
    if (objects[next] === object) return indexes[next++] ?? -1;
    byObject ??= new Map(objects.map((each, i) => [each, indexes[i] ?? -1]));
    return byObject.get(object) ?? -1;
  };
}
