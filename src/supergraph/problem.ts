/** What is wrong with a graph, in a form that a message, a log line and a test can use. */

export interface GraphProblem {
  /**
   * Composition's own code (`FIELD_TYPE_MISMATCH`), or one of ours: `INVALID_SDL`, `INVALID_SUPERGRAPH`,
   * `INVALID_EXECUTION_CONFIG`, `UNREADABLE`, `INVALID_CONFIG`.
   */
  readonly code: string;
  /** One sentence, without the place. */
  readonly message: string;
  /** Names of the subgraphs it is about; empty when it is about the whole. */
  readonly subgraphs: readonly string[];
  /** `Type`, `Type.field` or `Type.field(arg:)` where one is known. */
  readonly coordinate: string | null;
  /** The file that `location` is in, where there is one. */
  readonly file: string | null;
  /** In the SDL of the one subgraph, or in the supergraph SDL. 1-based. */
  readonly location: { readonly line: number; readonly column: number } | null;
}

/** A composition problem always has the subgraphs that its message names. */
export type CompositionProblem = GraphProblem;

export function problem(code: string, message: string, at: Partial<Omit<GraphProblem, 'code' | 'message'>> = {}): GraphProblem {
  return {
    code,
    message,
    subgraphs: at.subgraphs ?? [],
    coordinate: at.coordinate ?? null,
    file: at.file ?? null,
    location: at.location ?? null,
  };
}

/** One line for people: `users.graphql:3:5, subgraph "users", User.id: Unknown type Foo (INVALID_GRAPHQL)`. */
export function printProblem(found: GraphProblem): string {
  const { subgraphs, coordinate, file, location } = found;
  const place: string[] = [];
  const position = location === null ? null : `${location.line}:${location.column}`;
  if (file !== null) place.push(position === null ? file : `${file}:${position}`);
  if (subgraphs.length > 0)
    place.push(`subgraph${subgraphs.length > 1 ? 's' : ''} ${subgraphs.map((name) => JSON.stringify(name)).join(', ')}`);
  if (file === null && position !== null) place.push(position);
  if (coordinate !== null) place.push(coordinate);
  return `${place.length > 0 ? `${place.join(', ')}: ` : ''}${found.message} (${found.code})`;
}
