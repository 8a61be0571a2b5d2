/** What a subgraph operation selects, read from its text: the planner does not tell. */
import { type DocumentNode, type FragmentDefinitionNode, Kind, parse, type SelectionSetNode } from 'graphql';

export interface FetchDocument {
  /** Response keys at the root of the operation. */
  readonly rootKeys: readonly string[];
  /** Response keys below a root field, through all fragments. */
  keysBelow(rootKey: string): readonly string[];
}

export function readFetchDocument(operation: string): FetchDocument {
  const document = parse(operation, { noLocation: true });
  const root = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)?.selectionSet;
  const reader = createReader(document);
  return {
    rootKeys: root === undefined ? [] : [...reader.keys(root).keys()],
    keysBelow(rootKey) {
      const sets = (root && reader.keys(root).get(rootKey)) ?? [];
      return [...new Set(sets.flatMap((set) => [...reader.keys(set).keys()]))];
    },
  };
}

function createReader(document: DocumentNode): { keys(set: SelectionSetNode): ReadonlyMap<string, readonly SelectionSetNode[]> } {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const collect = (set: SelectionSetNode, into: Map<string, SelectionSetNode[]>): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const below = selection.selectionSet ? [selection.selectionSet] : [];
        into.set(key, [...(into.get(key) ?? []), ...below]);
      } else {
        const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (inner) collect(inner.selectionSet, into);
      }
    }
  };
  return {
    keys(set) {
      const found = new Map<string, SelectionSetNode[]>();
      collect(set, found);
      return found;
    },
  };
}
