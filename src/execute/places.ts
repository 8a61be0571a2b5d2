/** Where the representations of a site stand in the response. Nothing is computed before an error asks. */
import type { FetchPlaces } from '../errors/model.ts';
import { isJsonArray, type JsonValue } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { SiteProgram } from './executable.ts';
import { walkObjects } from './flatten-path.ts';
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

/** Objects by the number of their representation. */
export function groupByIndex(objects: readonly DataObject[], indexes: readonly number[]): ReadonlyMap<number, readonly DataObject[]> {
  const groups = new Map<number, DataObject[]>();
  objects.forEach((object, i) => {
    const index = indexes[i] ?? -1;
    const group = groups.get(index);
    if (group === undefined) groups.set(index, [object]);
    else group.push(object);
  });
  return groups;
}

export class Places implements FetchPlaces {
  readonly count: number;
  readonly #root: ShapedData;
  readonly #targets: SiteTargets | null;
  #byIndex: readonly (readonly ResponsePath[])[] | null = null;

  /** `targets` is null for a root fetch. */
  constructor(root: ShapedData, targets: SiteTargets | null, count: number) {
    this.#root = root;
    this.#targets = targets;
    this.count = count;
  }

  of(index: number): readonly ResponsePath[] {
    this.#byIndex ??= this.#locate();
    return this.#byIndex[index] ?? [];
  }

  listLength(path: ResponsePath, length: number): number | undefined {
    const value = follow(this.#root.data, this.#root.shape, path, length, 0);
    return isJsonArray(value) ? value.length : undefined;
  }

  #locate(): ResponsePath[][] {
    const byIndex: ResponsePath[][] = [];
    if (this.#targets === null) return byIndex;
    const { program, objects, indexes } = this.#targets;
    const indexOf = new Map(objects.map((object, i) => [object, indexes[i] ?? -1]));
    walkObjects(this.#root.data, program.path, (object, path) => {
      const index = indexOf.get(object) ?? -1;
      if (index >= 0) (byIndex[index] ??= []).push(path);
      return true;
    });
    return byIndex;
  }
}
