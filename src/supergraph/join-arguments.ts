/**
 * Refuses join directives that the planner package cannot read. It does not say so: a failed assertion ends the process, also that of a
 * router which was only reloading. Composition lets some of them through, and a supergraph from elsewhere may hold any.
 */
import { type ConstDirectiveNode, type DocumentNode, Kind, parseType } from 'graphql';
import { directivesNamed, textArgument } from './directives.ts';
import { type FieldSetTypes, faultOfFieldSet } from './field-set-fault.ts';
import type { SubgraphTypes, TypeIndex } from './model.ts';
import { type GraphProblem, problem } from './problem.ts';
import { hasFields } from './subgraph-fields.ts';
import { namedType } from './type-nodes.ts';

export interface JoinContext {
  /** Of values of `join__Graph` to names of subgraphs. */
  readonly graphNames: ReadonlyMap<string, string>;
  readonly types: TypeIndex;
  readonly subgraphTypes: SubgraphTypes;
}

/** Problems of every `key`, `requires`, `provides` and `type` of a supergraph document, each with its coordinate. */
export function checkJoinArguments(document: DocumentNode, context: JoinContext): readonly GraphProblem[] {
  const graphsOf = graphsOfInterfaces(document);
  const faultOf = (join: ConstDirectiveNode, name: string, parent: string): readonly string[] => {
    const text = textArgument(join, name);
    if (text === null) return [];
    const graph = textArgument(join, 'graph');
    const isForeignInterface: FieldSetTypes['isForeignInterface'] = (typeName) => graphsOf.get(typeName)?.has(graph) === false;
    const fault = name === 'type' ? faultOfType(text) : faultOfFieldSet(text, parent, { ...context, isForeignInterface });
    return fault === null ? [] : [`The ${name} ${JSON.stringify(text)} cannot be used: ${fault}.`];
  };
  const refuse = (join: ConstDirectiveNode, coordinate: string, faults: readonly string[]): readonly GraphProblem[] => {
    const graph = textArgument(join, 'graph');
    const subgraphs = graph === null ? [] : [context.graphNames.get(graph) ?? graph];
    return faults.map((fault) => problem('INVALID_SUPERGRAPH', fault, { subgraphs, coordinate }));
  };
  return document.definitions.flatMap((definition) => {
    if (!hasFields(definition)) return [];
    const typeName = definition.name.value;
    const ofType = directivesNamed(definition, 'join__type').flatMap((join) => refuse(join, typeName, faultOf(join, 'key', typeName)));
    const ofFields = (definition.fields ?? []).flatMap((field) =>
      directivesNamed(field, 'join__field').flatMap((join) => {
        const type = namedType(field.type);
        const faults = [...faultOf(join, 'type', type), ...faultOf(join, 'requires', typeName), ...faultOf(join, 'provides', type)];
        return refuse(join, `${typeName}.${field.name.value}`, faults);
      }),
    );
    return [...ofType, ...ofFields];
  });
}

function faultOfType(text: string): string | null {
  try {
    parseType(text, { noLocation: true });
    return null;
  } catch {
    return 'it is no type';
  }
}

/** Values of `join__Graph` by interface; an interface without joins is in every subgraph and not among them. */
function graphsOfInterfaces(document: DocumentNode): ReadonlyMap<string, ReadonlySet<string | null>> {
  return new Map(
    document.definitions.flatMap((definition) => {
      if (definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) return [];
      const joins = directivesNamed(definition, 'join__type');
      return joins.length === 0 ? [] : [[definition.name.value, new Set(joins.map((join) => textArgument(join, 'graph')))] as const];
    }),
  );
}
