/** The client's selection as error paths see it: data keys to response keys, whatever the runtime types. */
import { type GraphQLOutputType, isListType, isNonNullType } from 'graphql';
import type { SelectionShape, ShapeField } from '../errors/model.ts';
import type { FieldSelection, SelectionSet } from '../operation/model.ts';

/** A selection shape that also knows its keys. */
export interface Shape extends SelectionShape {
  /** Data keys in the order of the selection. */
  readonly order: readonly string[];
  field(dataKey: string): ShapeNode | undefined;
}

export interface ShapeNode extends ShapeField {
  readonly shape: Shape | null;
}

/** The data keys under which a response key may stand: several where types answer it with different fields. */
export function dataKeysOf(shape: Shape, responseKey: string): readonly string[] {
  return shape.order.filter((dataKey) => shape.field(dataKey)?.responseKey === responseKey);
}

/** A view of one or several selection sets that stand at the same place. Children are computed on first use. */
export function createShape(sets: readonly SelectionSet[]): Shape {
  const byKey = new Map<string, FieldSelection[]>();
  for (const set of sets) collectFields(set, byKey);
  const known = new Map<string, ShapeNode>();
  return {
    order: [...byKey.keys()],
    field(dataKey) {
      const fields = byKey.get(dataKey);
      if (fields === undefined) return undefined;
      let node = known.get(dataKey);
      if (node === undefined) known.set(dataKey, (node = createField(fields)));
      return node;
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

function createField(fields: readonly FieldSelection[]): ShapeNode {
  const [first] = fields;
  const sets = fields.flatMap((field) => field.selectionSet ?? []);
  let child: Shape | null | undefined;
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
