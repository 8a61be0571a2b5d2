/** Variables of an operation: which of them shape it, and what a request gives for them. */
import {
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { RequestError } from '../errors/model.ts';
import { err, ok, type Result } from '../shared/result.ts';

/** Coerced values, defaults included; a variable without value has no member. */
export type Variables = Readonly<Record<string, unknown>>;

const NO_VARIABLES: Result<Variables, never> = ok(Object.freeze({}));
const MAX_ERRORS = 50;

/** Names of the variables that `@skip` and `@include` read anywhere in the operation, in order of first use. */
export function conditionVariablesOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly string[] {
  const names = new Set<string>();
  const seen = new Set<string>();
  const visitSet = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      collectConditions(selection, names);
      if (selection.kind !== Kind.FRAGMENT_SPREAD) {
        if (selection.selectionSet !== undefined) visitSet(selection.selectionSet);
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) visitSet(fragment.selectionSet);
      }
    }
  };
  visitSet(operation.selectionSet);
  return [...names];
}

function collectConditions(selection: SelectionNode, into: Set<string>): void {
  for (const directive of selection.directives ?? []) {
    if (directive.name.value !== 'skip' && directive.name.value !== 'include') continue;
    const value = directive.arguments?.[0]?.value;
    if (value?.kind === Kind.VARIABLE) into.add(value.name.value);
  }
}

/** CoerceVariableValues of the specification (6.1.2). Each problem is one error with the location of the variable's definition. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  conditionVariables: readonly string[],
  given: Readonly<Record<string, unknown>> | null,
): Result<Variables, readonly RequestError[]> {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return NO_VARIABLES;
  const { errors, coerced } = getVariableValues(schema, definitions, given ?? {}, { maxErrors: MAX_ERRORS });
  if (errors !== undefined) {
    return err(
      errors.map((error): RequestError => {
        const locations = error.locations?.map(({ line, column }) => ({ line, column }));
        return locations === undefined
          ? { code: 'BAD_USER_INPUT', message: error.message }
          : { code: 'BAD_USER_INPUT', message: error.message, locations };
      }),
    );
  }
  // `$x: Boolean = true` may be given as null and still stand in `@skip(if: $x)`; the directive itself cannot take it.
  const unset = conditionVariables.find((name) => typeof coerced[name] !== 'boolean');
  if (unset !== undefined)
    return err([{ code: 'BAD_USER_INPUT', message: `Variable "$${unset}" of required type "Boolean!" was not provided a value.` }]);
  return ok(coerced);
}
