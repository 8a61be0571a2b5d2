/** Where a value stands in a client's response: response keys and list indices. */
export type ResponsePath = readonly (string | number)[];

/** Whether `path` begins with all of `prefix`. */
export function isPrefix(prefix: ResponsePath, path: ResponsePath): boolean {
  return prefix.length <= path.length && prefix.every((segment, i) => segment === path[i]);
}

/** The longest path that all of `paths` begin with; empty when there is none. */
export function commonPrefix(paths: readonly ResponsePath[]): ResponsePath {
  const [first, ...rest] = paths;
  if (first === undefined) return [];
  let length = first.length;
  for (const path of rest) {
    let i = 0;
    while (i < length && i < path.length && path[i] === first[i]) i++;
    length = i;
  }
  return first.slice(0, length);
}
