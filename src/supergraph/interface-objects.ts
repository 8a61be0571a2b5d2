/** Refuses what composition lets through and the planner then dies of: an interface object beside its own implementations. */
import { type DocumentNode, isTypeDefinitionNode, Kind, type TypeDefinitionNode } from 'graphql';
import { directivesNamed, isTrueArgument, textArgument } from './directives.ts';
import { type GraphProblem, problem } from './problem.ts';

/**
 * Problems of subgraphs that declare an interface as `@interfaceObject` and also define a type that implements it,
 * which the federation specification forbids (`INTERFACE_OBJECT_USAGE_ERROR`).
 */
export function checkInterfaceObjects(document: DocumentNode, graphNames: ReadonlyMap<string, string>): readonly GraphProblem[] {
  const types = document.definitions.filter(isTypeDefinitionNode);
  return types.flatMap((type) =>
    graphsOf(type, true).flatMap((graph) => {
      const implementers = types.filter((other) => implementsType(other, type.name.value) && graphsOf(other, false).includes(graph));
      const subgraph = graphNames.get(graph) ?? graph;
      return implementers.map((implementer) =>
        problem(
          'INTERFACE_OBJECT_USAGE_ERROR',
          `The subgraph has ${type.name.value} as @interfaceObject and may therefore not define ${implementer.name.value}, which implements it; ` +
            `move the fields of ${implementer.name.value} to another subgraph.`,
          { subgraphs: [subgraph], coordinate: implementer.name.value },
        ),
      );
    }),
  );
}

/** Values of `join__Graph` that have the type, as an interface object or not. */
function graphsOf(type: TypeDefinitionNode, isInterfaceObject: boolean): readonly string[] {
  const joins = directivesNamed(type, 'join__type').filter((join) => isTrueArgument(join, 'isInterfaceObject') === isInterfaceObject);
  return [...new Set(joins.flatMap((join) => textArgument(join, 'graph') ?? []))];
}

function implementsType(type: TypeDefinitionNode, interfaceName: string): boolean {
  return type.kind === Kind.OBJECT_TYPE_DEFINITION && (type.interfaces ?? []).some((each) => each.name.value === interfaceName);
}
