/** The client's document, with the fields marked that failed. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { isJsonObject, type JsonValue } from '../../shared/json.ts';
import type { ResponsePath } from '../../shared/path.ts';
import { redactDocument, redactValue } from '../trace/redaction.ts';
import { clipJson, clipText } from './clip.ts';
import type { OperationView } from './wire.ts';

const MAX_MARKS = 100;

interface ClientRequest {
  readonly query: string | null;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
}

/** `paths` are client paths of failed fields; list indices do not matter. */
export function viewOperation({ query, operationName, variables }: ClientRequest, paths: readonly ResponsePath[]): OperationView {
  const text = query ?? '';
  // A client's variables were parsed from JSON; their type just does not say so.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const sent = variables as JsonValue;
  return {
    document: clipText(redactDocument(text)),
    marks: findFields(text, operationName, paths),
    variables: isJsonObject(sent) && Object.keys(sent).length > 0 ? clipJson(redactValue(sent)) : null,
  };
}

/** Where alias and name of the fields at these paths stand in a document. */
export function findFields(text: string, operationName: string | null, paths: readonly ResponsePath[]): OperationView['marks'] {
  const document = parseOrNull(text);
  if (document === null) return [];
  const operations = document.definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const operation = operations.find(({ name }) => operationName !== null && name?.value === operationName) ?? operations[0];
  if (operation === undefined) return [];
  const fragments = fragmentsOf(document);
  const wanted = new Set(paths.map((path) => path.filter((key) => typeof key === 'string' && key !== '@').join('.')));
  const marks = new Map<number, number>();
  for (const key of wanted) {
    let fields: readonly FieldNode[] = [];
    let sets: readonly SelectionSetNode[] = [operation.selectionSet];
    for (const name of key.split('.')) {
      fields = sets.flatMap((set) => fieldsNamed(set, name, fragments, new Set()));
      sets = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
    }
    for (const { alias, name } of fields) {
      const [start, end] = [(alias ?? name).loc?.start, name.loc?.end];
      if (start !== undefined && end !== undefined && marks.size < MAX_MARKS) marks.set(start, end);
    }
  }
  return [...marks].toSorted((a, b) => a[0] - b[0]);
}

function parseOrNull(text: string): DocumentNode | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fragmentsOf({ definitions }: DocumentNode): Fragments {
  return new Map(definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])));
}

/** Fields of a selection that the client reads under `name`, through its fragments. */
function fieldsNamed(set: SelectionSetNode, name: string, fragments: Fragments, seen: Set<string>): readonly FieldNode[] {
  return set.selections.flatMap((selection): readonly FieldNode[] => {
    if (selection.kind === Kind.FIELD) return (selection.alias ?? selection.name).value === name ? [selection] : [];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsNamed(selection.selectionSet, name, fragments, seen);
    const fragment = fragments.get(selection.name.value);
    if (fragment === undefined || seen.has(selection.name.value)) return [];
    seen.add(selection.name.value);
    return fieldsNamed(fragment.selectionSet, name, fragments, seen);
  });
}
