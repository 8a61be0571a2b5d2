import { type ASTNode, Kind, print, visit } from 'graphql';

/** A value or argument as text that does not depend on the order of fields in objects, as validation compares arguments. */
export function printSorted(node: ASTNode): string {
  const sorted: ASTNode = visit(node, {
    [Kind.OBJECT]: {
      leave: (object) => ({ ...object, fields: object.fields.toSorted((a, b) => (a.name.value < b.name.value ? -1 : 1)) }),
    },
  });
  return print(sorted);
}
