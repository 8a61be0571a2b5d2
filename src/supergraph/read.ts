/** Reads a supergraph SDL, ours or that of any other composer (join v0.1 to v0.5). */
import { type DocumentNode, GraphQLError, Kind, parse } from 'graphql';
import { err, ok, type Result } from '../shared/result.ts';
import { directivesNamed, readMachinery, textArgument } from './directives.ts';
import { checkInterfaceObjects } from './interface-objects.ts';
import { checkJoinArguments } from './join-arguments.ts';
import type { SubgraphAddress, Supergraph } from './model.ts';
import { type GraphProblem, problem } from './problem.ts';
import { buildPublicSchema } from './public-schema.ts';
import { createSubgraphTypes, createTypeIndex } from './type-index.ts';

/** Makes a supergraph of its SDL. A subgraph without URL has an empty one: the caller knows whether an override gives it. */
export function readSupergraph(sdl: string): Result<Supergraph, readonly GraphProblem[]> {
  const document = parseSupergraph(sdl);
  if (!document.ok) return document;
  const graphs = readGraphs(document.value);
  if (graphs.size === 0)
    return err([problem('INVALID_SUPERGRAPH', 'The SDL is not that of a supergraph: it has no enum join__Graph with subgraphs.')]);
  const graphNames = new Map([...graphs].map(([value, address]) => [value, address.name]));
  const misused = checkInterfaceObjects(document.value, graphNames);
  if (misused.length > 0) return err(misused);
  const machinery = readMachinery(document.value);
  const types = createTypeIndex(document.value, machinery, graphNames);
  const subgraphTypes = createSubgraphTypes(document.value, graphNames);
  const unusable = checkJoinArguments(document.value, { graphNames, types, subgraphTypes });
  if (unusable.length > 0) return err(unusable);
  const publicSchema = buildPublicSchema(document.value, machinery);
  if (!publicSchema.ok) return publicSchema;
  return ok({
    sdl,
    subgraphs: new Map([...graphs.values()].map((address) => [address.name, address])),
    publicSchema: publicSchema.value,
    types,
    subgraphTypes,
  });
}

function parseSupergraph(sdl: string): Result<DocumentNode, readonly GraphProblem[]> {
  try {
    return ok(parse(sdl));
  } catch (error) {
    if (!(error instanceof GraphQLError)) return err([problem('INVALID_SDL', 'The SDL is nested too deeply to be read.')]);
    return err([problem('INVALID_SDL', error.message, { location: error.locations?.[0] ?? null })]);
  }
}

/** By the value of the enum, which stands in join directives. */
function readGraphs(document: DocumentNode): ReadonlyMap<string, SubgraphAddress> {
  const graphs = new Map<string, SubgraphAddress>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? []) {
      const [graph] = directivesNamed(value, 'join__graph');
      const name = (graph && textArgument(graph, 'name')) ?? value.name.value;
      graphs.set(value.name.value, { name, url: (graph && textArgument(graph, 'url')) ?? '' });
    }
  }
  return graphs;
}
