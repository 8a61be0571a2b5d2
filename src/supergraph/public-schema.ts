/** What clients may ask: the supergraph without inaccessible members and without the machinery of specifications. */
import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InputObjectTypeDefinitionNode,
  type InputValueDefinitionNode,
  type InterfaceTypeDefinitionNode,
  isExecutableDefinitionNode,
  isTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type SchemaDefinitionNode,
  specifiedDirectives,
  specifiedScalarTypes,
  type TypeDefinitionNode,
  type UnionTypeDefinitionNode,
  validateSchema,
} from 'graphql';
import { unreachable } from '../shared/assert.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { directivesNamed, type Machinery } from './directives.ts';
import { type GraphProblem, problem } from './problem.ts';
import { namedType } from './type-nodes.ts';

const BUILT_IN_SCALARS: ReadonlySet<string> = new Set(specifiedScalarTypes.map((type) => type.name));
const KEPT_DIRECTIVES: ReadonlySet<string> = new Set(specifiedDirectives.map((directive) => directive.name));
const EXECUTABLE_LOCATIONS: ReadonlySet<string> = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
]);

/**
 * Builds the schema from a supergraph document.
 *
 * Members whose type is gone go too, until nothing changes: composition refuses such graphs, supergraph files of unknown origin may hold them.
 */
export function buildPublicSchema(document: DocumentNode, machinery: Machinery): Result<GraphQLSchema, readonly GraphProblem[]> {
  const definitions = publicDefinitions(document, machinery);
  try {
    const schema = buildASTSchema({ kind: Kind.DOCUMENT, definitions }, { assumeValidSDL: true });
    const errors = validateSchema(schema);
    if (errors.length === 0) return ok(schema);
    return err(errors.map((error) => problem('INVALID_SUPERGRAPH', error.message, { location: error.locations?.[0] ?? null })));
  } catch (error) {
    return err([problem('INVALID_SUPERGRAPH', error instanceof Error ? error.message : String(error))]);
  }
}

function publicDefinitions(document: DocumentNode, machinery: Machinery): readonly DefinitionNode[] {
  let types = document.definitions.filter(isTypeDefinitionNode).filter((type) => isPublicType(type, machinery));
  for (let before = -1; before !== countMembers(types); ) {
    before = countMembers(types);
    const pruner = createPruner(knownTypes(types), machinery);
    types = types.flatMap((type) => pruner(type) ?? []);
  }
  const known = knownTypes(types);
  return [...types, ...document.definitions.flatMap((definition) => otherDefinition(definition, known, machinery))];
}

function knownTypes(types: readonly TypeDefinitionNode[]): ReadonlySet<string> {
  return new Set([...BUILT_IN_SCALARS, ...types.map((type) => type.name.value)]);
}

function isPublicType(type: TypeDefinitionNode, machinery: Machinery): boolean {
  const name = type.name.value;
  return !name.startsWith('__') && !BUILT_IN_SCALARS.has(name) && !machinery.ownsType(name) && !isHidden(type, machinery);
}

function isHidden(node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }, machinery: Machinery): boolean {
  return directivesNamed(node, machinery.inaccessible).length > 0;
}

function otherDefinition(definition: DefinitionNode, known: ReadonlySet<string>, machinery: Machinery): readonly DefinitionNode[] {
  if (isTypeDefinitionNode(definition) || isExecutableDefinitionNode(definition)) return [];
  if (definition.kind === Kind.SCHEMA_DEFINITION) return [publicSchemaDefinition(definition, known)];
  if (definition.kind !== Kind.DIRECTIVE_DEFINITION || KEPT_DIRECTIVES.has(definition.name.value)) return [];
  const isPublic =
    !machinery.ownsDirective(definition.name.value) &&
    definition.name.value !== machinery.inaccessible &&
    definition.locations.some((location) => EXECUTABLE_LOCATIONS.has(location.value));
  return isPublic ? [{ ...definition, arguments: publicInputs(definition.arguments, known, machinery) }] : [];
}

function publicSchemaDefinition(definition: SchemaDefinitionNode, known: ReadonlySet<string>): SchemaDefinitionNode {
  return { ...definition, directives: [], operationTypes: definition.operationTypes.filter((root) => known.has(root.type.name.value)) };
}

/** Copies a type with what clients may see of it; null when nothing is left. */
function createPruner(known: ReadonlySet<string>, machinery: Machinery): (type: TypeDefinitionNode) => TypeDefinitionNode | null {
  const isKept = (node: FieldDefinitionNode): boolean => !isHidden(node, machinery) && known.has(namedType(node.type));
  const pruneField = (field: FieldDefinitionNode): FieldDefinitionNode => ({
    ...field,
    directives: keptDirectives(field.directives),
    arguments: publicInputs(field.arguments, known, machinery),
  });
  const pruneFields = <T extends ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode>(type: T): T | null => {
    const fields = (type.fields ?? []).filter(isKept).map(pruneField);
    const interfaces = (type.interfaces ?? []).filter((name) => known.has(name.name.value));
    return fields.length === 0 ? null : { ...type, directives: keptDirectives(type.directives), fields, interfaces };
  };
  const pruneInput = (type: InputObjectTypeDefinitionNode): InputObjectTypeDefinitionNode | null => {
    const fields = publicInputs(type.fields, known, machinery);
    return fields.length === 0 ? null : { ...type, directives: keptDirectives(type.directives), fields };
  };
  const pruneUnion = (type: UnionTypeDefinitionNode): UnionTypeDefinitionNode | null => {
    const members = (type.types ?? []).filter((member) => known.has(member.name.value));
    return members.length === 0 ? null : { ...type, directives: [], types: members };
  };
  const pruneEnum = (type: EnumTypeDefinitionNode): EnumTypeDefinitionNode | null => {
    const values = (type.values ?? []).filter((value) => !isHidden(value, machinery));
    if (values.length === 0) return null;
    return { ...type, directives: [], values: values.map((value) => ({ ...value, directives: keptDirectives(value.directives) })) };
  };
  return (type) => {
    switch (type.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_DEFINITION:
        return pruneFields(type);
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
        return pruneInput(type);
      case Kind.UNION_TYPE_DEFINITION:
        return pruneUnion(type);
      case Kind.ENUM_TYPE_DEFINITION:
        return pruneEnum(type);
      case Kind.SCALAR_TYPE_DEFINITION:
        return { ...type, directives: keptDirectives(type.directives) };
      default:
        return unreachable(type);
    }
  };
}

function publicInputs(
  inputs: readonly InputValueDefinitionNode[] | undefined,
  known: ReadonlySet<string>,
  machinery: Machinery,
): readonly InputValueDefinitionNode[] {
  return (inputs ?? [])
    .filter((input) => !isHidden(input, machinery) && known.has(namedType(input.type)))
    .map((input) => ({ ...input, directives: keptDirectives(input.directives) }));
}

function keptDirectives(directives: readonly ConstDirectiveNode[] | undefined): readonly ConstDirectiveNode[] {
  return (directives ?? []).filter((directive) => KEPT_DIRECTIVES.has(directive.name.value));
}

function countMembers(types: readonly TypeDefinitionNode[]): number {
  let count = types.length;
  for (const type of types) {
    if ('fields' in type) {
      for (const field of type.fields ?? []) count += 1 + ('arguments' in field ? (field.arguments?.length ?? 0) : 0);
    }
    if ('types' in type) count += type.types?.length ?? 0;
    if ('interfaces' in type) count += type.interfaces?.length ?? 0;
  }
  return count;
}
