/** Plays one variant of a scenario: starts what it needs, sends what it says, and collects the problems. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type ExchangeReply, exchange, postOperation } from '../support/exchange.ts';
import { type RunningRouter, StartFailure, startRouter } from '../support/router.ts';
import { entityLists, isEntryList, isRecord, type JsonRecord, type Script } from '../support/script.ts';
import { Fleet } from '../support/scripted-subgraph.ts';
import { healthyAnswer } from './fixtures.ts';
import { judge, type Observation, type Strictness, shapeOf } from './judge.ts';
import { sabotaged } from './sabotage.ts';
import { EXPOSURES, type Expectation, graphFiles, merge, type RequestSpec, type Step, type Variant } from './scenario.ts';

/** Where requests go: our own router, or somebody else's that stands before our subgraphs. */
export interface Gateway {
  readonly url: string;
  readonly origin: string;
  readonly router: RunningRouter | null;
}

/** Problems of a variant against our own router; empty when it holds. */
export async function playVariant(variant: Variant): Promise<readonly string[]> {
  const fleet = await startFleet(variant);
  try {
    if (variant.startFails !== null) return await playRefusedStart(variant, fleet, variant.startFails);
    if (variant.exposures.length > 0) return await playExposures(variant, fleet);
    return await withRouter(variant, variant.config, fleet, (gateway) => playSteps(variant, fleet, gateway, 'own'));
  } finally {
    await fleet.close();
  }
}

/** Problems of a variant against a foreign gateway, whose subgraphs are at fixed ports. */
export async function playForeign(variant: Variant, fleet: Fleet, url: string): Promise<readonly string[]> {
  return playSteps(variant, fleet, { url, origin: new URL(url).origin, router: null }, 'foreign');
}

function startFleet(variant: Variant): Promise<Fleet> {
  const files = graphFiles(variant.graph);
  const healthy = Object.entries(files).map(([name, file]) => [name, healthyAnswer(name, readFileSync(file, 'utf8'))] as const);
  return Fleet.start(scriptsOf(variant), Object.fromEntries(healthy));
}

/** Subgraphs that a scenario does not mention are in good health. */
export function scriptsOf({ graph, subgraphs }: Variant): Readonly<Record<string, Script>> {
  return Object.fromEntries(Object.keys(graphFiles(graph)).map((name) => [name, subgraphs[name] ?? { healthy: {} }]));
}

async function withRouter<T>(variant: Variant, config: JsonRecord, fleet: Fleet, run: (gateway: Gateway) => Promise<T>): Promise<T> {
  const urls = { ...fleet.urls, ...variant.urls };
  const router = await startRouter({ config, sdlFiles: graphFiles(variant.graph), urls });
  try {
    return await run({ url: router.url, origin: router.origin, router });
  } finally {
    await router.close();
  }
}

async function playRefusedStart(variant: Variant, fleet: Fleet, expected: string): Promise<readonly string[]> {
  try {
    return await withRouter(variant, variant.config, fleet, async () => ['the router must not start']);
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    return error.message.includes(expected) ? [] : [`the refusal must mention ${expected}: ${error.message}`];
  }
}

/** The same request under several configurations. */
async function playExposures(variant: Variant, fleet: Fleet): Promise<readonly string[]> {
  const problems: string[] = [];
  const bodies = new Map<string, string>();
  for (const name of [...variant.exposures, ...variant.dataOnly]) {
    fleet.play(scriptsOf(variant));
    // One after the other: they share the subgraphs.
    // oxlint-disable-next-line eslint/no-await-in-loop
    await withRouter(variant, configFor(name, variant), fleet, async (gateway) => {
      const seen = await observe(variant.request, fleet, gateway);
      bodies.set(name, seen.reply.body);
      if (variant.exposures.includes(name)) problems.push(...judge(variant.expect, seen, 'own').map((problem) => `${name}: ${problem}`));
    });
  }
  const [first = ''] = variant.exposures;
  const reference = bodies.get(first) ?? '';
  for (const [name, body] of bodies) {
    const dataOnly = variant.dataOnly.includes(name);
    if (shapeOf(body, dataOnly) !== shapeOf(reference, dataOnly))
      problems.push(`${first} and ${name} disagree: ${reference} against ${body}`);
  }
  return problems;
}

function configFor(name: string, variant: Variant): JsonRecord {
  const [exposure = '', dev] = name.split('-dev');
  const options = isRecord(variant.config['subgraph_error_propagation']) ? variant.config['subgraph_error_propagation'] : {};
  const { mode: _mode, allow_all_extension_fields: _all, propagate_status_codes: _codes, ...rest } = options;
  const config = { ...variant.config, subgraph_error_propagation: { ...rest, ...EXPOSURES[exposure] } };
  return dev === undefined ? config : merge(config, { dev_mode: true });
}

async function playSteps(variant: Variant, fleet: Fleet, gateway: Gateway, strictness: Strictness): Promise<readonly string[]> {
  const problems: string[] = [];
  if (variant.ready) problems.push(...(await judgeReadiness(gateway)));
  for (let i = 0; i < variant.disconnects; i++) {
    // oxlint-disable-next-line eslint/no-await-in-loop
    await disconnect(variant.request, fleet, gateway);
  }
  for (const [i, step] of variant.steps.entries()) {
    fleet.forget();
    // Steps build on each other.
    // oxlint-disable-next-line eslint/no-await-in-loop
    const found = await playStep(variant, step, fleet, gateway, strictness);
    problems.push(...found.map((problem) => (variant.steps.length > 1 ? `step ${i + 1}: ${problem}` : problem)));
  }
  return [...problems, ...fleet.problems];
}

async function playStep(variant: Variant, step: Step, fleet: Fleet, gateway: Gateway, strictness: Strictness): Promise<readonly string[]> {
  const expect = withPorts(step.expect, fleet);
  if (variant.repeat > 1) return playRepeatedly(variant, { ...step, expect }, fleet, gateway, strictness);
  const observed = (): Promise<Observation> => observe(step.request, fleet, gateway);
  if (step.sabotage) return judge(expect, await sabotaged(observed), strictness);
  if (variant.reload) return judge(expect, await whileHeld(fleet, observed, () => reload(gateway)), strictness);
  if (variant.whileBusy) return judge(expect, await whileBusy(fleet, gateway, observed), strictness);
  return judge(expect, await observed(), strictness);
}

async function playRepeatedly(
  variant: Variant,
  step: Step,
  fleet: Fleet,
  gateway: Gateway,
  strictness: Strictness,
): Promise<readonly string[]> {
  const problems = new Set<string>();
  const bodies = new Set<string>();
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < variant.repeat && problems.size === 0) {
      started++;
      if (variant.race !== null) fleet.play(raced(variant, variant.race, started));
      // oxlint-disable-next-line eslint/no-await-in-loop
      const seen = await observe(step.request, fleet, gateway);
      bodies.add(seen.reply.body);
      for (const problem of judge(step.expect, seen, strictness)) problems.add(problem);
    }
  };
  await Promise.all(Array.from({ length: variant.concurrency }, worker));
  if (step.expect.sameBody === true && bodies.size !== 1)
    problems.add(`${bodies.size} different bodies: ${[...bodies].join(' | ').slice(0, 1000)}`);
  return [...problems];
}

/** Whoever comes second answers only after the first. */
function raced(variant: Variant, [a, b]: readonly [string, string], turn: number): Readonly<Record<string, Script>> {
  const scripts = scriptsOf(variant);
  const [first, second] = turn % 2 === 0 ? [a, b] : [b, a];
  const late = scripts[second];
  if (late === undefined || isEntryList(late)) throw new Error(`${second} needs a script of one entry`);
  return { ...scripts, [second]: { ...late, after: [first] } };
}

async function observe(request: RequestSpec, fleet: Fleet, { url, router }: Gateway): Promise<Observation> {
  const line = router?.logs.length ?? 0;
  const start = performance.now();
  const reply = await send(request, url);
  const durationMs = performance.now() - start;
  // The access line is written after the answer has left.
  if (router !== null) await delay(0);
  return {
    reply,
    durationMs,
    calls: fleet.calls,
    representations: Object.fromEntries(fleet.names.map((name) => [name, representationsOf(fleet, name)])),
    log: router === null ? null : router.logs.slice(line),
    metrics: router === null || router.metricsUrl === null ? null : (await exchange({ url: router.metricsUrl })).body,
    connections: Object.fromEntries(fleet.names.map((name) => [name, fleet.get(name).connections])),
  };
}

function send({ query, variables, headers, http, padding = 0 }: RequestSpec, url: string, signal?: AbortSignal): Promise<ExchangeReply> {
  if (http !== undefined) return exchange({ url, ...http });
  return postOperation(url, { query: query + ' '.repeat(padding), ...(variables === undefined ? {} : { variables }) }, headers, signal);
}

function representationsOf(fleet: Fleet, name: string): readonly unknown[] {
  return fleet
    .get(name)
    .requests.flatMap(({ params }) => (params === null ? [] : entityLists(params).flatMap((list) => list.representations)));
}

/** A client that hangs up as soon as the subgraph is at work. */
async function disconnect(request: RequestSpec, fleet: Fleet, { url }: Gateway): Promise<void> {
  const hangUp = new AbortController();
  const total = (): number => Object.values(fleet.calls).reduce((sum, count) => sum + count, 0);
  const before = total();
  const gone = send(request, url, hangUp.signal).then(
    () => {},
    () => {},
  );
  while (total() === before) {
    // oxlint-disable-next-line eslint/no-await-in-loop
    await delay(1);
  }
  hangUp.abort();
  await gone;
}

/** Holds all subgraphs back while `meanwhile` happens to a request that is under way. */
async function whileHeld(fleet: Fleet, observed: () => Promise<Observation>, meanwhile: () => Promise<void>): Promise<Observation> {
  const releases = fleet.names.map((name) => fleet.get(name).hold());
  const seen = observed();
  await Promise.race(fleet.names.map((name) => fleet.asked(name)));
  await meanwhile();
  for (const release of releases) release();
  return seen;
}

/** The request comes while another one waits for its subgraph. */
async function whileBusy(fleet: Fleet, { url }: Gateway, observed: () => Promise<Observation>): Promise<Observation> {
  const releases = fleet.names.map((name) => fleet.get(name).hold());
  const busy = postOperation(url, { query: '{ me { username } }' });
  await fleet.asked('accounts');
  const seen = await observed();
  for (const release of releases) release();
  await busy;
  return seen;
}

async function reload({ router }: Gateway): Promise<void> {
  await router?.reload();
}

async function judgeReadiness({ origin }: Gateway): Promise<readonly string[]> {
  const { status } = await exchange({ url: `${origin}/health/ready` });
  return status === 200 ? [] : [`/health/ready answers ${status}`];
}

/** `{port:name}` stands for the port of a subgraph. */
function withPorts(expect: Expectation, fleet: Fleet): Expectation {
  if (expect.absent === undefined) return expect;
  const absent = expect.absent.map((text) => text.replace(/\{port:(\w+)\}/, (_all, name: string) => new URL(fleet.get(name).url).port));
  return { ...expect, absent };
}
