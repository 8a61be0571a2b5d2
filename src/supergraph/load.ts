/** Loads the graph that the configuration names: subgraphs to compose, a supergraph SDL, or a Cosmo execution config. */
import { readFile } from 'node:fs/promises';
import { isJsonObject, ownProperty, parseJson } from '../shared/json.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { composeSdl, composeSubgraphs, type SubgraphService } from './compose.ts';
import { importExecutionConfig } from './execution-config.ts';
import type { SubgraphAddress, Supergraph } from './model.ts';
import { type GraphProblem, problem } from './problem.ts';
import { readSupergraph } from './read.ts';

/** The part of the configuration that names the graph; paths as they can be opened. */
export interface GraphSource {
  readonly subgraphs?: readonly SubgraphDefinition[] | undefined;
  readonly execution_config?: { readonly file: { readonly path: string } } | undefined;
  readonly overrides?:
    | { readonly subgraphs?: Readonly<Record<string, { readonly routing_url?: string | undefined }>> | undefined }
    | undefined;
}

/** Also an entry of the `graph.yaml` of `wgc router compose`. */
export interface SubgraphDefinition {
  readonly name: string;
  readonly routing_url: string;
  /** Without it the subgraph is asked for its SDL. */
  readonly schema?: { readonly file: string } | undefined;
}

/** Asks a subgraph for its SDL by `SDL_QUERY`; the error is a sentence for people. Used only for subgraphs without a file. */
export type SdlFetcher = (address: SubgraphAddress) => Promise<Result<string, string>>;

/** The body of the request that an `SdlFetcher` sends. */
export const SDL_REQUEST_BODY = '{"query":"{ _service { sdl } }"}';

/** Loads and composes. All problems come at once; a graph whose SDL stands in files needs no subgraph to be up. */
export async function loadSupergraph(source: GraphSource, fetchSdl: SdlFetcher): Promise<Result<Supergraph, readonly GraphProblem[]>> {
  const loaded = await loadGraph(source, fetchSdl);
  return loaded.ok ? applyOverrides(loaded.value, source.overrides?.subgraphs ?? {}) : loaded;
}

/** Composes definitions into supergraph SDL that a router can serve, for `candor compose`. */
export async function composeDefinitions(
  definitions: readonly SubgraphDefinition[],
  fetchSdl: SdlFetcher,
): Promise<Result<string, readonly GraphProblem[]>> {
  const services = await loadServices(definitions, fetchSdl);
  const composed = services.ok ? composeSubgraphs(services.value) : services;
  return composed.ok ? ok(composed.value.sdl) : composed;
}

/** The SDL in a reply to `SDL_REQUEST_BODY`. */
export function readServiceSdl(body: string): Result<string, string> {
  const parsed = parseJson(body);
  const data = parsed.ok && isJsonObject(parsed.value) ? ownProperty(parsed.value, 'data') : undefined;
  const service = isJsonObject(data) ? ownProperty(data, '_service') : undefined;
  const sdl = isJsonObject(service) ? ownProperty(service, 'sdl') : undefined;
  return typeof sdl === 'string' ? ok(sdl) : err('it does not answer `{ _service { sdl } }` with its SDL');
}

/** Files that the graph is made of, for a watcher. */
export function graphFiles(source: GraphSource): readonly string[] {
  const path = source.execution_config?.file.path;
  return [...(path === undefined ? [] : [path]), ...(source.subgraphs ?? []).flatMap((definition) => definition.schema?.file ?? [])];
}

async function loadGraph(source: GraphSource, fetchSdl: SdlFetcher): Promise<Result<Supergraph, readonly GraphProblem[]>> {
  const path = source.execution_config?.file.path;
  if (path !== undefined && source.subgraphs !== undefined)
    return err([problem('INVALID_CONFIG', 'There are two graphs: name either subgraphs or execution_config.')]);
  if (path !== undefined) return loadFile(path);
  if (source.subgraphs === undefined)
    return err([problem('INVALID_CONFIG', 'There is no graph: name subgraphs, or a file in execution_config.file.path.')]);
  const services = await loadServices(source.subgraphs, fetchSdl);
  return services.ok ? composeSubgraphs(services.value) : services;
}

async function loadFile(path: string): Promise<Result<Supergraph, readonly GraphProblem[]>> {
  const text = await readText(path);
  if (!text.ok) return err([problem('UNREADABLE', text.error, { file: path })]);
  const isImported = isJson(text.value);
  const loaded = isImported ? composeImported(text.value) : readSupergraph(text.value);
  if (loaded.ok) return loaded;
  // Problems of a composition are about SDL inside the JSON: line and column would mislead beside the file's name.
  return err(loaded.error.map((found) => (isImported && found.subgraphs.length > 0 ? found : { ...found, file: path })));
}

/** SDL begins with a keyword, a description or a comment, never with a brace. */
function isJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

function composeImported(text: string): Result<Supergraph, readonly GraphProblem[]> {
  const services = importExecutionConfig(text);
  return services.ok ? composeSubgraphs(services.value) : services;
}

async function loadServices(
  definitions: readonly SubgraphDefinition[],
  fetchSdl: SdlFetcher,
): Promise<Result<readonly SubgraphService[], readonly GraphProblem[]>> {
  const loaded = await Promise.all(definitions.map((definition) => loadService(definition, fetchSdl)));
  const problems = loaded.flatMap((service) => (service.ok ? [] : [service.error]));
  if (problems.length === 0) return ok(loaded.flatMap((service) => (service.ok ? [service.value] : [])));
  // The SDL that did load may have problems of its own, and all should be told at once; what is missing from a partial graph should not.
  const readable = composeEach(loaded.flatMap((service) => (service.ok ? [service.value] : [])));
  return err([...problems, ...readable]);
}

/** Syntax problems of SDL, each on its own. */
function composeEach(services: readonly SubgraphService[]): readonly GraphProblem[] {
  const composed = composeSdl(services);
  return composed.ok ? [] : composed.error.filter((found) => found.code === 'INVALID_SDL');
}

async function loadService(definition: SubgraphDefinition, fetchSdl: SdlFetcher): Promise<Result<SubgraphService, GraphProblem>> {
  const { name, routing_url: url, schema } = definition;
  const sdl = schema === undefined ? await fetchSdl({ name, url }) : await readText(schema.file);
  if (sdl.ok) return ok({ name, url, sdl: sdl.value, ...(schema === undefined ? {} : { file: schema.file }) });
  const message =
    schema === undefined ? `The SDL cannot be fetched: ${sdl.error}. Start the subgraph, or name a file in schema.file.` : sdl.error;
  return err(problem('UNREADABLE', message, { subgraphs: [name], ...(schema === undefined ? {} : { file: schema.file }) }));
}

async function readText(path: string): Promise<Result<string, string>> {
  try {
    const text = await readFile(path, 'utf8');
    return text.trim() === '' ? err('The file is empty.') : ok(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return err(READ_FAILURES[code] ?? `The file cannot be read (${code || String(error)}).`);
  }
}

const READ_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  EACCES: 'The file may not be read: check its permissions.',
  EISDIR: 'This is a directory, not a file.',
};

function applyOverrides(
  supergraph: Supergraph,
  overrides: Readonly<Record<string, { readonly routing_url?: string | undefined }>>,
): Result<Supergraph, readonly GraphProblem[]> {
  const subgraphs = new Map(supergraph.subgraphs);
  const problems: GraphProblem[] = [];
  for (const [name, override] of Object.entries(overrides)) {
    const known = subgraphs.get(name);
    if (known === undefined)
      problems.push(
        problem('INVALID_CONFIG', `overrides.subgraphs.${name}: there is no such subgraph; there are ${[...subgraphs.keys()].join(', ')}.`),
      );
    else if (override.routing_url !== undefined) subgraphs.set(name, { ...known, url: override.routing_url });
  }
  for (const { name, url } of subgraphs.values()) {
    if (!URL.canParse(url) || !/^https?:/i.test(url))
      problems.push(
        problem(
          'INVALID_CONFIG',
          `The routing URL ${JSON.stringify(url)} is not an HTTP URL; set overrides.subgraphs.${name}.routing_url.`,
          {
            subgraphs: [name],
          },
        ),
      );
  }
  return problems.length > 0 ? err(problems) : ok({ ...supergraph, subgraphs });
}
