import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { loaded } from '../../test/support/config.ts';
import { variableKeys } from './environment.ts';
import { kindOf } from './field-kind.ts';
import { layersOf } from './fields.ts';
import { generatedFiles } from './generate.ts';
import { rootShape } from './schema.ts';

const contentOf = (path: string): string => generatedFiles().find((file) => file.path === path)?.content ?? '';

/** Every key of the schema with its field, named maps and lists included. */
function keysOf(shape: Readonly<Record<string, z.core.$ZodType>>, parent = ''): readonly (readonly [string, z.core.$ZodType])[] {
  return Object.entries(shape).flatMap(([key, field]) => [[`${parent}${key}`, field] as const, ...keysBelow(field, `${parent}${key}`)]);
}

function keysBelow(field: z.core.$ZodType, path: string): readonly (readonly [string, z.core.$ZodType])[] {
  const kind = kindOf(field);
  if (kind.kind === 'section') return keysOf(kind.shape, `${path}.`);
  if (kind.kind === 'names') return keysBelow(kind.value, `${path}.<name>`);
  if (kind.kind === 'list') return keysBelow(kind.item, `${path}[]`);
  return kind.kind === 'variants' ? [...kind.variants.values()].flatMap((variant) => keysBelow(variant, path)) : [];
}

const isDescribed = (field: z.core.$ZodType): boolean =>
  layersOf(field).some((layer) => (z.globalRegistry.get(layer)?.description ?? '') !== '');

describe('the schema', () => {
  const keys = keysOf(rootShape);

  it('describes every key', () => {
    expect(keys.length).toBeGreaterThan(200);
    expect(keys.filter(([, field]) => !isDescribed(field)).map(([path]) => path)).toEqual([]);
  });

  it('gives no two keys the same environment variable', () => {
    const names = variableKeys(rootShape).flatMap(({ variables }) => variables);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('generatedFiles', () => {
  it.each(generatedFiles().map(({ path }) => path))('%s is what stands in the repository', (path) => {
    expect(readFileSync(path, 'utf8')).toBe(contentOf(path));
  });

  it('documents every key with its variable and default', () => {
    const page = contentOf('docs/configuration.md');
    for (const { path, variables } of variableKeys(rootShape)) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${path.join('.')}\` |`));
      for (const variable of variables) expect(row, path.join('.')).toContain(`\`${variable}\``);
    }
    expect(page).toContain('| `subgraph_error_propagation.failure_codes` | `true`, `false` | `true` (`false`) |');
    expect(page).toContain('| `traffic_shaping.all.circuit_breaker.statuses` | status or class, or a list | `[5xx]` |');
    expect(page).not.toMatch(/undefined|\[object/);
  });

  it('writes defaults that the loader reads back as they are', () => {
    const rows = contentOf('docs/configuration.md').matchAll(/^\| `([\w.]+)` \|[^|]*\| `(\[[^`]*\]|[^`|]+)`(?: \([^)]*\))? \|/gm);
    const defaults = [...rows]
      .map(([, key = '', value = '']) => [key, value] as const)
      .filter(([key]) => !key.startsWith('execution_config'));
    expect(defaults.length).toBeGreaterThan(70);
    const graph = { subgraphs: [{ name: 'a', routing_url: 'http://a/' }] };
    const { config } = loaded(JSON.stringify(graph));
    for (const [key, value] of defaults) {
      const yaml = key
        .split('.')
        .reduceRight((inner, name) => `{ ${JSON.stringify(name)}: ${inner} }`, value.startsWith('[*') ? '["*"]' : quoted(value));
      expect(loaded(`${JSON.stringify(graph).slice(0, -1)}, ${yaml.slice(1)}`).config, key).toEqual(config);
    }
  });

  it('gives editors patterns that the defaults match', () => {
    const pairs = [...patternsWithDefaults(JSON.parse(contentOf('router.config.schema.json')))];
    expect(pairs.length).toBeGreaterThan(5);
    expect(pairs.filter(([pattern, value]) => !new RegExp(pattern, 'u').test(value))).toEqual([]);
  });

  it('gives editors types, defaults, descriptions and places for variables', () => {
    const schema: unknown = JSON.parse(contentOf('router.config.schema.json'));
    expect(schema).toMatchObject({
      additionalProperties: false,
      properties: {
        dev_mode: { default: false, anyOf: [{ type: 'boolean' }, { $ref: '#/definitions/variable' }] },
        cors: { type: ['object', 'null'], properties: { max_age: { default: '5m', type: ['string', 'number'] } } },
        subgraph_error_propagation: {
          properties: { failure_codes: { default: true }, rules: { items: { required: ['when'], additionalProperties: false } } },
        },
      },
    });
  });
});

/** As YAML would have it written: lists and plain words as they are, anything else in quotes. */
function quoted(value: string): string {
  return /^(?:\[.*\]|[\w-]+)$/.test(value) ? value : JSON.stringify(value);
}

/** Every pattern of a JSON Schema that a default of text has to match. */
function* patternsWithDefaults(schema: unknown): Generator<readonly [pattern: string, value: string]> {
  if (typeof schema !== 'object' || schema === null) return;
  const value: unknown = Reflect.get(schema, 'default');
  const alternatives: unknown = Reflect.get(schema, 'anyOf') ?? [schema];
  if (typeof value === 'string' && Array.isArray(alternatives))
    for (const alternative of alternatives) {
      const pattern: unknown = Reflect.get(Object(alternative), 'pattern');
      if (typeof pattern === 'string') yield [pattern, value];
    }
  for (const member of Object.values(schema)) yield* patternsWithDefaults(member);
}
