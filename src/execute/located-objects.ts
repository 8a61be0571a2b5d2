/** Where the objects at a plan path stand in the response, walked only when somebody wants to tell of them. */
import { isJsonArray, type JsonValue } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { CompiledPath } from './flatten-path.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

/** Values that one step of the path leads to. Two columns in place of objects: there is one level per step, and many values on each. */
interface Level {
  readonly values: JsonValue[];
  /** Of each value, the position of what holds it on the level above. */
  readonly holders: number[];
  /** The response key of all, or the index of each; in lists of lists, the indices. */
  readonly segments: string | (number | readonly number[])[];
  readonly above: Level | null;
}

export class LocatedObjects {
  readonly #last: Level;

  constructor(root: DataObject, path: CompiledPath) {
    let level: Level = { values: [root], holders: [], segments: '', above: null };
    for (const step of path) {
      // Types are not asked again: a later merge may have made a `__typename` more precise than the fetch saw it.
      if (step.kind === 'key') level = members(level, step.key, step.responseKey);
      else if (step.kind === 'list') level = items(level);
    }
    this.#last = level;
  }

  /** Whether a condition holds for all of them. They come in response order, an object that stands in several places once per place. */
  every(condition: (object: DataObject, position: number) => boolean): boolean {
    const { values } = this.#last;
    for (let position = 0; position < values.length; position++) {
      const value = values[position];
      if (isDataObject(value) && !condition(value, position)) return false;
    }
    return true;
  }

  /** The client path of the object that `every` gave this position. */
  pathOf(position: number): ResponsePath {
    const path: (string | number)[] = [];
    let at = position;
    for (let level = this.#last; level.above !== null; level = level.above) {
      const segment = typeof level.segments === 'string' ? level.segments : (level.segments[at] ?? 0);
      if (typeof segment === 'object') path.push(...segment.toReversed());
      else path.push(segment);
      at = level.holders[at] ?? 0;
    }
    return path.toReversed();
  }
}

function members(above: Level, key: string, responseKey: string): Level {
  const values: JsonValue[] = [];
  const holders: number[] = [];
  for (let at = 0; at < above.values.length; at++) {
    const value = above.values[at];
    const child = isDataObject(value) ? member(value, key) : undefined;
    if (child === undefined || child === null) continue;
    values.push(child);
    holders.push(at);
  }
  return { values, holders, segments: responseKey, above };
}

function items(above: Level): Level {
  const values: JsonValue[] = [];
  const holders: number[] = [];
  const segments: (number | readonly number[])[] = [];
  const add = (list: readonly JsonValue[], holder: number, outer: readonly number[] | null): void => {
    for (let index = 0; index < list.length; index++) {
      const item = list[index] ?? null;
      const segment = outer === null ? index : [...outer, index];
      // The planner marks lists of lists once.
      if (isJsonArray(item)) {
        add(item, holder, typeof segment === 'number' ? [segment] : segment);
      } else if (item !== null) {
        values.push(item);
        holders.push(holder);
        segments.push(segment);
      }
    }
  };
  for (let at = 0; at < above.values.length; at++) {
    const list = above.values[at];
    if (isJsonArray(list)) add(list, at, null);
  }
  return { values, holders, segments, above };
}
