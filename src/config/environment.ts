/** The layer below YAML: environment variables, one for every key that holds a scalar or a list of scalars outside lists and named maps. */
import type * as z from 'zod';
import { type FieldKind, kindOf } from './field-kind.ts';
import { noteOf } from './fields.ts';
import { entryAt, type SourceNode, type SourceScalar, withNode } from './source.ts';
import { type Environment, readVariable } from './variables.ts';

/** A key that a variable can set. */
export interface VariableKey {
  readonly path: readonly string[];
  readonly field: z.core.$ZodType;
  readonly kind: Exclude<FieldKind, { readonly kind: 'section' | 'names' | 'variants' }>;
  /** The first that is set counts. */
  readonly variables: readonly string[];
}

/** All keys that variables can set, in the order of the schema. */
export function variableKeys(shape: Readonly<Record<string, z.core.$ZodType>>, parent: readonly string[] = []): readonly VariableKey[] {
  return Object.entries(shape).flatMap(([key, field]): readonly VariableKey[] => {
    const path = [...parent, key];
    const kind = kindOf(field);
    if (kind.kind === 'section') return variableKeys(kind.shape, path);
    if (kind.kind === 'names' || kind.kind === 'variants' || (kind.kind === 'list' && !isScalarKind(kindOf(kind.item)))) return [];
    return [{ path, field, kind, variables: noteOf(field).variables ?? [path.join('_').toUpperCase()] }];
  });
}

function isScalarKind(kind: FieldKind): boolean {
  return kind.kind === 'text' || kind.kind === 'number' || kind.kind === 'boolean';
}

/** Puts variables into `root` wherever the files say nothing. An empty variable counts as not set. */
export function layerEnvironment(root: SourceNode, keys: readonly VariableKey[], environment: Environment): SourceNode {
  let layered = root;
  for (const { path, kind, variables } of keys) {
    const name = variables.find((variable) => (readVariable(environment, variable) ?? '') !== '');
    if (name === undefined || entryAt(root, path) !== undefined) continue;
    layered = withNode(layered, path, variableNode(name, readVariable(environment, name) ?? '', kind));
  }
  return layered;
}

function variableNode(name: string, text: string, kind: VariableKey['kind']): SourceNode {
  const origin = { kind: 'variable', name } as const;
  const scalar = (value: string): SourceScalar => ({ kind: 'scalar', origin, value, text: value, expanded: true, broken: false });
  if (kind.kind !== 'list') return scalar(text);
  return { kind: 'list', origin, items: text.split(',').flatMap((part) => (part.trim() === '' ? [] : [scalar(part.trim())])) };
}
