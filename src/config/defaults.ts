/** The values that keys have when nobody sets them, as YAML would write them: for JSON Schema and documentation. */
import { printBytes } from '../shared/bytes.ts';
import { printDuration } from '../shared/duration.ts';
import { keyOf, kindOf } from './field-kind.ts';
import { codeName, noteOf } from './fields.ts';
import type { Compatibility } from './keys/error-options.ts';
import { resolveConfig, rootSchema } from './schema.ts';

/** Gives a key's default by its YAML path; undefined when it has none. */
export type DefaultOf = (path: readonly string[]) => unknown;

export function defaultsOf(compatibility: Compatibility): DefaultOf {
  const config = resolveConfig(rootSchema.parse({ compatibility }));
  return (path) => {
    let value: unknown = config;
    let field: Parameters<typeof kindOf>[0] = rootSchema;
    for (const key of path) {
      const kind = kindOf(field);
      const next = kind.kind === 'section' ? keyOf(kind.shape, key) : undefined;
      if (next === undefined) return undefined;
      // `scrub` keeps its detectors apart from its other keys.
      const own = ownMember(value, codeName(key, next));
      value = own === undefined ? ownMember(ownMember(value, 'actions'), key) : own;
      field = next;
    }
    const { unit, defaultText } = noteOf(field);
    return defaultText ?? written(value, unit);
  };
}

function ownMember(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function written(value: unknown, unit: 'Ms' | 'Bytes' | undefined): unknown {
  if (typeof value === 'number' && unit !== undefined) return unit === 'Ms' ? printDuration(value) : printBytes(value);
  if (Array.isArray(value)) return value.map((item) => written(item, unit));
  if (typeof value !== 'object' || value === null) return value;
  if ('port' in value && 'host' in value) return `${String(value.host)}:${String(value.port)}`;
  if ('from' in value && 'to' in value) return value.from === value.to ? value.from : `${String(value.from).slice(0, 1)}xx`;
  return undefined;
}
