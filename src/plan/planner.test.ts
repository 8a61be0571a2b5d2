import { describe, expect, it } from 'vitest';
import { createOperationReader } from '../operation/reader.ts';
import { composeSubgraphs } from '../supergraph/compose.ts';
import type { Supergraph } from '../supergraph/model.ts';
import type { PlanNode, QueryPlan } from './nodes.ts';
import { createPlanner } from './planner.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external",
  "@requires", "@provides", "@interfaceObject", "@inaccessible", "@override"])\n`;
const LIMITS = { maxTokens: 15_000, approximateDepthLimit: 200, totalFieldsLimit: 3_500, operationNameLengthLimit: 512 };

function compose(sdls: Readonly<Record<string, string>>): Supergraph {
  const composed = composeSubgraphs(Object.entries(sdls).map(([name, sdl]) => ({ name, url: `http://${name}.test/graphql`, sdl: LINK + sdl })));
  if (!composed.ok) throw new Error(JSON.stringify(composed.error));
  return composed.value;
}

function plan(supergraph: Supergraph, query: string, variables: Record<string, unknown> = {}): QueryPlan {
  const read = createOperationReader({ supergraph, limits: LIMITS, introspection: true, cacheSize: 10 }).read(query, null);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const coerced = read.value.coerce(variables);
  if (!coerced.ok) throw new Error(JSON.stringify(coerced.error));
  const planner = createPlanner(supergraph);
  if (!planner.ok) throw new Error(planner.error);
  const planned = planner.value.plan(read.value.canonical(coerced.value));
  if (!planned.ok) throw new Error(planned.error.message);
  return planned.value;
}

function fetches(node: PlanNode | null): Extract<PlanNode, { kind: 'fetch' | 'batchFetch' }>[] {
  switch (node?.kind) {
    case 'fetch':
    case 'batchFetch':
      return [node];
    case 'sequence':
    case 'parallel':
      return node.nodes.flatMap(fetches);
    case 'flatten':
      return fetches(node.node);
    default:
      return [];
  }
}

describe('trial', () => {
  const graph = compose({
    a: `type Query { search: [U!]! } union U = A | B
 type A @key(fields: "id") { id: ID! sub: SA } type B @key(fields:"id") { id: ID! sub: SB } type SA { v: String! @shareable } type SB { v: String @shareable }`,
    b: `type A @key(fields:"id") { id: ID! x: Int} type B @key(fields:"id") {id: ID! y: Int} type SA {v: String @shareable}`,
  });
  it('G', () => {
    expect(JSON.stringify(fetches(plan(graph, '{ search { ... on A { sub { v } } ... on B { sub { v } } } }').root), null, 1)).toBe('');
  });
});
