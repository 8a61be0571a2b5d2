/**
 * Gives fields of one response key keys of their own where they are not the same field with the same arguments.
 *
 * `{ node { ... on A { x: f(n: 1) } ... on B { x: f(n: 2) } } }` is valid, but the planner may bring both branches into one fetch
 * (through an `@interfaceObject`): it then takes one for the other, or ends the process.
 */
import type { FieldSelection, Selection, SelectionSet } from './model.ts';
import { printSorted } from './sorted-print.ts';

/** The selection with keys that are told apart; the same object when there is nothing to tell apart, which is nearly always. */
export function separateDataKeys(selection: SelectionSet): SelectionSet {
  const renamed = new Map<FieldSelection, string>();
  findConflicts([selection], renamed);
  return renamed.size === 0 ? selection : rename(selection, renamed);
}

/** Visits one place of the response, whatever types may stand there. */
function findConflicts(sets: readonly SelectionSet[], renamed: Map<FieldSelection, string>): void {
  const places = new Map<string, FieldSelection[]>();
  for (const set of sets) collectFields(set.selections, places);
  for (const fields of places.values()) {
    let variant = 0;
    for (const group of groupBySignature(fields)) {
      // No alias of a client can read so: names do not begin with a digit.
      if (variant > 0) for (const field of group) renamed.set(field, `_c_${variant}_${field.responseKey}`);
      variant++;
      const below = group.flatMap((field) => field.selectionSet ?? []);
      if (below.length > 0) findConflicts(below, renamed);
    }
  }
}

function collectFields(selections: readonly Selection[], into: Map<string, FieldSelection[]>): void {
  for (const selection of selections) {
    if (selection.kind === 'fragment') collectFields(selection.selectionSet.selections, into);
    else if (into.get(selection.dataKey)?.push(selection) === undefined) into.set(selection.dataKey, [selection]);
  }
}

function groupBySignature(fields: readonly FieldSelection[]): readonly (readonly FieldSelection[])[] {
  if (fields.length === 1) return [fields];
  const groups = new Map<string, FieldSelection[]>();
  for (const field of fields) {
    const signature = `${field.fieldName}(${(field.node.arguments ?? [])
      .map((argument) => printSorted(argument))
      .toSorted()
      .join()})`;
    if (groups.get(signature)?.push(field) === undefined) groups.set(signature, [field]);
  }
  return [...groups.values()];
}

function rename(set: SelectionSet, renamed: ReadonlyMap<FieldSelection, string>): SelectionSet {
  const selections = set.selections.map((selection): Selection => {
    const selectionSet = selection.selectionSet === null ? null : rename(selection.selectionSet, renamed);
    if (selection.kind === 'field') return { ...selection, selectionSet, dataKey: renamed.get(selection) ?? selection.dataKey };
    return selectionSet === null ? selection : { ...selection, selectionSet };
  });
  return { ...set, selections };
}
