/** Plays corpus scenarios against a router: real HTTP on both sides. */
import { type ExchangeReply, exchange, postOperation } from '../support/exchange.ts';
import { type RunningRouter, startRouter } from '../support/router.ts';
import type { JsonRecord } from '../support/script.ts';
import { Fleet } from '../support/scripted-subgraph.ts';
import { type Group, graphFiles, type Scenario } from './corpus.ts';

export interface Played {
  readonly reply: ExchangeReply;
  readonly calls: Readonly<Record<string, number>>;
  /** Requests that the script did not foresee. */
  readonly problems: readonly string[];
}

/** One router for all scenarios of a group. */
export interface Stage {
  play(scenario: Scenario): Promise<Played>;
  close(): Promise<void>;
}

/** Starts the group's subgraphs and a router with its configuration, completed by `profile`. */
export async function openStage(group: Group, profile: JsonRecord): Promise<Stage> {
  const fleet = await Fleet.start(group.scenarios[0]?.subgraphs ?? {});
  const router = await startRouter({ config: withoutRetries({ ...profile, ...group.config }), sdlFiles: graphFiles(group.graph), urls: fleet.urls });
  return {
    play: (scenario) => playOn(fleet, router, scenario),
    close: async () => {
      await router.close();
      await fleet.close();
    },
  };
}

/** Retries are off unless a scenario configures them (README, "Configuration"). */
function withoutRetries(config: JsonRecord): JsonRecord {
  const shaping = asRecord(config['traffic_shaping']);
  const all = asRecord(shaping['all']);
  return { ...config, traffic_shaping: { ...shaping, all: { retry: { enabled: false }, ...all } } };
}

const asRecord = (value: unknown): JsonRecord => (typeof value === 'object' && value !== null ? { ...value } : {});

async function playOn(fleet: Fleet, router: RunningRouter, scenario: Scenario): Promise<Played> {
  fleet.play(scenario.subgraphs);
  for (const operation of scenario.before ?? []) {
    // Each of them must be over before the next begins.
    // oxlint-disable-next-line eslint/no-await-in-loop
    await postOperation(router.url, operation);
  }
  fleet.forget();
  const reply = await ask(router, scenario);
  return { reply, calls: fleet.calls, problems: fleet.problems };
}

function ask(router: RunningRouter, { operation, request }: Scenario): Promise<ExchangeReply> {
  if (operation !== undefined) return postOperation(router.url, operation);
  const { method = 'POST', headers = {}, body, search = '' } = request ?? {};
  return exchange({ url: router.url + search, method, headers, ...(body === undefined ? {} : { body }) });
}
