/** Variables of an operation: which of them shape it, and what a request gives for them. */
import {
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  isInputType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import type { RequestError } from '../errors/model.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { fitRawNumbers, roundRawNumbers } from './raw-numbers.ts';

/** Coerced values, defaults included; a variable without value has no member. */
export type Variables = Readonly<Record<string, unknown>>;

const NO_VARIABLES: Result<Variables, never> = ok(Object.freeze({}));
const MAX_ERRORS = 50;
const MAX_SHOWN_VALUE = 1_000;

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

/** CoerceVariableValues of the specification (6.1.2); `exactDefaults` stand for what graphql-js makes of them. Each problem is one error with the location of the variable's definition. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  conditionVariables: readonly string[],
  exactDefaults: ReadonlyMap<string, unknown>,
  given: Readonly<Record<string, unknown>> | null,
): Result<Variables, readonly RequestError[]> {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return NO_VARIABLES;
  const { errors, coerced } = coerceWithRawNumbers(schema, definitions, given ?? {});
  if (errors !== undefined) return err(errors.map((error) => inputError(error, given ?? {})));
  // `$x: Boolean = true` may be given as null and still stand in `@skip(if: $x)`; the directive itself cannot take it.
  const unset = conditionVariables.find((name) => typeof coerced[name] !== 'boolean');
  if (unset !== undefined)
    return err([{ code: 'BAD_USER_INPUT', message: `Variable "$${unset}" of required type "Boolean!" was not provided a value.` }]);
  // A variable may be called `constructor`: without a value it must be absent, not what every object inherits.
  const variables: Record<string, unknown> = Object.assign(Object.create(null), coerced);
  for (const [name, value] of exactDefaults) if (given === null || !Object.hasOwn(given, name)) variables[name] = value;
  return ok(variables);
}

type Coercion = ReturnType<typeof getVariableValues>;

/** Raw numbers are rare: only what does not fit as it is, is fitted; what does not fit then either is named with readable numbers. */
function coerceWithRawNumbers(schema: GraphQLSchema, definitions: readonly VariableDefinitionNode[], given: Variables): Coercion {
  const coerce = (values: Variables): Coercion => getVariableValues(schema, definitions, values, { maxErrors: MAX_ERRORS });
  const first = coerce(given);
  if (first.errors === undefined) return first;
  const types = new Map(definitions.map((definition) => [definition.variable.name.value, typeFromAST(schema, definition.type)]));
  const fitted = Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const type = types.get(name);
      return [name, isInputType(type) ? fitRawNumbers(value, type) : value];
    }),
  );
  const second = coerce(fitted);
  return second.errors === undefined
    ? second
    : coerce(Object.fromEntries(Object.entries(fitted).map(([name, value]) => [name, roundRawNumbers(value)])));
}

function inputError(error: GraphQLError, given: Variables): RequestError {
  const { message } = error;
  const locations = error.locations?.map(({ line, column }) => ({ line, column }));
  const name = /^Variable "\$(\w+)" got invalid value /.exec(message)?.[1];
  const value = name === undefined ? undefined : JSON.stringify(roundRawNumbers(given[name]));
  return {
    code: 'BAD_USER_INPUT',
    message,
    ...(locations !== undefined && { locations }),
    ...(value !== undefined && { variableValue: value.slice(0, MAX_SHOWN_VALUE) }),
  };
}
