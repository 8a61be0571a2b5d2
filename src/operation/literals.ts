/**
 * Moves literals that the planner cannot carry into variables, so that its text never holds them: it reads integers of 64 bits, prints
 * numbers anew (`1e400` as `inf`), and refuses values that are nested as deeply as selections may be.
 */
import {
  type ConstValueNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  isRequiredInputField,
  Kind,
  typeFromAST,
  type ValueNode,
  type VariableDefinitionNode,
} from 'graphql';
import { RawNumber } from '../shared/json.ts';
import type { LiftedLiteral } from './model.ts';
import { printSorted } from './sorted-print.ts';
import type { Variables } from './variables.ts';

/** Levels of lists and objects that an argument may have in a planned text; together with those of selections they stay below its limit. */
const MAX_VALUE_NESTING = 15;

export interface LiteralLifter {
  /** The field with variables in place of what the planner cannot carry; the same node where there is nothing of the kind. */
  lift(node: FieldNode, field: GraphQLField<unknown, unknown>): FieldNode;
  /** Everything that was lifted, in the order of the document. */
  lifted(): readonly LiftedLiteral[];
}

/** `taken` are the names of the client's own variables. */
export function createLiteralLifter(taken: ReadonlySet<string>): LiteralLifter {
  const lifted = new Map<string, LiftedLiteral>();
  let count = 0;
  const lift = (value: ValueNode, type: GraphQLInputType): ValueNode => {
    // Fields of one response key must stay the same field with the same arguments.
    const key = `${String(type)} ${printSorted(value)}`;
    let literal = lifted.get(key);
    if (literal === undefined) {
      while (taken.has(`_c_v${count}`)) count++;
      lifted.set(key, (literal = { name: `_c_v${count++}`, type, value }));
    }
    return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: literal.name } };
  };
  const replace = (value: ValueNode, type: GraphQLInputType, depth: number): ValueNode => {
    if (isPlannable(value, MAX_VALUE_NESTING - depth)) return value;
    const nullable = getNullableType(type);
    if (depth < MAX_VALUE_NESTING && isListType(nullable) && value.kind === Kind.LIST)
      return { ...value, values: value.values.map((item) => replace(item, nullable.ofType, depth + 1)) };
    if (depth < MAX_VALUE_NESTING && isInputObjectType(nullable) && value.kind === Kind.OBJECT) {
      const types = nullable.getFields();
      const fields = value.fields.map((field) => {
        const below = types[field.name.value]?.type;
        return below === undefined ? field : { ...field, value: replace(field.value, below, depth + 1) };
      });
      return { ...value, fields };
    }
    return lift(value, type);
  };
  return {
    lifted: () => [...lifted.values()],
    lift(node, field) {
      const nodes = node.arguments ?? [];
      if (nodes.every(({ value }) => isPlannable(value, MAX_VALUE_NESTING))) return node;
      const args = nodes.map((argument) => {
        const type = field.args.find(({ name }) => name === argument.name.value)?.type;
        return type === undefined ? argument : { ...argument, value: replace(argument.value, type, 0) };
      });
      return { ...node, arguments: args };
    },
  };
}

/** Whether the planner hands a value on as it is written: of that many levels at most, and without numbers that it would change. */
function isPlannable(value: ValueNode, levels: number): boolean {
  switch (value.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return isPlain(value.value);
    case Kind.LIST:
      return levels > 0 && value.values.every((item) => isPlannable(item, levels - 1));
    case Kind.OBJECT:
      return levels > 0 && value.fields.every((field) => isPlannable(field.value, levels - 1));
    default:
      return true;
  }
}

/** Whether a number's text is the one way to write it, so that reading and printing it changes nothing. */
function isPlain(lexeme: string): boolean {
  return /^-?\d{1,15}(?:\.\d+)?$/.test(lexeme) && String(Number(lexeme)) === lexeme;
}

/** Variables of a request along with the values of literals that were lifted, as `text` of the operation declares them. */
export function withLiterals(literals: readonly LiftedLiteral[], variables: Variables): Variables {
  if (literals.length === 0) return variables;
  const values = literals.map(({ name, type, value }) => [name, valueOf(value, type, variables)] as const);
  return Object.assign(Object.create(null), variables, Object.fromEntries(values));
}

/** The JSON of a literal: what a client would have sent for a variable of this type, to the letter. */
function valueOf(node: ValueNode, type: GraphQLInputType | undefined, variables: Variables): unknown {
  const nullable = type === undefined ? undefined : getNullableType(type);
  if (node.kind === Kind.NULL) return null;
  if (node.kind === Kind.VARIABLE) return Object.hasOwn(variables, node.name.value) ? variables[node.name.value] : null;
  if (isListType(nullable) && node.kind !== Kind.LIST) return [valueOf(node, nullable.ofType, variables)];
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      // Digits of an `ID` would be rounded by a subgraph that reads them as a number.
      if (nullable !== undefined && getNamedType(nullable).name === 'ID') return node.value;
      return isPlain(node.value) ? Number(node.value) : new RawNumber(node.value);
    case Kind.LIST:
      return node.values.map((item) => valueOf(item, isListType(nullable) ? nullable.ofType : undefined, variables));
    case Kind.OBJECT: {
      const types = isInputObjectType(nullable) ? nullable.getFields() : {};
      const given = node.fields.filter(({ value }) => value.kind !== Kind.VARIABLE || Object.hasOwn(variables, value.name.value));
      return Object.fromEntries(
        given.map(({ name, value }) => [
          name.value,
          valueOf(value, Object.hasOwn(types, name.value) ? types[name.value]?.type : undefined, variables),
        ]),
      );
    }
    default:
      return node.value;
  }
}

const NOTHING: Variables = Object.freeze({});

/** Default values that graphql-js would round, by variable, to the letter. */
export function exactDefaults(schema: GraphQLSchema, definitions: readonly VariableDefinitionNode[]): ReadonlyMap<string, unknown> {
  const defaults = new Map<string, unknown>();
  for (const { variable, type, defaultValue } of definitions) {
    if (defaultValue === undefined || isPlannable(defaultValue, Number.POSITIVE_INFINITY)) continue;
    const inputType = typeFromAST(schema, type);
    if (isInputType(inputType)) defaults.set(variable.name.value, valueOf(defaultValue, inputType, NOTHING));
  }
  return defaults;
}

/**
 * The definition as the planner can read it. Coerced variables hold the default already, so what stands in its place only has to be a
 * value: where there is one, a variable that may be null can stand where null cannot.
 */
export function plannableDefinition(definition: VariableDefinitionNode, schema: GraphQLSchema): VariableDefinitionNode {
  const { defaultValue } = definition;
  if (defaultValue === undefined || isPlannable(defaultValue, MAX_VALUE_NESTING)) return definition;
  const type = typeFromAST(schema, definition.type);
  return { ...definition, defaultValue: isInputType(type) ? smallest(defaultValue, type) : defaultValue };
}

/** A valid value of the same type that is as small as it can be. */
function smallest(value: ConstValueNode, type: GraphQLInputType): ConstValueNode {
  const nullable = getNullableType(type);
  if (isListType(nullable) || value.kind === Kind.LIST) return { kind: Kind.LIST, values: [] };
  if (value.kind === Kind.OBJECT) {
    const types = isInputObjectType(nullable) ? nullable.getFields() : {};
    const fields = value.fields.flatMap((field) => {
      const definition = types[field.name.value];
      return definition !== undefined && isRequiredInputField(definition)
        ? { ...field, value: smallest(field.value, definition.type) }
        : [];
    });
    return { ...value, fields };
  }
  return value.kind === Kind.INT || value.kind === Kind.FLOAT ? { kind: Kind.INT, value: '0' } : value;
}
