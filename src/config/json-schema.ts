/** `router.config.schema.json`: what editors check while a configuration is written. */
import * as z from 'zod';
import { type DefaultOf, defaultsOf } from './defaults.ts';
import { keyOf, kindOf } from './field-kind.ts';
import { noteOf } from './fields.ts';
import { rootSchema } from './schema.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const VARIABLE = { $ref: '#/definitions/variable' };

/** A JSON Schema (draft 7, which editors know best). What it accepts the loader may still refuse; never the other way round. */
export function routerJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(rootSchema, { io: 'input', target: 'draft-7', reused: 'inline' });
  return {
    ...refined(schema, rootSchema, [], defaultsOf('none')),
    title: 'Candor router configuration',
    definitions: {
      variable: { type: 'string', pattern: '\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}', description: 'Expanded from the environment.' },
    },
  };
}

/** Adds what zod cannot know: variables, empty sections, single values for lists, defaults that are computed. */
function refined(json: JsonSchema, field: z.core.$ZodType, path: readonly string[] | null, defaultOf: DefaultOf): JsonSchema {
  const kind = kindOf(field);
  switch (kind.kind) {
    case 'section': {
      const { default: _empty, ...rest } = json;
      const members = Object.entries(json.properties ?? {}).map(([key, member]): [string, JsonSchema] => {
        const child = keyOf(kind.shape, key);
        const childPath = path === null ? null : [...path, key];
        return [key, child === undefined ? asSchema(member) : refined(asSchema(member), child, childPath, defaultOf)];
      });
      return { ...rest, type: path?.length === 0 ? 'object' : either('object', 'null'), properties: Object.fromEntries(members) };
    }
    case 'names': {
      const { default: _empty, propertyNames: _any, ...rest } = json;
      return {
        ...rest,
        type: either('object', 'null'),
        additionalProperties: refined(asSchema(json.additionalProperties), kind.value, null, defaultOf),
      };
    }
    case 'list': {
      const items = refined(asSchema(json.items), kind.item, null, defaultOf);
      const list = withDefault({ ...json, items }, path, defaultOf);
      return kind.orOne ? split(list, [{ type: 'array', items }, items]) : list;
    }
    case 'variants':
      return {
        ...json,
        oneOf: [...kind.variants.values()].map((variant, index) => refined(asSchema(json.oneOf?.[index]), variant, null, defaultOf)),
      };
    default:
      return refinedLeaf(withDefault(json, path, defaultOf), field);
  }
}

function refinedLeaf(json: JsonSchema, field: z.core.$ZodType): JsonSchema {
  if (noteOf(field).textual === true) return { ...json, type: either('string', 'number') };
  const isFree = json.type === 'string' && json.enum === undefined && json.const === undefined && json.pattern === undefined;
  return isFree || json.anyOf !== undefined ? json : split(json, [onlyRules(json), VARIABLE]);
}

/** Description and default stay outside, where editors look for them. */
function split(json: JsonSchema, anyOf: readonly JsonSchema[]): JsonSchema {
  const { description, default: value } = json;
  return { ...(description === undefined ? {} : { description }), ...(value === undefined ? {} : { default: value }), anyOf: [...anyOf] };
}

function onlyRules({ description: _description, default: _default, ...rules }: JsonSchema): JsonSchema {
  return rules;
}

function withDefault(json: JsonSchema, path: readonly string[] | null, defaultOf: DefaultOf): JsonSchema {
  if (path === null || json.default !== undefined) return json;
  const value = defaultOf(path);
  return value === undefined ? json : { ...json, default: value };
}

/** zod may write `true` or a list of schemas where our own schema never leads to one. */
function asSchema(json: unknown): JsonSchema {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : {};
}

/** JSON Schema allows a list of types; zod's own type for it knows single ones only. */
function either<T extends 'object' | 'string'>(first: T, second: 'null' | 'number'): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return [first, second] as unknown as T;
}
