/** A configuration and a graph become everything that requests need. */

import type { LoadedConfig } from '../config/load.ts';
import { printProblem as printConfigProblem, printKey } from '../config/problem.ts';
import type { RouterConfig } from '../config/schema.ts';
import { clientAddressOf, compileNetworks, selectAudience } from '../errors/policy/audience.ts';
import { PUBLIC } from '../errors/policy/compile.ts';
import { findPolicyProblems } from '../errors/policy/problems.ts';
import type { ConfigSource } from '../explain/setting-sources.ts';
import { createOperationReader } from '../operation/reader.ts';
import { createPlanCache } from '../plan/plan-cache.ts';
import { createPlanner } from '../plan/planner.ts';
import type { GraphqlRequest } from '../respond/model.ts';
import { compileResponsePolicy, type ResponsePolicy } from '../respond/policy.ts';
import { Cancellation } from '../shared/cancellation.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { subgraphOptionsFrom } from '../subgraph/options.ts';
import { compileResponseHeaderRules } from '../subgraph/response-headers.ts';
import { createSubgraphSender } from '../subgraph/sender.ts';
import { composeSubgraphs } from '../supergraph/compose.ts';
import { type GraphSource, graphFiles, loadSupergraph, readServiceSdl, SDL_REQUEST_BODY, type SdlFetcher } from '../supergraph/load.ts';
import type { Supergraph } from '../supergraph/model.ts';
import { printProblem } from '../supergraph/problem.ts';
import type { DevMode } from './dev-mode.ts';
import { createErrorIds } from './error-ids.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createOutcomeReporter } from './outcome-report.ts';
import { createPipeline } from './pipeline.ts';
import { createRefuser } from './refusals.ts';
import type { ServerState } from './service.ts';
import { serverSettingsOf } from './settings.ts';
import { compileSharingKey } from './sharing-key.ts';
import type { Tracing } from './tracing/tracing.ts';

const SDL_TIMEOUT_MS = 10_000;

/** Everything compiled from one configuration and one graph: immutable, and replaced as a whole (DESIGN rule 1). */
export interface Generation {
  readonly config: RouterConfig;
  readonly supergraph: Supergraph;
  readonly state: ServerState;
  /** For when its last request has its answer: closes its connections. */
  close(): Promise<void>;
}

export interface GenerationInput {
  readonly config: RouterConfig;
  /** Where keys stand, for problems; without it they have no line. */
  readonly locate?: LoadedConfig['locate'];
  /** SDL by subgraph name, in place of the files that `subgraphs` names; null to read those. */
  readonly sdls: ReadonlyMap<string, string> | null;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Acts where the configuration says `dev_mode`. */
  readonly devMode: DevMode;
  /** For tools that explain; null: every value looks like a default. */
  readonly source: ConfigSource | null;
}

/** Builds a generation beside any other. The problems are lines for people, all at once. */
export async function buildGeneration(input: GenerationInput): Promise<Result<Generation, readonly string[]>> {
  const { config, log, metrics } = input;
  const supergraph = await loadGraph(input, true);
  if (!supergraph.ok) return supergraph;
  const problems = policyProblems(input, supergraph.value);
  if (problems.length > 0) return err(problems);
  const planner = createPlanner(supergraph.value);
  if (!planner.ok) return err([`the graph cannot be planned: ${planner.error}`]);
  const { engine, security } = config;
  const urls = new Map([...supergraph.value.subgraphs.values()].map(({ name, url }) => [name, url]));
  const policy = compileResponsePolicy(config, urls);
  const devMode = await input.devMode.open({ config, source: input.source, policy, supergraph: supergraph.value });
  const sender = createSubgraphSender({
    subgraphs: subgraphOptionsFrom(config, supergraph.value.subgraphs.values()),
    singleFlight: engine.enableSingleFlight,
    observer: devMode.tools?.observe(metrics.transport) ?? metrics.transport,
  });
  const tracing = await openTracing(config, log);
  const pipeline = createPipeline({
    supergraph: supergraph.value,
    reader: createOperationReader({
      supergraph: supergraph.value,
      limits: { ...security.parserLimits, operationNameLengthLimit: security.operationNameLengthLimit },
      introspection: config.introspection.enabled,
      cacheSize: engine.executionPlanCacheSize,
    }),
    plans: createPlanCache(planner.value, engine.executionPlanCacheSize),
    sender,
    policy,
    responseHeaders: compileResponseHeaderRules(config.headers),
    audienceOf: compileAudienceOf(policy, config.trustedProxies),
    devTools: devMode.tools,
    sharingKey: engine.enableInboundRequestDeduplication ? compileSharingKey(config) : null,
    nextErrorId: createErrorIds(),
    report: createOutcomeReporter({ log, metrics }),
    log,
    metrics,
    tracing,
  });
  return ok({
    config,
    supergraph: supergraph.value,
    state: { settings: serverSettingsOf(config), refuse: createRefuser(policy), service: pipeline, inspector: devMode.inspector },
    close: async () => {
      await sender.close();
      await tracing?.close();
    },
  });
}

/** OpenTelemetry costs time and memory, so it is loaded only by who wants it. */
async function openTracing({ telemetry }: RouterConfig, log: Log): Promise<Tracing | null> {
  if (!telemetry.tracing.enabled) return null;
  const { createOtlpTracing } = await import('./tracing/otlp.ts');
  return createOtlpTracing({ telemetry, log });
}

/**
 * The graph that a configuration names. The problems are lines for people, all at once.
 *
 * `retries`: whether to wait for a subgraph that may only just be starting, as this router is.
 */
export async function loadGraph(
  { config, sdls }: Pick<GenerationInput, 'config' | 'sdls'>,
  retries: boolean,
): Promise<Result<Supergraph, readonly string[]>> {
  const loaded =
    sdls === null
      ? await loadSupergraph(graphSourceOf(config), createSdlFetcher(config, retries))
      : composeSubgraphs(
          graphSourceOf(config).subgraphs?.map(({ name, routing_url: url }) => ({ name, url, sdl: sdls.get(name) ?? '' })) ?? [],
        );
  return loaded.ok ? loaded : err(loaded.error.map(printProblem));
}

/** Contradictions in the error policy, which only show beside the graph; lines for people. */
export function policyProblems({ config, locate }: Pick<GenerationInput, 'config' | 'locate'>, supergraph: Supergraph): readonly string[] {
  return findPolicyProblems(config, supergraph.subgraphs.keys()).map(({ path, message }) => {
    const position = locate?.(path) ?? { file: 'configuration', line: null, column: null };
    return printConfigProblem({ ...position, key: printKey(path), message });
  });
}

/** The audience of a request; costs nothing where none is configured. */
function compileAudienceOf({ errors }: ResponsePolicy, trustedProxies: readonly string[]): (request: GraphqlRequest) => string {
  if (errors.audiences.length === 0) return () => PUBLIC;
  const trusted = compileNetworks(trustedProxies);
  return ({ headers, remoteAddress }) =>
    selectAudience(errors.audiences, {
      headers,
      clientAddress: clientAddressOf(remoteAddress, headers['x-forwarded-for'], trusted),
      now: Date.now(),
    });
}

/** In the shape of the YAML, which the loader shares with `graph.yaml`. */
export function graphSourceOf({ graph, overrides }: RouterConfig): GraphSource {
  const urls = [...overrides.subgraphs].map(([name, { routingUrl }]) => [name, { routing_url: routingUrl }] as const);
  const shared = { overrides: { subgraphs: Object.fromEntries(urls) } };
  if (graph.kind === 'execution_config') return { ...shared, execution_config: { file: { path: graph.path } } };
  return { ...shared, subgraphs: graph.subgraphs.map(({ name, routingUrl, schema }) => ({ name, routing_url: routingUrl, schema })) };
}

/** Asks subgraphs for their SDL over the same transport, with the same timeouts and fixed headers, as any other request. */
export function createSdlFetcher(config: RouterConfig, retries: boolean): SdlFetcher {
  return async (address) => {
    const subgraphs = subgraphOptionsFrom(config, [address]).map(({ traffic, ...rest }) => {
      const retry = { ...traffic.retry, enabled: traffic.retry.enabled && retries };
      return { ...rest, traffic: { ...traffic, retry } };
    });
    const sender = createSubgraphSender({ subgraphs, singleFlight: false });
    const deadline = performance.now() + SDL_TIMEOUT_MS;
    const scope = { headers: {}, requestId: 'start', signal: new Cancellation(), deadline };
    const reply = await sender.send({ subgraph: address.name, operationType: 'query', body: SDL_REQUEST_BODY }, scope);
    await sender.close();
    return reply.kind === 'failure' ? err(`it could not be asked (${reply.failure})`) : readServiceSdl(reply.body);
  };
}

/** How requests are refused under a configuration, before there is a graph. */
export function refuserOf(config: RouterConfig): ServerState['refuse'] {
  return createRefuser(compileResponsePolicy(config));
}

export interface WatchedFiles {
  readonly files: readonly string[];
  readonly intervalMs: number;
}

/** What a change of which files should reload: `watch_config` for the configuration and SDL files, and the graph's own `watch`. */
export function watchedFiles(config: RouterConfig, configFiles: readonly string[]): readonly WatchedFiles[] {
  const { graph, watchConfig } = config;
  const watched: WatchedFiles[] = [];
  const graphPaths = graphFiles(graphSourceOf(config));
  if (watchConfig.enabled) {
    const files = graph.kind === 'subgraphs' ? [...configFiles, ...graphPaths] : configFiles;
    watched.push({ files, intervalMs: watchConfig.intervalMs });
  }
  if (graph.kind === 'execution_config' && graph.watch) watched.push({ files: graphPaths, intervalMs: graph.watchIntervalMs });
  return watched;
}
