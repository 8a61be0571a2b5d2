/** Whatever the client asks, the federation answers what one server with all the data would. */
import fc from 'fast-check';
import { execute, isObjectType, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { arbitraryOperation, federation, WORLD } from './world.ts';

const schema = federation.supergraph.publicSchema;
type Data = Readonly<Record<string, unknown>>;

const RECORDS: Readonly<Record<string, readonly Data[]>> = WORLD.entities ?? {};

/** The record that a reference stands for. */
function resolve(source: Data): Data {
  const key = source.__typename === 'City' ? 'code' : 'id';
  return RECORDS[String(source.__typename)]?.find((record) => record[key] === source[key]) ?? source;
}

function monolith(query: string): unknown {
  const result = execute({
    schema,
    document: parse(query),
    variableValues: { t: true, f: false },
    fieldResolver: (source: Data | undefined, args, _context, info) => {
      if (info.parentType === schema.getQueryType()) return WORLD.roots[info.fieldName];
      const record = resolve(source ?? {});
      const computed = WORLD.resolvers?.[`${info.parentType.name}.${info.fieldName}`];
      return computed ? computed(record, args) : record[info.fieldName];
    },
    typeResolver: (value: Data) => (isObjectType(schema.getType(String(value.__typename))) ? String(value.__typename) : undefined),
  });
  return JSON.parse(JSON.stringify(result));
}

describe('a federation', { timeout: 240_000 }, () => {
  it('answers like one server with all the data', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryOperation(schema), async (query) => {
        fc.pre(validate(schema, parse(query)).length === 0);
        const { data, outcome } = await federation.run(query);
        expect({ data, errors: outcome.errors }).toEqual({ data: (monolith(query) as { data: unknown }).data, errors: [] });
      }),
      { numRuns: process.env.CI ? 1000 : 100 },
    );
  });
});
