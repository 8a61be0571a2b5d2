/** What a schema asks for, in the few words that reading, environment, JSON Schema and documentation need. */
import type * as z from 'zod';
import { definitionOf, layersOf, noteOf } from './fields.ts';

export type FieldKind =
  | { readonly kind: 'section'; readonly shape: Readonly<Record<string, z.core.$ZodType>> }
  | { readonly kind: 'names'; readonly value: z.core.$ZodType }
  | { readonly kind: 'list'; readonly item: z.core.$ZodType; readonly orOne: boolean }
  /** Sections of which one key tells which it is. */
  | { readonly kind: 'variants'; readonly discriminator: string; readonly variants: ReadonlyMap<string, z.core.$ZodType> }
  | { readonly kind: 'text'; readonly options: readonly string[] }
  | { readonly kind: 'number' }
  | { readonly kind: 'boolean' };

export function kindOf(field: z.core.$ZodType): FieldKind {
  const base = layersOf(field).at(-1);
  const def = base === undefined ? undefined : definitionOf(base);
  switch (def?.type) {
    case 'object':
      return { kind: 'section', shape: def.shape };
    case 'record':
      return { kind: 'names', value: def.valueType };
    case 'array':
      return { kind: 'list', item: def.element, orOne: noteOf(field).orOne === true };
    case 'union':
      return { kind: 'variants', ...variantsOf(def) };
    case 'enum':
      return { kind: 'text', options: Object.values(def.entries).map(String) };
    case 'literal':
      return { kind: 'text', options: def.values.map(String) };
    case 'number':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'boolean' };
    default:
      return { kind: 'text', options: [] };
  }
}

function variantsOf(def: z.core.$ZodUnionDef): { discriminator: string; variants: ReadonlyMap<string, z.core.$ZodType> } {
  const discriminator = 'discriminator' in def ? String(def.discriminator) : '';
  const variants = new Map<string, z.core.$ZodType>();
  for (const option of def.options) {
    const kind = kindOf(option);
    const tag = kind.kind === 'section' ? kind.shape[discriminator] : undefined;
    const tagKind = tag === undefined ? undefined : kindOf(tag);
    if (tagKind?.kind === 'text') for (const value of tagKind.options) variants.set(value, option);
  }
  return { discriminator, variants };
}

/** The schema of an own key; inherited names are no keys. */
export function keyOf(shape: Readonly<Record<string, z.core.$ZodType>>, key: string): z.core.$ZodType | undefined {
  return Object.hasOwn(shape, key) ? shape[key] : undefined;
}
