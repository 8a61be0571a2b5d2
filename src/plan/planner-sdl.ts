/**
 * Prepares the supergraph for the planner (planning.md, fault E): a `@provides` that comes by a type twice, such as
 * `friend: User @provides(fields: "friend { name }")`, is believed at every level, and data goes missing. Without it the plan has a fetch more.
 */
import {
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parse,
  print,
  type SelectionSetNode,
  type TypeNode,
  visit,
} from 'graphql';

/** The SDL to plan on; the supergraph's own text where nothing has to change. */
export function plannerSdl(sdl: string): string {
  if (!/\bprovides:\s*"[^"]*\{/.test(sdl)) return sdl;
  const document = parse(sdl, { noLocation: true });
  const types = fieldTypes(document);
  let changed = false;
  const prepared = visit(document, {
    FieldDefinition(field) {
      const directives = field.directives?.map((directive) => {
        if (!isRecursive(directive, field, types)) return directive;
        changed = true;
        return { ...directive, arguments: directive.arguments?.filter((argument) => argument.name.value !== 'provides') ?? [] };
      });
      return directives === undefined ? undefined : { ...field, directives };
    },
  });
  return changed ? print(prepared) : sdl;
}

/** Names of field types by `Type.field`. */
function fieldTypes(document: DocumentNode): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of definition.fields ?? []) types.set(`${definition.name.value}.${field.name.value}`, namedType(field.type));
  }
  return types;
}

function isRecursive(directive: ConstDirectiveNode, field: FieldDefinitionNode, types: ReadonlyMap<string, string>): boolean {
  if (directive.name.value !== 'join__field') return false;
  const provides = directive.arguments?.find((argument) => argument.name.value === 'provides');
  const set = provides === undefined ? null : parseFieldSet(provides);
  return set !== null && meetsAgain(set, namedType(field.type), new Set(), types);
}

function parseFieldSet({ value }: ConstArgumentNode): SelectionSetNode | null {
  if (value.kind !== Kind.STRING) return null;
  const [definition] = parse(`{${value.value}}`, { noLocation: true }).definitions;
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : null;
}

/** Whether a field set goes through an object of a type from which it came. */
function meetsAgain(set: SelectionSetNode, type: string, above: ReadonlySet<string>, types: ReadonlyMap<string, string>): boolean {
  if (above.has(type)) return true;
  return set.selections.some((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return meetsAgain(selection.selectionSet, selection.typeCondition?.name.value ?? type, above, types);
    if (selection.kind !== Kind.FIELD || selection.selectionSet === undefined) return false;
    const below = types.get(`${type}.${selection.name.value}`);
    return below !== undefined && meetsAgain(selection.selectionSet, below, new Set([...above, type]), types);
  });
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
