/** Where the representations of a site stand in the response. Nothing is computed before an error asks. */
import type { FetchPlaces } from '../errors/model.ts';
import { isJsonArray, type JsonValue } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { SiteProgram } from './executable.ts';
import { walkObjects } from './flatten-path.ts';
import { dataKeysOf } from './shape.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

/** The value at a client path of the merged data; undefined where nothing stands. */
export function valueAt(root: DataObject, path: ResponsePath): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const segment of path) {
    if (typeof segment === 'number') value = isJsonArray(value) ? value[segment] : undefined;
    else value = isDataObject(value) ? memberOf(value, segment) : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

function memberOf(object: DataObject, responseKey: string): JsonValue | undefined {
  const [aliased, plain] = dataKeysOf(responseKey);
  return member(object, Object.hasOwn(object, aliased) ? aliased : plain);
}

/** Entities of one site of a running fetch: `objects[i]` is represented by number `indexes[i]`, or by none if negative. */
export interface SiteTargets {
  readonly program: SiteProgram;
  readonly objects: readonly DataObject[];
  readonly indexes: readonly number[];
}

export class Places implements FetchPlaces {
  readonly count: number;
  readonly #root: DataObject;
  readonly #targets: SiteTargets | null;
  #byIndex: readonly (readonly ResponsePath[])[] | null = null;

  /** `targets` is null for a root fetch. */
  constructor(root: DataObject, targets: SiteTargets | null, count: number) {
    this.#root = root;
    this.#targets = targets;
    this.count = count;
  }

  of(index: number): readonly ResponsePath[] {
    this.#byIndex ??= this.#locate();
    return this.#byIndex[index] ?? [];
  }

  listLength(path: ResponsePath): number | undefined {
    const value = valueAt(this.#root, path);
    return isJsonArray(value) ? value.length : undefined;
  }

  #locate(): ResponsePath[][] {
    const byIndex: ResponsePath[][] = [];
    if (this.#targets === null) return byIndex;
    const { program, objects, indexes } = this.#targets;
    const indexOf = new Map(objects.map((object, i) => [object, indexes[i] ?? -1]));
    walkObjects(this.#root, program.path, (object, path) => {
      const index = indexOf.get(object) ?? -1;
      if (index >= 0) (byIndex[index] ??= []).push(path);
      return true;
    });
    return byIndex;
  }
}
