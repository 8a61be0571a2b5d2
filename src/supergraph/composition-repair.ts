/**
 * Mends what the composition package says wrongly of fields, by what the subgraphs say.
 *
 * - A field that is an object type in one subgraph and an interface or union in another has the type of the first subgraph; it is the wider.
 * - An interface's field that every subgraph of the interface declares loses `external`, `requires`, `provides` and `override`.
 * - Field sets that were spelled out for composition (`withPlainFieldSets`) get what was written back, on one line.
 * - A `provides` on a type that is wider in the supergraph goes; a key has no braces.
 */
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type NamedTypeNode,
  parse,
  print,
  stripIgnoredCharacters,
  type TypeNode,
} from 'graphql';
import { directivesNamed, textArgument } from './directives.ts';
import { parseFieldSet, parseWrittenFieldSet, printFieldSet } from './field-set.ts';
import { type DeclaredField, declaredFields, hasFields, type SubgraphDocument } from './subgraph-fields.ts';
import { namedType, possibleTypesOf } from './type-nodes.ts';

/** Declared fields by value of `join__Graph`, then by `Type.field`. */
type Declared = ReadonlyMap<string, ReadonlyMap<string, DeclaredField>>;

/** The supergraph's SDL, mended; the same text where nothing is wrong. `subgraphs` hold what their owners wrote. */
export function repairSupergraph(sdl: string, subgraphs: readonly SubgraphDocument[]): string {
  const document = parse(sdl, { noLocation: true });
  const declared = declaredByGraph(document, subgraphs);
  const possible = possibleTypesOf(document);
  let changed = false;
  const definitions = document.definitions.map((unkeyed) => {
    const definition = withPlainKeys(unkeyed);
    changed ||= definition !== unkeyed;
    if (!hasFields(definition)) return definition;
    const fields = (definition.fields ?? []).map((field) => {
      const mine = fieldByGraph(declared, `${definition.name.value}.${field.name.value}`);
      const typed = withWidestType(field, mine, possible);
      const joined = definition.kind === Kind.INTERFACE_TYPE_DEFINITION ? withJoins(typed, mine) : typed;
      const mended = withWrittenFieldSets(joined, mine);
      changed ||= mended !== field;
      return mended;
    });
    return { ...definition, fields };
  });
  return changed ? print({ ...document, definitions }) : sdl;
}

function declaredByGraph(document: DocumentNode, subgraphs: readonly SubgraphDocument[]): Declared {
  const byName = new Map(subgraphs.map(({ name, typeDefs }) => [name, declaredFields(typeDefs)]));
  const declared = new Map<string, ReadonlyMap<string, DeclaredField>>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? []) {
      const [graph] = directivesNamed(value, 'join__graph');
      const fields = graph && byName.get(textArgument(graph, 'name') ?? '');
      if (fields !== undefined) declared.set(value.name.value, fields);
    }
  }
  return declared;
}

type FieldByGraph = ReadonlyMap<string, DeclaredField>;

function fieldByGraph(declared: Declared, coordinate: string): FieldByGraph {
  return new Map(
    [...declared].flatMap(([graph, fields]) => {
      const field = fields.get(coordinate);
      return field === undefined ? [] : [[graph, field] as const];
    }),
  );
}

function withWidestType(
  field: FieldDefinitionNode,
  mine: FieldByGraph,
  possible: ReadonlyMap<string, ReadonlySet<string>>,
): FieldDefinitionNode {
  const types = [...mine.values()].map(({ type }) => type);
  const names = new Set(types.map(namedType));
  if (names.size < 2) return field;
  const covers = (wide: string, name: string): boolean =>
    [...(possible.get(name) ?? [])].every((object) => possible.get(wide)?.has(object));
  const widest = [...names].find((wide) => possible.has(wide) && [...names].every((name) => possible.has(name) && covers(wide, name)));
  if (widest === undefined) return field;
  const type = commonType(types, widest);
  const hasJoins = directivesNamed(field, 'join__field').length > 0;
  if (print(type) === print(field.type) && hasJoins) return field;
  const retyped = { ...field, type };
  return hasJoins ? { ...retyped, directives: withTypes(retyped, mine) } : withJoins(retyped, mine);
}

/** The named type in the wrappers of all: nullable where one of them is. */
function commonType(types: readonly TypeNode[], name: string): TypeNode {
  const isNonNull = types.every((type) => type.kind === Kind.NON_NULL_TYPE);
  const bare = types.map((type) => (type.kind === Kind.NON_NULL_TYPE ? type.type : type));
  const lists = bare.flatMap((type) => (type.kind === Kind.LIST_TYPE ? [type.type] : []));
  const named: NamedTypeNode = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } };
  const inner = lists.length === bare.length ? ({ kind: Kind.LIST_TYPE, type: commonType(lists, name) } as const) : named;
  return isNonNull ? { kind: Kind.NON_NULL_TYPE, type: inner } : inner;
}

/** The field's directives, with the type of each subgraph that declares another than the field's. */
function withTypes(field: FieldDefinitionNode, mine: FieldByGraph): readonly ConstDirectiveNode[] {
  return (field.directives ?? []).map((directive) => {
    const declared = directive.name.value === 'join__field' ? mine.get(textArgument(directive, 'graph') ?? '') : undefined;
    if (declared === undefined || print(declared.type) === print(field.type) || textArgument(directive, 'type') !== null) return directive;
    return { ...directive, arguments: [...(directive.arguments ?? []), argument('type', print(declared.type))] };
  });
}

/** Joins for a field that has none, if some subgraph says more of it than the supergraph does. */
function withJoins(field: FieldDefinitionNode, mine: FieldByGraph): FieldDefinitionNode {
  if (directivesNamed(field, 'join__field').length > 0) return field;
  const joins = [...mine].map(([graph, declared]) => joinOf(field, graph, declared));
  if (joins.every((join) => join.arguments?.length === 1)) return field;
  return { ...field, directives: [...joins, ...(field.directives ?? [])] };
}

function joinOf(field: FieldDefinitionNode, graph: string, declared: DeclaredField): ConstDirectiveNode {
  const texts = {
    type: print(declared.type) === print(field.type) ? null : print(declared.type),
    requires: onOneLine(declared.requires),
    provides: onOneLine(declared.provides),
    override: declared.override,
  };
  const isExternal: readonly ConstArgument[] = declared.isExternal
    ? [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'external' }, value: { kind: Kind.BOOLEAN, value: true } }]
    : [];
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: 'join__field' },
    arguments: [
      { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'graph' }, value: { kind: Kind.ENUM, value: graph } },
      ...Object.entries(texts).flatMap(([name, text]) => (text === null ? [] : [argument(name, text)])),
      ...isExternal,
    ],
  };
}

/** A field set as a join directive can hold it; what does not parse stays as it is, for `readSupergraph` to refuse. */
function onOneLine(written: string | null): string | null {
  const set = written === null ? null : parseWrittenFieldSet(written);
  return set === null ? written : printFieldSet(set);
}

function withWrittenFieldSets(field: FieldDefinitionNode, mine: FieldByGraph): FieldDefinitionNode {
  let changed = false;
  const directives = (field.directives ?? []).map((directive) => {
    const declared = directive.name.value === 'join__field' ? mine.get(textArgument(directive, 'graph') ?? '') : undefined;
    if (declared === undefined) return directive;
    const isNarrower = namedType(declared.type) !== namedType(field.type);
    const args = (directive.arguments ?? []).flatMap((given) => {
      const name = given.name.value;
      // The planner would look for the set on the supergraph's type and end the process; without the set it only asks once more.
      if (name === 'provides' && isNarrower) {
        changed = true;
        return [];
      }
      const written = name === 'requires' || name === 'provides' ? declared[name] : null;
      const text = written?.includes('...') === true ? onOneLine(written) : null;
      if (text === null || sameFields(text, textArgument(directive, name))) return [given];
      changed = true;
      return [argument(name, text)];
    });
    return { ...directive, arguments: args };
  });
  return changed ? { ...field, directives } : field;
}

function sameFields(one: string, other: string | null): boolean {
  return other !== null && stripIgnoredCharacters(one) === stripIgnoredCharacters(other);
}

/** Composition copies keys as they are, but only a subgraph may write one in braces. */
function withPlainKeys(definition: DefinitionNode): DefinitionNode {
  if (!hasFields(definition)) return definition;
  let changed = false;
  const directives = (definition.directives ?? []).map((directive) => {
    const key = directive.name.value === 'join__type' ? textArgument(directive, 'key') : null;
    const set = key === null || parseFieldSet(key) !== null ? null : parseWrittenFieldSet(key);
    if (set === null) return directive;
    changed = true;
    const args = (directive.arguments ?? []).map((given) => (given.name.value === 'key' ? argument('key', printFieldSet(set)) : given));
    return { ...directive, arguments: args };
  });
  return changed ? { ...definition, directives } : definition;
}

type ConstArgument = NonNullable<ConstDirectiveNode['arguments']>[number];

function argument(name: string, text: string): ConstArgument {
  return { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: name }, value: { kind: Kind.STRING, value: text } };
}
