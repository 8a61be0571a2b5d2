/** Composes subgraph SDL into a supergraph. The one door to the composition package. */
import { composeServices } from '@theguild/federation-composition';
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { err, ok, type Result } from '../shared/result.ts';
import { repairSupergraph } from './composition-repair.ts';
import { coordinateAt, coordinateIn } from './coordinate.ts';
import { withFederationLink } from './federation-link.ts';
import { withPlainFieldSets } from './field-set-fragments.ts';
import type { Supergraph } from './model.ts';
import { type CompositionProblem, problem } from './problem.ts';
import { readSupergraph } from './read.ts';

export interface SubgraphService {
  readonly name: string;
  readonly url: string;
  /** Federation 1 or 2. */
  readonly sdl: string;
  /** Where the SDL was read, for problems. */
  readonly file?: string;
}

interface ParsedService {
  readonly name: string;
  readonly file: string | null;
  readonly url: string;
  readonly typeDefs: DocumentNode;
}

/**
 * Composes subgraphs; the order in which they are given does not matter.
 *
 * Problems name subgraphs and coordinate. All of them come at once, but SDL that does not parse hides what composition would say.
 */
export function composeSubgraphs(services: readonly SubgraphService[]): Result<Supergraph, readonly CompositionProblem[]> {
  const composed = composeSdl(services);
  return composed.ok ? readSupergraph(composed.value) : composed;
}

/** Composes subgraphs into the text of a supergraph SDL, as `candor compose` writes it. */
export function composeSdl(services: readonly SubgraphService[]): Result<string, readonly CompositionProblem[]> {
  const problems: CompositionProblem[] = [];
  const parsed: ParsedService[] = [];
  for (const service of services) {
    if (parsed.some((other) => other.name === service.name))
      problems.push(problem('INVALID_CONFIG', 'Two subgraphs have this name.', { subgraphs: [service.name] }));
    const typeDefs = parseSdl(service);
    if (typeDefs.ok) parsed.push({ name: service.name, file: service.file ?? null, url: service.url, typeDefs: typeDefs.value });
    else problems.push(typeDefs.error);
  }
  if (problems.length > 0) return err(problems);
  return composeParsed(parsed);
}

function parseSdl(service: SubgraphService): Result<DocumentNode, CompositionProblem> {
  try {
    return ok(withFederationLink(parse(service.sdl)));
  } catch (error) {
    const at = { subgraphs: [service.name], file: service.file ?? null };
    if (!(error instanceof GraphQLError)) return err(problem('INVALID_SDL', 'The SDL is nested too deeply to be read.', at));
    return err(problem('INVALID_SDL', error.message, { ...at, location: error.locations?.[0] ?? null }));
  }
}

function composeParsed(services: readonly ParsedService[]): Result<string, readonly CompositionProblem[]> {
  try {
    const result = composeServices(services.map((service) => ({ ...service, typeDefs: withPlainFieldSets(service.typeDefs) })));
    if (result.errors === undefined) return ok(repairSupergraph(result.supergraphSdl, services));
    return err(result.errors.map((error) => composeProblem(error, services)));
  } catch (error) {
    // The package asserts on some SDL that is wrong in ways it does not expect.
    return err([problem('INVALID_SDL', `Composition gave up: ${error instanceof Error ? error.message : String(error)}`)]);
  }
}

function composeProblem(error: GraphQLError, services: readonly ParsedService[]): CompositionProblem {
  const owner = services.find((service) => service.name === error.extensions.subgraphName);
  const code = typeof error.extensions.code === 'string' ? error.extensions.code : 'COMPOSITION_FAILED';
  const prefix = owner === undefined ? '' : `[${owner.name}] `;
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
  const offset = error.nodes?.[0]?.loc?.start;
  const located = owner !== undefined && offset !== undefined ? coordinateAt(owner.typeDefs, offset) : null;
  return problem(code, message, {
    subgraphs: owner === undefined ? subgraphsIn(message, services) : [owner.name],
    coordinate: located ?? coordinateIn(message, (name) => services.some((service) => defines(service.typeDefs, name))),
    file: owner?.file ?? null,
    location: owner === undefined ? null : (error.locations?.[0] ?? null),
  });
}

function subgraphsIn(message: string, services: readonly ParsedService[]): readonly string[] {
  // Behind the word only: a type may have a subgraph's name.
  const from = message.search(/\bsubgraphs?\b/);
  if (from < 0) return [];
  return services.map((service) => service.name).filter((name) => message.includes(`"${name}"`, from));
}

function defines(document: DocumentNode, typeName: string): boolean {
  return document.definitions.some((definition) => 'name' in definition && definition.name?.value === typeName);
}
