/** Where the representations of a site stand in the response. Nothing is computed before an error asks. */
import type { FetchPlaces, PathList } from '../errors/model.ts';
import { isJsonArray, type JsonValue } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { SiteProgram } from './executable.ts';
import type { CompiledPath } from './flatten-path.ts';
import { LocatedObjects } from './located-objects.ts';
import { dataKeysOf, type Shape } from './shape.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

/** The merged data and what the client selected of it. */
export class ShapedData {
  readonly data: DataObject;
  readonly shape: Shape;
  readonly #located = new Map<CompiledPath, LocatedObjects>();

  constructor(data: DataObject, shape: Shape) {
    this.data = data;
    this.shape = shape;
  }

  /** What stands at a plan path, for when all fetches are merged: several ask, and the first answer is kept. */
  locate(path: CompiledPath): LocatedObjects {
    let located = this.#located.get(path);
    if (located === undefined) this.#located.set(path, (located = new LocatedObjects(this.data, path)));
    return located;
  }
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
    this.#byIndex ??= this.#targets === null ? [] : pathsByIndex(this.#root, this.#targets);
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
  readonly #positions: number[];

  constructor(located: LocatedObjects, position: number) {
    this.#located = located;
    this.#positions = [position];
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

function pathsByIndex(root: ShapedData, { program, objects, indexes }: SiteTargets): readonly PathList[] {
  const byIndex: LocatedPaths[] = [];
  const located = root.locate(program.path);
  const indexOf = lookUpInOrder(objects, indexes);
  located.every((object, position) => {
    const index = indexOf(object) ?? -1;
    if (index < 0) return true;
    const known = byIndex[index];
    if (known === undefined) byIndex[index] = new LocatedPaths(located, position);
    else known.add(position);
    return true;
  });
  return byIndex;
}

/** Finds `values[i]` by `objects[i]`, quickest when asked in their order: the one in which entities are met again, as long as none came in between. */
export function lookUpInOrder<T>(objects: readonly DataObject[], values: readonly T[]): (object: DataObject) => T | undefined {
  let next = 0;
  let byObject: ReadonlyMap<DataObject, T | undefined> | null = null;
  return (object) => {
    if (objects[next] === object) return values[next++];
    byObject ??= new Map(objects.map((each, i) => [each, values[i]]));
    return byObject.get(object);
  };
}
