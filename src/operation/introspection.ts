/** Answers `__schema` and `__type`. */
import { type DocumentNode, execute, type GraphQLSchema } from 'graphql';
import { isJsonObject, type JsonObject } from '../shared/json.ts';
import type { Variables } from './variables.ts';

/** Executes the introspection part of a valid operation on the public schema; response keys are the client's. */
export function introspect(schema: GraphQLSchema, document: DocumentNode, variables: Variables): JsonObject {
  const result = execute({ schema, document, variableValues: { ...variables } });
  // Introspection has no asynchronous resolver, and none that fails on a valid document.
  if (result instanceof Promise) return {};
  return isJsonObject(result.data) ? result.data : {};
}
