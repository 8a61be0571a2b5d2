/**
 * A second view of a supergraph, for operations that the planner cannot plan on the first.
 *
 * The planner loses its way where a fetch of an entity leads back to the entity's own type and there to a field with `@requires` of the same
 * subgraph: `{ me { reviews { author { computed } } } }`, all of it but `me` and what `computed` requires in one subgraph. It does not
 * where the fields with `@requires` seem to stand in a subgraph of their own, at the same address.
 */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type InterfaceTypeDefinitionNode,
  isTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type TypeDefinitionNode,
} from 'graphql';

export interface SplitSupergraph {
  readonly sdl: string;
  /** Names of the made-up subgraphs, and the subgraph that each stands for. */
  readonly names: ReadonlyMap<string, string>;
}

const SUFFIX = '__REQUIRES';

/** The supergraph with the fields that have `@requires` split off; null when there are none. */
export function splitRequires(sdl: string): SplitSupergraph | null {
  const document = parse(sdl, { noLocation: true });
  const graphs = graphsWithRequires(document);
  if (graphs.size === 0) return null;
  const roots = rootTypes(document);
  const names = new Map<string, string>();
  const definitions = document.definitions.map((definition) => {
    if (!isTypeDefinitionNode(definition)) return definition;
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph')
      return addGraphs(definition, graphs, names);
    return roots.has(definition.name.value) ? definition : splitType(definition, graphs);
  });
  return { sdl: print({ kind: Kind.DOCUMENT, definitions }), names };
}

function graphsWithRequires(document: DocumentNode): ReadonlySet<string> {
  const graphs = new Set<string>();
  for (const definition of document.definitions) {
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      for (const directive of field.directives ?? [])
        if (argument(directive, 'requires') !== null) graphs.add(argument(directive, 'graph') ?? '');
    }
  }
  return graphs;
}

function rootTypes(document: DocumentNode): ReadonlySet<string> {
  const named = document.definitions.flatMap((definition) =>
    definition.kind === Kind.SCHEMA_DEFINITION ? definition.operationTypes.map((root) => root.type.name.value) : [],
  );
  return new Set(named.length > 0 ? named : ['Query', 'Mutation', 'Subscription']);
}

function addGraphs(graph: EnumTypeDefinitionNode, graphs: ReadonlySet<string>, names: Map<string, string>): EnumTypeDefinitionNode {
  const added = (graph.values ?? []).flatMap((value): readonly EnumValueDefinitionNode[] => {
    if (!graphs.has(value.name.value)) return [];
    const directives = (value.directives ?? []).map((directive) => {
      const name = argument(directive, 'name') ?? value.name.value;
      names.set(name + SUFFIX, name);
      return withArgument(directive, 'name', (old) => ({ ...old, value: { kind: Kind.STRING, value: name + SUFFIX } }));
    });
    return [{ ...value, name: { kind: Kind.NAME, value: value.name.value + SUFFIX }, directives }];
  });
  return { ...graph, values: [...(graph.values ?? []), ...added] };
}

function splitType(type: TypeDefinitionNode, graphs: ReadonlySet<string>): TypeDefinitionNode {
  const directives = copied(type.directives, graphs);
  switch (type.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return { ...type, directives, fields: (type.fields ?? []).map((field) => splitField(field, type, graphs)) };
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return splitInput({ ...type, directives }, graphs);
    case Kind.ENUM_TYPE_DEFINITION:
      return {
        ...type,
        directives,
        values: (type.values ?? []).map((value) => ({ ...value, directives: copied(value.directives, graphs) })),
      };
    default:
      return { ...type, directives };
  }
}

function splitInput(type: InputObjectTypeDefinitionNode, graphs: ReadonlySet<string>): InputObjectTypeDefinitionNode {
  return { ...type, fields: (type.fields ?? []).map((field) => ({ ...field, directives: copied(field.directives, graphs) })) };
}

/** Of an entity the made-up subgraph has keys, what is required, and what requires it; of other types everything. */
function splitField(
  field: FieldDefinitionNode,
  type: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode,
  graphs: ReadonlySet<string>,
): FieldDefinitionNode {
  const directives = (field.directives ?? []).flatMap((directive) => {
    const graph = argument(directive, 'graph') ?? '';
    if (!graphs.has(graph)) return [directive];
    if (argument(directive, 'requires') !== null) return [inSplitGraph(directive)];
    const keys = (type.directives ?? []).filter((join) => argument(join, 'graph') === graph).flatMap((join) => argument(join, 'key') ?? []);
    const isShared = keys.length === 0 || argument(directive, 'external') === 'true' || keys.some((key) => mentions(key, field.name.value));
    return isShared ? [directive, inSplitGraph(directive)] : [directive];
  });
  return { ...field, directives };
}

function mentions(fieldSet: string, name: string): boolean {
  return fieldSet.split(/\W+/).includes(name);
}

function copied(directives: readonly ConstDirectiveNode[] | undefined, graphs: ReadonlySet<string>): readonly ConstDirectiveNode[] {
  return (directives ?? []).flatMap((directive) =>
    graphs.has(argument(directive, 'graph') ?? '') ? [directive, inSplitGraph(directive)] : [directive],
  );
}

function inSplitGraph(directive: ConstDirectiveNode): ConstDirectiveNode {
  const graph = argument(directive, 'graph') ?? '';
  return withArgument(directive, 'graph', (old) => ({ ...old, value: { kind: Kind.ENUM, value: graph + SUFFIX } }));
}

type ConstArgument = NonNullable<ConstDirectiveNode['arguments']>[number];

function withArgument(directive: ConstDirectiveNode, name: string, change: (old: ConstArgument) => ConstArgument): ConstDirectiveNode {
  return { ...directive, arguments: (directive.arguments ?? []).map((old) => (old.name.value === name ? change(old) : old)) };
}

/** A string, enum or boolean argument as text. */
function argument(directive: ConstDirectiveNode, name: string): string | null {
  const value = directive.arguments?.find((candidate) => candidate.name.value === name)?.value;
  if (value?.kind === Kind.BOOLEAN) return String(value.value);
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : null;
}
