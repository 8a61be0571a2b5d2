/** What is wrong with a configuration, and where (STYLE 15: what, where, what to do). */

/** Lines and columns count from 1. */
export interface ConfigPosition {
  /** As the user named it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ConfigProblem {
  /** As the user named it; `environment` for a variable. */
  readonly file: string;
  /** Null when the problem is that of the whole file, or of a variable. */
  readonly line: number | null;
  readonly column: number | null;
  /** Dotted path of the key; empty for the file as a whole. */
  readonly key: string;
  /** Never holds a value that came from the environment. */
  readonly message: string;
}

/** A key's path as YAML has it: names and list indices. */
export type KeyPath = readonly (string | number)[];

/** `subgraphs[0].name`; a name that is no plain word is quoted. */
export function printKey(path: KeyPath): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (/^[\w-]{1,80}$/.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment.length > 80 ? `${segment.slice(0, 80)}…` : segment)}]`;
  }
  return text;
}

/** `router.config.yaml:12:5 subgraph_error_propagation.mod: unknown key; did you mean mode?` */
export function printProblem(problem: ConfigProblem): string {
  const place = problem.line === null ? problem.file : `${problem.file}:${problem.line}:${problem.column ?? 1}`;
  return `${place}${problem.key === '' ? '' : ` ${problem.key}`}: ${problem.message}`;
}

/** In the order of `files`, then of lines; those of other files first, of the environment last. */
export function sortProblems(problems: readonly ConfigProblem[], files: readonly string[]): readonly ConfigProblem[] {
  const rank = (problem: ConfigProblem): number => {
    const index = files.indexOf(problem.file);
    if (index >= 0) return index;
    return problem.line === null && problem.file === 'environment' ? files.length : -1;
  };
  return problems.toSorted((a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}
