/** Where a node stands in a document, as Cosmo's validation errors tell it (cosmo-reference.md 6.4). */
import { type ASTNode, BREAK, type DocumentNode, Kind, visit } from 'graphql';

/**
 * For each node that stands in an operation: the operation type and the response keys of the fields around it.
 *
 * `["query","employees"]` for an unknown field below `employees`. One walk of the document, however many nodes there are.
 */
export function documentPaths(document: DocumentNode, nodes: ReadonlySet<ASTNode>): ReadonlyMap<ASTNode, readonly string[]> {
  const found = new Map<ASTNode, readonly string[]>();
  if (nodes.size === 0) return found;
  visit(document, {
    enter(node, _key, _parent, _path, ancestors) {
      const names = nodes.has(node) ? enclosingNames(ancestors) : undefined;
      if (names !== undefined) found.set(node, names);
      return found.size === nodes.size ? BREAK : undefined;
    },
  });
  return found;
}

function enclosingNames(ancestors: readonly (ASTNode | readonly ASTNode[])[]): readonly string[] | undefined {
  const names = ancestors.flatMap((ancestor) => {
    if (!('kind' in ancestor)) return [];
    if (ancestor.kind === Kind.OPERATION_DEFINITION) return [ancestor.operation];
    return ancestor.kind === Kind.FIELD ? [(ancestor.alias ?? ancestor.name).value] : [];
  });
  return ancestors.some((ancestor) => 'kind' in ancestor && ancestor.kind === Kind.OPERATION_DEFINITION) ? names : undefined;
}
