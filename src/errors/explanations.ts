import type { ResponsePath } from '../shared/path.ts';
import type { PlacedError } from './model.ts';

/** Tells which places of the response some error already speaks of (error-layer.md section 6). */
export interface Explanations {
  /** Whether an error stands at `path` or below it. */
  explains(path: ResponsePath): boolean;
  /** One more error, from now on. */
  add(error: PlacedError): void;
}

type Node = Map<string | number, Node>;

/** An index over the paths of all errors, built in time proportional to their total length. */
export function createExplanations(placed: readonly PlacedError[]): Explanations {
  const root: Node = new Map();
  const add = (error: PlacedError): void => {
    for (let i = 0; i < placeCount(error); i++) {
      const path = pathAt(error, i);
      if (path !== null) addPath(root, path);
      else for (const place of rootPlaces(error)) addPath(root, place);
    }
  };
  for (const error of placed) add(error);
  return { explains: (path) => root.size > 0 && hasPath(root, path), add };
}

/** An error of a root fetch that names no place speaks of all the fields that the fetch was for. */
function rootPlaces(error: PlacedError): readonly ResponsePath[] {
  if (error.kind === 'value' || error.site.kind !== 'root') return [];
  const { rootKeys, shape } = error.site;
  return rootKeys.map((key) => [shape.field(key)?.responseKey ?? key]);
}

/** At how many places an error stands, whatever its kind. */
export function placeCount(error: PlacedError): number {
  return error.kind === 'graphql' ? error.places.count : 1;
}

/** A client path of an error, whatever its kind. */
export function pathAt(error: PlacedError, index: number): ResponsePath | null {
  return error.kind === 'graphql' ? error.places.at(index) : error.path;
}

/** All client paths of an error, for those who tell of few errors. */
export function pathsOf(error: PlacedError): readonly (ResponsePath | null)[] {
  return Array.from({ length: placeCount(error) }, (_, i) => pathAt(error, i));
}

function addPath(root: Node, path: ResponsePath): void {
  let node = root;
  for (const segment of path) {
    let next = node.get(segment);
    if (next === undefined) {
      next = new Map();
      node.set(segment, next);
    }
    node = next;
  }
}

function hasPath(root: Node, path: ResponsePath): boolean {
  let node: Node | undefined = root;
  for (const segment of path) {
    node = node.get(segment);
    if (node === undefined) return false;
  }
  return true;
}
