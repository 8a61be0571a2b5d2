/** What the type nodes of SDL say. */
import { type DocumentNode, Kind, type TypeNode } from 'graphql';

/** The name behind lists and non-null marks. */
export function namedType(type: TypeNode): string {
  let inner = type;
  while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type;
  return inner.name.value;
}

/** Object types by the abstract type that they can stand for; object types stand for themselves. */
export function possibleTypesOf(document: DocumentNode): ReadonlyMap<string, ReadonlySet<string>> {
  const possible = new Map<string, Set<string>>();
  const add = (name: string, object: string): void => {
    const known = possible.get(name);
    if (known === undefined) possible.set(name, new Set([object]));
    else known.add(object);
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.UNION_TYPE_DEFINITION || definition.kind === Kind.UNION_TYPE_EXTENSION)
      for (const member of definition.types ?? []) add(definition.name.value, member.name.value);
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
    add(definition.name.value, definition.name.value);
    for (const parent of definition.interfaces ?? []) add(parent.name.value, definition.name.value);
  }
  return possible;
}
