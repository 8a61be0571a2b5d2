/** What makes the planner package end the process over a field set; composition lets some of it through. */
import { type ASTNode, type InlineFragmentNode, Kind, type SelectionSetNode, visit } from 'graphql';
import { parseFieldSet } from './field-set.ts';
import type { SubgraphTypes, TypeIndex } from './model.ts';
import { namedType } from './type-nodes.ts';

/** Types of the whole supergraph: the package does not read a set by those of its subgraph. */
export interface FieldSetTypes {
  readonly types: TypeIndex;
  readonly subgraphTypes: SubgraphTypes;
  /** Whether a name is that of an interface which the set's own subgraph does not have. */
  isForeignInterface(typeName: string): boolean;
}

/** Why a field set of a join directive cannot be used, for people; null when it can. It selects on the type `parent`. */
export function faultOfFieldSet(text: string, parent: string, types: FieldSetTypes): string | null {
  const set = parseFieldSet(text);
  if (set === null) return 'it is no set of fields';
  // The package knows `\u00e9`, but neither braces nor surrogate pairs.
  if (/\\u(?:\{|d[89a-f])/i.test(text)) return 'it has an escape where the character itself can stand';
  return faultOfSyntax(set) ?? faultOfFields(set, parent, types);
}

/** Those of the package's parser: levels of selections, lists and objects, and integers of 64 bits. */
const MAX_NESTING = 49;
const MAX_INTEGER = 2n ** 63n - 1n;

function faultOfSyntax(set: SelectionSetNode): string | null {
  let level = 0;
  let fault: string | null = null;
  visit(set, {
    enter(node) {
      if (isLevel(node) && ++level > MAX_NESTING) fault = `it is nested more than ${MAX_NESTING} levels deep`;
      if (node.kind === Kind.INT && !isInteger64(node.value)) fault = `${node.value} is no integer of 64 bits`;
      if (node.kind === Kind.FLOAT && !Number.isFinite(Number(node.value))) fault = `${node.value} is no finite number`;
      // A condition may leave nothing of the set, and federation allows no directives here.
      if (node.kind === Kind.DIRECTIVE) fault = `@${node.name.value} may not stand in it`;
    },
    leave(node) {
      if (isLevel(node)) level--;
    },
  });
  return fault;
}

function isLevel({ kind }: ASTNode): boolean {
  return kind === Kind.SELECTION_SET || kind === Kind.LIST || kind === Kind.OBJECT;
}

function isInteger64(digits: string): boolean {
  const value = BigInt(digits);
  return value <= MAX_INTEGER && value >= -MAX_INTEGER - 1n;
}

function faultOfFields(set: SelectionSetNode, parent: string, types: FieldSetTypes): string | null {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return `there is no fragment ${selection.name.value}`;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const fault = faultOfFragment(selection, parent, types);
      if (fault !== null) return fault;
      continue;
    }
    const name = selection.name.value;
    if (name === '__typename') continue;
    const type = types.subgraphTypes.fieldType(parent, name, null);
    if (type === null) return `${parent} has no field ${name}`;
    const fault = selection.selectionSet === undefined ? null : faultOfFields(selection.selectionSet, namedType(type), types);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOfFragment({ typeCondition, selectionSet }: InlineFragmentNode, parent: string, types: FieldSetTypes): string | null {
  if (types.isForeignInterface(parent)) return `its subgraph does not have the interface ${parent}`;
  const condition = typeCondition?.name.value ?? parent;
  // Of abstract types no one knows what else they may be; that an object is never of another type is certain.
  const isObject = types.types.possibleTypes(parent).has(parent);
  if (isObject && !types.types.possibleTypes(condition).has(parent)) return `${parent} is never ${condition}`;
  return faultOfFields(selectionSet, condition, types);
}
