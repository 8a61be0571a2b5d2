/** Prints canonical operations: deterministic, compact, and never nested deeper than the planner's parser goes. */
import { type GraphQLSchema, isAbstractType, Kind, type OperationDefinitionNode, print, visit } from 'graphql';
import type { TypeIndex } from '../supergraph/model.ts';
import { plannableDefinition } from './literals.ts';
import type { FieldSelection, LiftedLiteral, SelectionSet } from './model.ts';

/** The planner's parser refuses more than about 50 levels; what lies deeper is moved into fragments, which it writes out again. */
const MAX_NESTING = 30;

interface Printing {
  readonly types: TypeIndex;
  readonly variables: Set<string>;
  readonly fragments: string[];
  fragmentCount: number;
}

export interface PrintedOperation {
  /** Empty when there is nothing to plan. */
  readonly text: string;
  /** Names of the variables that the text declares. */
  readonly variables: readonly string[];
  /** Those literals whose variables are among them. */
  readonly literals: readonly LiftedLiteral[];
}

/** Prints what is to be planned: without local fields, with `__typename` where only we need it. */
export function printCanonical(
  operation: OperationDefinitionNode,
  selection: SelectionSet,
  literals: readonly LiftedLiteral[],
  { schema, types }: { readonly schema: GraphQLSchema; readonly types: TypeIndex },
): PrintedOperation {
  const printing: Printing = { types, variables: new Set(), fragments: [], fragmentCount: 0 };
  const planned = selection.selections.filter((candidate) => candidate.kind === 'fragment' || !candidate.local);
  if (planned.length === 0) return { text: '', variables: [], literals: [] };
  const body = printSelections({ ...selection, selections: planned }, printing, 1, []);
  const declared = (operation.variableDefinitions ?? []).filter((definition) => printing.variables.has(definition.variable.name.value));
  const used = literals.filter(({ name }) => printing.variables.has(name));
  const definitions = [
    ...declared.map((definition) => print({ ...plannableDefinition(definition, schema), directives: [] })),
    ...used.map(({ name, type }) => `$${name}: ${String(type)}`),
  ].join(',');
  const head = `${operation.operation}${definitions === '' ? '' : `(${definitions})`}`;
  return {
    text: `${head === 'query' ? '' : head}${body}${printing.fragments.join('')}`,
    variables: [...declared.map((definition) => definition.variable.name.value), ...used.map(({ name }) => name)],
    literals: used,
  };
}

function printSelections(set: SelectionSet, printing: Printing, depth: number, hidden: readonly string[]): string {
  if (depth > MAX_NESTING) {
    const name = `f${printing.fragmentCount++}`;
    const body = printSelections(set, printing, 1, hidden);
    printing.fragments.push(`fragment ${name} on ${set.parentType.name}${body}`);
    return `{...${name}}`;
  }
  const parts = [...hidden];
  const printedKeys = new Set(hidden);
  for (const selection of set.selections) {
    if (selection.kind === 'fragment') {
      parts.push(`...on ${selection.typeCondition}${printSelections(selection.selectionSet, printing, depth + 1, [])}`);
    } else if (!printedKeys.has(selection.dataKey)) {
      // Only `__typename` can stand here twice, under two aliases.
      printedKeys.add(selection.dataKey);
      parts.push(printField(selection, printing, depth));
    }
  }
  return `{${parts.join(' ')}}`;
}

function printField(field: FieldSelection, printing: Printing, depth: number): string {
  const name = field.dataKey === field.fieldName ? field.fieldName : `${field.dataKey}:${field.fieldName}`;
  const set =
    field.selectionSet === null ? '' : printSelections(field.selectionSet, printing, depth + 1, hiddenFields(field.selectionSet, printing));
  return `${name}${printArguments(field, printing)}${set}`;
}

function printArguments(field: FieldSelection, printing: Printing): string {
  const nodes = field.node.arguments ?? [];
  if (nodes.length === 0) return '';
  for (const node of nodes) visit(node, { [Kind.VARIABLE]: (variable) => void printing.variables.add(variable.name.value) });
  return `(${nodes.map((node) => print(node)).join(',')})`;
}

/**
 * What a selection needs beside what the client reads: something at all, and the type where a member is hidden,
 * since an inaccessible implementer shows in no other way (planning.md, "Plan nodes").
 */
function hiddenFields(set: SelectionSet, { types }: Printing): readonly string[] {
  if (set.selections.length === 0) return ['__typename'];
  if (!isAbstractType(set.parentType)) return [];
  for (const name of types.possibleTypes(set.parentType.name)) if (types.isInaccessible(name)) return ['__typename'];
  return [];
}
