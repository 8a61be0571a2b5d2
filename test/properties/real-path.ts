import {
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** Whether a path names response keys that the client selected, with an index for each list level that it enters. */
export function isRealPath(schema: GraphQLSchema, query: string, path: readonly (string | number)[]): boolean {
  const [operation] = parse(query).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return false;
  return followObject(schema, [[operation.selectionSet, schema.getQueryType()?.name ?? '']], path);
}

type Place = readonly [set: SelectionSetNode, typeName: string];

function followObject(schema: GraphQLSchema, places: readonly Place[], path: readonly (string | number)[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  if (typeof key !== 'string') return false;
  const fields = places.flatMap(([set, typeName]) =>
    fieldsOf(set, typeName).filter(([field]) => (field.alias ?? field.name).value === key),
  );
  return fields.some(([field, typeName]) =>
    followType(
      schema,
      typeOf(schema, typeName, field.name.value),
      fields.flatMap(([each]) => each.selectionSet ?? []),
      rest,
    ),
  );
}

function followType(
  schema: GraphQLSchema,
  type: GraphQLOutputType | undefined,
  sets: readonly SelectionSetNode[],
  path: readonly (string | number)[],
): boolean {
  if (path.length === 0) return true;
  if (type === undefined) return false;
  if (isNonNullType(type)) return followType(schema, type.ofType, sets, path);
  if (isListType(type)) return typeof path[0] === 'number' && path[0] >= 0 && followType(schema, type.ofType, sets, path.slice(1));
  return (
    isCompositeType(type) &&
    followObject(
      schema,
      sets.map((set): Place => [set, type.name]),
      path,
    )
  );
}

function typeOf(schema: GraphQLSchema, typeName: string, fieldName: string): GraphQLOutputType | undefined {
  const type = schema.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName]?.type : undefined;
}

function fieldsOf(set: SelectionSetNode, typeName: string): (readonly [FieldNode, string])[] {
  return set.selections.flatMap((selection): (readonly [FieldNode, string])[] => {
    if (selection.kind === Kind.FIELD) return [[selection, typeName]];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, selection.typeCondition?.name.value ?? typeName);
    return [];
  });
}
