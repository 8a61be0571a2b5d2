/** What each subgraph's own SDL says of its fields, for the checks and repairs around composition. */
import {
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type InterfaceTypeExtensionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  type TypeNode,
} from 'graphql';
import { directivesNamed, federationDirective, textArgument } from './directives.ts';

export interface SubgraphDocument {
  readonly name: string;
  readonly typeDefs: DocumentNode;
}

export interface DeclaredField {
  readonly type: TypeNode;
  readonly isExternal: boolean;
  /** Field sets as they were written; null where the directive is absent. */
  readonly requires: string | null;
  readonly provides: string | null;
  /** The subgraph from which the field is taken over. */
  readonly override: string | null;
}

/** Fields of object types and interfaces by `Type.field`; root types have their usual names, as they have in the supergraph. */
export function declaredFields(document: DocumentNode): ReadonlyMap<string, DeclaredField> {
  const names = {
    external: federationDirective(document, 'external'),
    requires: federationDirective(document, 'requires'),
    provides: federationDirective(document, 'provides'),
    override: federationDirective(document, 'override'),
  };
  const roots = renamedRoots(document);
  const fields = new Map<string, DeclaredField>();
  for (const definition of document.definitions) {
    if (!hasFields(definition)) continue;
    const typeName = roots.get(definition.name.value) ?? definition.name.value;
    const isExternalType = directivesNamed(definition, names.external).length > 0;
    for (const field of definition.fields ?? [])
      fields.set(`${typeName}.${field.name.value}`, {
        type: field.type,
        isExternal: isExternalType || directivesNamed(field, names.external).length > 0,
        requires: argumentOf(field, names.requires, 'fields'),
        provides: argumentOf(field, names.provides, 'fields'),
        override: argumentOf(field, names.override, 'from'),
      });
  }
  return fields;
}

function argumentOf(field: FieldDefinitionNode, directiveName: string, argument: string): string | null {
  const [directive] = directivesNamed(field, directiveName);
  return directive === undefined ? null : textArgument(directive, argument);
}

type FieldsDefinition = ObjectTypeDefinitionNode | ObjectTypeExtensionNode | InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode;

/** Definitions and extensions of object types and interfaces. */
export function hasFields(definition: DefinitionNode): definition is FieldsDefinition {
  return (
    definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
    definition.kind === Kind.OBJECT_TYPE_EXTENSION ||
    definition.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    definition.kind === Kind.INTERFACE_TYPE_EXTENSION
  );
}

const USUAL_ROOTS = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

function renamedRoots(document: DocumentNode): ReadonlyMap<string, string> {
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
        ? (definition.operationTypes ?? []).map((root) => [root.type.name.value, USUAL_ROOTS[root.operation]] as const)
        : [],
    ),
  );
}
