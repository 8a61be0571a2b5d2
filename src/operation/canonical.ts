/** Brings a validated operation into the one form that planning and projection work on (planning.md, "Before planning", item 2). */
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { invariant } from '../shared/assert.ts';
import { interned } from '../shared/interned.ts';
import type { TypeIndex } from '../supergraph/model.ts';
import { separateDataKeys } from './data-keys.ts';
import { createLiteralLifter, type LiteralLifter } from './literals.ts';
import type { CanonicalOperation, FieldSelection, FragmentSelection, Selection, SelectionSet } from './model.ts';
import { printCanonical } from './print.ts';

/** A validated operation and what it refers to. */
export interface OperationSource {
  readonly schema: GraphQLSchema;
  readonly types: TypeIndex;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** Values of the variables that `@skip` and `@include` read. */
export type Conditions = Readonly<Record<string, boolean>>;

/**
 * Canonicalises a valid operation. Cost: linear in the result, which is never larger than the operation with its fragments written out;
 * a fragment counts once per place however often it is spread there.
 */
export function canonicalise(source: OperationSource, conditions: Conditions): CanonicalOperation {
  const { schema, operation } = source;
  const root = schema.getRootType(operation.operation);
  invariant(root !== undefined && root !== null, 'a valid operation has a root type');
  const taken = new Set((operation.variableDefinitions ?? []).map((definition) => definition.variable.name.value));
  const literals = createLiteralLifter(taken);
  const context: Context = { ...source, conditions, root, possible: new Map(), literals };
  const introspection: FieldNode[] = [];
  const built = buildSelectionSet(root, [operation.selectionSet], possibleTypes(root, context), context, introspection);
  const selection = separateDataKeys(built);
  const printed = printCanonical(operation, selection, literals.lifted(), source);
  return {
    type: operation.operation,
    name: operation.name?.value ?? null,
    text: printed.text,
    selection,
    introspection: introspection.length === 0 ? null : introspectionDocument(source, introspection),
    variables: printed.variables,
    literals: printed.literals,
  };
}

interface Context extends OperationSource {
  readonly conditions: Conditions;
  readonly root: GraphQLCompositeType;
  /** Public possible types by type name. */
  readonly possible: Map<string, ReadonlySet<string>>;
  readonly literals: LiteralLifter;
}

/** One object's selection while it is being collected: in the order of first mention, which is the order of the response. */
interface Scope {
  readonly parent: GraphQLCompositeType;
  /** Narrower than the parent's possible types below a type condition. */
  readonly possible: ReadonlySet<string>;
  readonly entries: Entry[];
  readonly fields: Map<string, FieldEntry>;
  readonly spread: Set<string>;
}

type Entry = FieldEntry | FragmentEntry;

interface FieldEntry {
  readonly kind: 'field';
  readonly responseKey: string;
  readonly nodes: FieldNode[];
}

interface FragmentEntry {
  readonly kind: 'fragment';
  readonly condition: GraphQLCompositeType;
  readonly sets: SelectionSetNode[];
}

function buildSelectionSet(
  parent: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
  possible: ReadonlySet<string>,
  context: Context,
  introspection: FieldNode[] | null,
): SelectionSet {
  const scope: Scope = { parent, possible, entries: [], fields: new Map(), spread: new Set() };
  for (const set of sets) collect(set, scope, context);
  const selections: Selection[] = [];
  for (const entry of scope.entries) {
    const selection = entry.kind === 'field' ? buildField(entry, parent, context, introspection) : buildFragment(entry, possible, context);
    if (selection !== null) selections.push(selection);
  }
  return { parentType: parent, selections };
}

function collect(set: SelectionSetNode, scope: Scope, context: Context): void {
  for (const selection of set.selections) {
    if (!isIncluded(selection, context.conditions)) continue;
    if (selection.kind === Kind.FIELD) collectField(selection, scope);
    else if (selection.kind === Kind.INLINE_FRAGMENT)
      collectFragment(selection.typeCondition?.name.value, selection.selectionSet, scope, context);
    else if (!scope.spread.has(selection.name.value)) {
      scope.spread.add(selection.name.value);
      const fragment = context.fragments.get(selection.name.value);
      if (fragment !== undefined) collectFragment(fragment.typeCondition.name.value, fragment.selectionSet, scope, context);
    }
  }
}

function collectField(node: FieldNode, scope: Scope): void {
  const responseKey = node.alias?.value ?? node.name.value;
  const known = scope.fields.get(responseKey);
  if (known !== undefined) {
    known.nodes.push(node);
    return;
  }
  const entry: FieldEntry = { kind: 'field', responseKey, nodes: [node] };
  scope.fields.set(responseKey, entry);
  scope.entries.push(entry);
}

function collectFragment(conditionName: string | undefined, set: SelectionSetNode, scope: Scope, context: Context): void {
  const condition = conditionName === undefined ? scope.parent : context.schema.getType(conditionName);
  if (!isCompositeType(condition)) return;
  switch (relate(condition, scope, context)) {
    case 'always':
      collect(set, scope, context);
      return;
    case 'never':
      return;
    case 'narrower': {
      // Neighbours are joined; others stay apart, since joining them would change the order of the response.
      const last = scope.entries.at(-1);
      if (last?.kind === 'fragment' && last.condition === condition) last.sets.push(set);
      else scope.entries.push({ kind: 'fragment', condition, sets: [set] });
    }
  }
}

/** How a type condition narrows a scope. A condition that always holds but whose fields the parent lacks counts as narrower. */
function relate(condition: GraphQLCompositeType, scope: Scope, context: Context): 'always' | 'never' | 'narrower' {
  if (condition === scope.parent) return 'always';
  const possible = possibleTypes(condition, context);
  let shared = 0;
  for (const name of scope.possible) if (possible.has(name)) shared++;
  if (shared === 0) return 'never';
  if (isObjectType(scope.parent)) return 'always';
  if (isInterfaceType(scope.parent) && isAbstractType(condition) && context.schema.isSubType(condition, scope.parent)) return 'always';
  return isUnionType(condition) && shared === scope.possible.size ? 'always' : 'narrower';
}

function possibleTypes(type: GraphQLCompositeType, context: Context): ReadonlySet<string> {
  let names = context.possible.get(type.name);
  if (names === undefined) {
    const types = isAbstractType(type) ? context.schema.getPossibleTypes(type) : [type];
    context.possible.set(type.name, (names = new Set(types.map((object) => object.name))));
  }
  return names;
}

function buildField(
  entry: FieldEntry,
  parent: GraphQLCompositeType,
  context: Context,
  introspection: FieldNode[] | null,
): FieldSelection | null {
  const [first] = entry.nodes;
  if (first === undefined) return null;
  const definition = fieldOf(parent, first.name.value);
  if (definition === undefined) return null;
  const named = getNamedType(definition.type);
  const isRoot = introspection !== null;
  const isIntrospection = definition === SchemaMetaFieldDef || definition === TypeMetaFieldDef;
  if (isIntrospection) introspection?.push(...entry.nodes);
  const sets = entry.nodes.flatMap((node) => node.selectionSet ?? []);
  return {
    kind: 'field',
    responseKey: interned(entry.responseKey),
    dataKey: interned(dataKeyOf(entry.responseKey, definition.name, context.types)),
    fieldName: definition.name,
    node: context.literals.lift(first, definition),
    type: definition.type,
    parentType: parent,
    selectionSet: isCompositeType(named)
      ? buildSelectionSet(named, isIntrospection ? [] : sets, possibleTypes(named, context), context, null)
      : null,
    local: isRoot && (isIntrospection || definition === TypeNameMetaFieldDef),
  };
}

function buildFragment(entry: FragmentEntry, possible: ReadonlySet<string>, context: Context): FragmentSelection | null {
  const own = possibleTypes(entry.condition, context);
  const narrowed = new Set([...possible].filter((name) => own.has(name)));
  const selectionSet = buildSelectionSet(entry.condition, entry.sets, narrowed, context, null);
  return selectionSet.selections.length === 0 ? null : { kind: 'fragment', typeCondition: entry.condition.name, selectionSet };
}

function fieldOf(parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isUnionType(parent) ? undefined : parent.getFields()[name];
}

const ALIAS_PREFIX = '_c_';

/**
 * Aliases that could stand where the planner puts keys and names of its own get a prefix of ours (planning.md, faults A and B):
 * names of fields anywhere in the supergraph, and all that start with an underscore. Others stay, so that subgraph operations and
 * their error paths read as the client wrote them.
 */
function dataKeyOf(responseKey: string, fieldName: string, types: TypeIndex): string {
  if (fieldName === TypeNameMetaFieldDef.name) return fieldName;
  // A field of a graph may itself start with the prefix; as an alias of its own it cannot meet another's.
  // One that a `@requires` needs with arguments of its own would be renamed by the planner, which does not always manage.
  const isReserved = fieldName.startsWith(ALIAS_PREFIX) || types.isRequiredWithArguments(fieldName);
  if (responseKey === fieldName) return isReserved ? ALIAS_PREFIX + fieldName : fieldName;
  return responseKey.startsWith('_') || types.isFieldName(responseKey) ? ALIAS_PREFIX + responseKey : responseKey;
}

function isIncluded(node: SelectionNode, conditions: Conditions): boolean {
  for (const directive of node.directives ?? []) {
    if (directive.name.value === 'skip' && conditionOf(directive, conditions)) return false;
    if (directive.name.value === 'include' && !conditionOf(directive, conditions)) return false;
  }
  return true;
}

function conditionOf(directive: DirectiveNode, conditions: Conditions): boolean {
  const value = directive.arguments?.[0]?.value;
  if (value?.kind === Kind.VARIABLE) return conditions[value.name.value] === true;
  return value?.kind === Kind.BOOLEAN && value.value;
}

/** Root `__schema` and `__type` as written, with everything they may refer to; graphql-js leaves out what they do not. */
function introspectionDocument(source: OperationSource, nodes: readonly FieldNode[]): DocumentNode {
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      { ...source.operation, directives: [], selectionSet: { kind: Kind.SELECTION_SET, selections: nodes } },
      ...source.fragments.values(),
    ],
  };
}
