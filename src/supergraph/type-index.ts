/** Facts about the whole supergraph, inaccessible members included; plan and execution ask them, clients never see them. */
import {
  type DocumentNode,
  type FieldDefinitionNode,
  isTypeDefinitionNode,
  Kind,
  parseType,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { directivesNamed, isTrueArgument, type Machinery, textArgument } from './directives.ts';
import type { SubgraphTypes, TypeIndex } from './model.ts';
import { possibleTypesOf } from './type-nodes.ts';

const NONE: ReadonlySet<string> = new Set();

/** Indexes a supergraph document. `graphNames` maps values of the `join__Graph` enum to the names of subgraphs. */
export function createTypeIndex(document: DocumentNode, machinery: Machinery, graphNames: ReadonlyMap<string, string>): TypeIndex {
  const types = document.definitions.filter(isTypeDefinitionNode);
  const possible = possibleTypesOf(document);
  const isHidden = (node: TypeDefinitionNode): boolean => directivesNamed(node, machinery.inaccessible).length > 0;
  const hiddenObjects = new Set(
    types.filter((type) => type.kind === Kind.OBJECT_TYPE_DEFINITION && isHidden(type)).map((type) => type.name.value),
  );
  const hiddenValues = collectHiddenValues(types, machinery);
  const interfaceObjects = new Set(
    types.flatMap((type) =>
      directivesNamed(type, 'join__type').some((join) => isTrueArgument(join, 'isInterfaceObject')) ? [type.name.value] : [],
    ),
  );
  const nonNull = collectNonNullFields(types);
  const keys = collectKeys(types, graphNames);
  const required = collectRequiredWithArguments(types);
  const everyFieldName = new Set(fieldsOf(types).map(([, field]) => field.name.value));
  return {
    possibleTypes: (typeName) => possible.get(typeName) ?? NONE,
    isInaccessible: (typeName) => hiddenObjects.has(typeName),
    isInaccessibleEnumValue: (enumName, value) => hiddenValues.has(`${enumName}.${value}`),
    isInterfaceObject: (typeName) => interfaceObjects.has(typeName),
    isNonNull: (typeName, fieldName) => nonNull.has(`${typeName}.${fieldName}`),
    isFieldName: (name) => everyFieldName.has(name),
    isRequiredWithArguments: (name) => required.has(name),
    keyFieldSets: (typeName, subgraph) => keys.get(typeName)?.get(subgraph) ?? [],
  };
}

function collectHiddenValues(types: readonly TypeDefinitionNode[], machinery: Machinery): ReadonlySet<string> {
  return new Set(
    types.flatMap((type) =>
      type.kind === Kind.ENUM_TYPE_DEFINITION
        ? (type.values ?? [])
            .filter((value) => directivesNamed(value, machinery.inaccessible).length > 0)
            .map((value) => `${type.name.value}.${value.name.value}`)
        : [],
    ),
  );
}

function collectNonNullFields(types: readonly TypeDefinitionNode[]): ReadonlySet<string> {
  return new Set(
    fieldsOf(types).flatMap(([type, field]) => (field.type.kind === Kind.NON_NULL_TYPE ? [`${type}.${field.name.value}`] : [])),
  );
}

function fieldsOf(types: readonly TypeDefinitionNode[]): readonly (readonly [typeName: string, field: FieldDefinitionNode])[] {
  return types.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION
      ? (type.fields ?? []).map((field) => [type.name.value, field] as const)
      : [],
  );
}

function collectRequiredWithArguments(types: readonly TypeDefinitionNode[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, field] of fieldsOf(types)) {
    for (const join of directivesNamed(field, 'join__field')) {
      for (const [, name] of (textArgument(join, 'requires') ?? '').matchAll(/(\w+)\s*\(/g)) if (name !== undefined) names.add(name);
    }
  }
  return names;
}

function collectKeys(
  types: readonly TypeDefinitionNode[],
  graphNames: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  const keys = new Map<string, Map<string, string[]>>();
  for (const type of types) {
    for (const join of directivesNamed(type, 'join__type')) {
      const subgraph = graphNames.get(textArgument(join, 'graph') ?? '');
      const key = textArgument(join, 'key');
      if (subgraph === undefined || key === null) continue;
      const ofType = keys.get(type.name.value) ?? new Map<string, string[]>();
      keys.set(type.name.value, ofType);
      ofType.set(subgraph, [...(ofType.get(subgraph) ?? []), key]);
    }
  }
  return keys;
}

/** Indexes how each subgraph declares fields: as the supergraph does, unless a `join__field` says otherwise. */
export function createSubgraphTypes(document: DocumentNode, graphNames: ReadonlyMap<string, string>): SubgraphTypes {
  const supergraph = new Map<string, TypeNode>();
  const own = new Map<string, TypeNode>();
  for (const [typeName, field] of fieldsOf(document.definitions.filter(isTypeDefinitionNode))) {
    const coordinate = `${typeName}.${field.name.value}`;
    supergraph.set(coordinate, field.type);
    for (const join of directivesNamed(field, 'join__field')) {
      const subgraph = graphNames.get(textArgument(join, 'graph') ?? '');
      const type = textArgument(join, 'type');
      if (subgraph !== undefined && type !== null) own.set(`${coordinate}@${subgraph}`, parseJoinType(type, field.type));
    }
  }
  return {
    fieldType: (typeName, fieldName, subgraph) =>
      (subgraph === null ? undefined : own.get(`${typeName}.${fieldName}@${subgraph}`)) ??
      supergraph.get(`${typeName}.${fieldName}`) ??
      null,
  };
}

function parseJoinType(text: string, fallback: TypeNode): TypeNode {
  try {
    return parseType(text, { noLocation: true });
  } catch {
    return fallback; // readSupergraph refuses such a supergraph before anyone asks
  }
}
