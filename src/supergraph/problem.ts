/** What is wrong with a graph, in a form that a message, a log line and a test can use. */

export interface GraphProblem {
  /** Composition's own code (`FIELD_TYPE_MISMATCH`), or one of ours: `INVALID_SDL`, `INVALID_SUPERGRAPH`, `UNREADABLE`, `INVALID_CONFIG`. */
  readonly code: string;
  /** One sentence, without the place. */
  readonly message: string;
  /** Names of the subgraphs it is about; empty when it is about the whole. */
  readonly subgraphs: readonly string[];
  /** `Type`, `Type.field` or `Type.field(arg:)` where one is known. */
  readonly coordinate: string | null;
  /** In the SDL of the one subgraph, or in the supergraph SDL. 1-based. */
  readonly location: { readonly line: number; readonly column: number } | null;
}

/** A composition problem always has the subgraphs that its message names. */
export type CompositionProblem = GraphProblem;

export function problem(code: string, message: string, at: Partial<Omit<GraphProblem, 'code' | 'message'>> = {}): GraphProblem {
  return { code, message, subgraphs: at.subgraphs ?? [], coordinate: at.coordinate ?? null, location: at.location ?? null };
}

/** One line for people: `subgraph "a", User.id, 3:5: Unknown type Foo (INVALID_GRAPHQL)`. */
export function printProblem(found: GraphProblem): string {
  const place: string[] = [];
  if (found.subgraphs.length > 0)
    place.push(`subgraph${found.subgraphs.length > 1 ? 's' : ''} ${found.subgraphs.map((name) => JSON.stringify(name)).join(', ')}`);
  if (found.coordinate !== null) place.push(found.coordinate);
  if (found.location !== null) place.push(`${found.location.line}:${found.location.column}`);
  return `${place.length > 0 ? `${place.join(', ')}: ` : ''}${found.message} (${found.code})`;
}
