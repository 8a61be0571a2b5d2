/** What rules and the catalogue may ask of an error: its own properties, before anything was changed (error-layer.md section 7). */
import type { ErrorKind } from '../../config/keys/error-options.ts';
import { unreachable } from '../../shared/assert.ts';
import { ownProperty, RawNumber } from '../../shared/json.ts';
import type { ResponsePath } from '../../shared/path.ts';
import { failureCode } from '../catalogue.ts';
import { failureMessage, fetchWords } from '../messages.ts';
import type { FetchSite, IngestedError, PlacedError, SelectionShape, ShapeField } from '../model.ts';
import { valueCode } from '../rules/failure-codes.ts';

export interface ErrorTraits {
  readonly subgraph: string | null;
  /** As text, whatever type the subgraph gave it; null for none. */
  readonly code: string | null;
  readonly status: number | null;
  /** Null for values that the response cannot carry. */
  readonly kind: ErrorKind | null;
  readonly message: string;
  readonly operationName: string | null;
  /** `Type.field` of the fields on the way to the error; of all that the fetch selects where it names none. Computed when asked. */
  coordinates(): ReadonlySet<string>;
}

export function traitsOf(error: PlacedError, operationName: string | null): ErrorTraits {
  switch (error.kind) {
    case 'graphql': {
      const { entry, exchange, site } = error;
      const own = { code: sentCode(entry), status: exchange.classified.status, kind: 'graphql' as const, message: entry.message };
      return { subgraph: site.subgraph, operationName, ...own, coordinates: () => entryCoordinates(entry, site) };
    }
    case 'failure': {
      const { failure, exchange, site } = error;
      const { status } = exchange.classified;
      // A cancelled fetch is never placed.
      const kind = failure.kind === 'cancelled' ? null : failure.kind;
      const message = failureMessage(failure, status, fetchWords(site.subgraph, site), 'none');
      const own = { code: failureCode(failure.kind), status, kind, message };
      return { subgraph: site.subgraph, operationName, ...own, coordinates: () => fetchCoordinates(site) };
    }
    case 'dependency': {
      const { site } = error;
      const own = { code: 'SUBGRAPH_DEPENDENCY_FAILED', status: null, kind: 'dependency' as const, message: '' };
      return { subgraph: site.subgraph, operationName, ...own, coordinates: () => fetchCoordinates(site) };
    }
    case 'value':
      return {
        subgraph: error.subgraph,
        operationName,
        code: valueCode(error.problem.kind, 'none'),
        status: null,
        kind: null,
        message: '',
        coordinates: () => NO_COORDINATES,
      };
    default:
      return unreachable(error);
  }
}

const NO_COORDINATES: ReadonlySet<string> = new Set();

/** The code that a subgraph sent, as text; null where it sent none that could be one. */
export function sentCode({ extensions }: IngestedError): string | null {
  const code = extensions === null ? undefined : ownProperty(extensions, 'code');
  if (typeof code === 'string') return code;
  if (typeof code === 'number') return String(code);
  return code instanceof RawNumber ? code.lexeme : null;
}

function entryCoordinates(entry: IngestedError, site: FetchSite): ReadonlySet<string> {
  const found = new Set<string>();
  const { path } = entry;
  if (path !== null) walk(path[0] === site.entitiesKey ? path.slice(1) : path, site, (coordinate) => found.add(coordinate));
  return found.size > 0 ? found : fetchCoordinates(site);
}

function walk(path: ResponsePath, site: FetchSite, visit: (coordinate: string) => void): void {
  let shape: SelectionShape | null = site.shape;
  for (const segment of path) {
    if (typeof segment === 'number' || /^\d+$/.test(segment)) continue;
    const field: ShapeField | undefined = shape?.field(site.renames.get(segment) ?? segment);
    if (field === undefined) return;
    visit(field.coordinate);
    shape = field.shape;
  }
}

function fetchCoordinates(site: FetchSite): ReadonlySet<string> {
  const keys = site.kind === 'root' ? site.rootKeys : site.fields;
  return new Set(keys.flatMap((key) => site.shape.field(key)?.coordinate ?? []));
}
