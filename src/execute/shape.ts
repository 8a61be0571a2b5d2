/** The client's selection as error paths see it: data keys to response keys, whatever the runtime types. */
import { type GraphQLOutputType, isListType, isNonNullType } from 'graphql';
import type { SelectionShape, ShapeField } from '../errors/model.ts';
import type { FieldSelection, SelectionSet } from '../operation/model.ts';

const ALIAS_PREFIX = '_c_';

/** What the client reads for a data key: the alias behind our prefix, or the key itself (spec/planning.md, item 2). */
export function stripAlias(dataKey: string): string {
  return dataKey.startsWith(ALIAS_PREFIX) ? dataKey.slice(ALIAS_PREFIX.length) : dataKey;
}

/** The key under which a response key may stand in the data: one of these two. */
export function dataKeysOf(responseKey: string): readonly [string, string] {
  return [ALIAS_PREFIX + responseKey, responseKey];
}

/** A view of one or several selection sets that stand at the same place. Children are computed on first use. */
export function createShape(sets: readonly SelectionSet[]): SelectionShape & { readonly order: readonly string[] } {
  const byKey = new Map<string, FieldSelection[]>();
  for (const set of sets) collectFields(set, byKey);
  const known = new Map<string, ShapeField>();
  return {
    order: [...byKey.keys()],
    field(dataKey) {
      const fields = byKey.get(dataKey);
      if (fields === undefined) return undefined;
      let shapeField = known.get(dataKey);
      if (shapeField === undefined) known.set(dataKey, (shapeField = createField(fields)));
      return shapeField;
    },
  };
}

function collectFields(set: SelectionSet, byKey: Map<string, FieldSelection[]>): void {
  for (const selection of set.selections) {
    if (selection.kind === 'fragment') {
      collectFields(selection.selectionSet, byKey);
    } else {
      const fields = byKey.get(selection.dataKey);
      if (fields === undefined) byKey.set(selection.dataKey, [selection]);
      else fields.push(selection);
    }
  }
}

function createField(fields: readonly FieldSelection[]): ShapeField {
  const [first] = fields;
  const sets = fields.flatMap((field) => field.selectionSet ?? []);
  let child: SelectionShape | null | undefined;
  return {
    responseKey: first?.responseKey ?? '',
    coordinate: `${first?.parentType.name}.${first?.fieldName}`,
    listDepth: first === undefined ? 0 : listDepth(first.type),
    get shape() {
      return (child ??= sets.length === 0 ? null : createShape(sets));
    },
  };
}

function listDepth(type: GraphQLOutputType): number {
  if (isNonNullType(type)) return listDepth(type.ofType);
  return isListType(type) ? 1 + listDepth(type.ofType) : 0;
}
