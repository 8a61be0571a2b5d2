/** Fits numbers that a double cannot hold into variables: graphql-js knows numbers and strings only. */
import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType, isSpecifiedScalarType } from 'graphql';
import { isJsonArray, isJsonObject, type JsonObject, RawNumber } from '../shared/json.ts';

/**
 * A variable's value with raw numbers as its type wants them: digits for an `ID`, a double for other built-in scalars and enums.
 * Custom scalars keep them, and so send on what the client wrote.
 */
export function fitRawNumbers(value: unknown, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return fitRawNumbers(value, type.ofType);
  if (isListType(type))
    return isJsonArray(value) ? value.map((item) => fitRawNumbers(item, type.ofType)) : fitRawNumbers(value, type.ofType);
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    if (!isJsonObject(value)) return roundRawNumbers(value);
    return mapMembers(value, (member, key) => {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      return field === undefined ? roundRawNumbers(member) : fitRawNumbers(member, field.type);
    });
  }
  if (value instanceof RawNumber && type.name === 'ID' && /^-?\d+$/.test(value.lexeme)) return value.lexeme;
  return isSpecifiedScalarType(type) || isEnumType(type) ? roundRawNumbers(value) : value;
}

/** A value with all raw numbers as doubles. */
export function roundRawNumbers(value: unknown): unknown {
  if (value instanceof RawNumber) return Number(value.lexeme);
  if (isJsonArray(value)) return value.map(roundRawNumbers);
  return isJsonObject(value) ? mapMembers(value, roundRawNumbers) : value;
}

function mapMembers(object: JsonObject, change: (member: unknown, key: string) => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).map(([key, member]) => [key, change(member, key)]));
}
