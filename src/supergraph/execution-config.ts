/** Takes subgraphs out of a Cosmo execution config (the JSON that `wgc router compose` writes); we compose them anew. */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, ownProperty, parseJson } from '../shared/json.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { SubgraphService } from './compose.ts';
import { type GraphProblem, problem } from './problem.ts';

/**
 * Reads SDL from `engineConfig.datasourceConfigurations[].customGraphql.federation.serviceSdl`, names and URLs from `subgraphs[]` by `id`.
 *
 * Older and hand-made files lack `subgraphs`: then the data source's own name, id and fetch URL serve.
 */
export function importExecutionConfig(json: string): Result<readonly SubgraphService[], readonly GraphProblem[]> {
  const parsed = parseJson(json);
  if (!parsed.ok) return err([invalid(`The file is neither JSON nor SDL: ${parsed.error}`)]);
  const engine = object(parsed.value, 'engineConfig');
  const sources = list(engine, 'datasourceConfigurations');
  if (sources.length === 0)
    return err([invalid('The JSON is not a Cosmo execution config: it has no engineConfig.datasourceConfigurations.')]);
  const strings = object(engine, 'stringStorage');
  const subgraphs = new Map(list(parsed.value, 'subgraphs').map((entry) => [identity(entry, 'id'), entry]));
  const services: SubgraphService[] = [];
  const problems: GraphProblem[] = [];
  for (const source of sources) {
    const service = readSource(source, subgraphs.get(identity(source, 'id')), strings);
    if (service.ok) services.push(service.value);
    else problems.push(service.error);
  }
  return problems.length > 0 ? err(problems) : ok(services);
}

function readSource(source: JsonValue, subgraph: JsonValue | undefined, strings: JsonObject | null): Result<SubgraphService, GraphProblem> {
  const id = identity(source, 'id');
  const graphql = object(source, 'customGraphql');
  const name = text(subgraph, 'name') ?? text(source, 'name') ?? id;
  if (graphql === null)
    return err(invalid(`Data source ${JSON.stringify(id)} is not a GraphQL subgraph (kind ${text(source, 'kind') ?? 'unknown'}).`, name));
  const sdl = storedText(member(object(graphql, 'federation'), 'serviceSdl'), strings);
  if (sdl === null || sdl.trim() === '')
    return err(invalid(`Data source ${JSON.stringify(id)} has no customGraphql.federation.serviceSdl.`, name));
  const url = text(subgraph, 'routingUrl') ?? storedText(member(object(object(graphql, 'fetch'), 'url'), 'staticVariableContent'), strings);
  return ok({ name, url: url ?? '', sdl });
}

function invalid(message: string, subgraph?: string): GraphProblem {
  return problem('INVALID_EXECUTION_CONFIG', message, subgraph === undefined ? {} : { subgraphs: [subgraph] });
}

/** Texts stand in place, or as `{ key }` into `engineConfig.stringStorage`. */
function storedText(value: JsonValue | undefined, strings: JsonObject | null): string | null {
  if (typeof value === 'string') return value;
  const key = text(value, 'key');
  return key === null ? null : text(strings, key);
}

function member(value: JsonValue | undefined | null, key: string): JsonValue | undefined {
  return isJsonObject(value) ? ownProperty(value, key) : undefined;
}

function object(value: JsonValue | undefined | null, key: string): JsonObject | null {
  const found = member(value, key);
  return isJsonObject(found) ? found : null;
}

function list(value: JsonValue | undefined | null, key: string): readonly JsonValue[] {
  const found = member(value, key);
  return isJsonArray(found) ? found : [];
}

function text(value: JsonValue | undefined | null, key: string): string | null {
  const found = member(value, key);
  return typeof found === 'string' && found !== '' ? found : null;
}

/** Ids are strings, in some files numbers. */
function identity(value: JsonValue, key: string): string {
  const found = member(value, key);
  return typeof found === 'number' ? String(found) : typeof found === 'string' ? found : '';
}
