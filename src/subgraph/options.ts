import type { RequestHeaderRule, ResponseHeaderRule } from '../config/keys/headers.ts';
import type { SubgraphTraffic, TrafficShaping } from '../config/keys/traffic-shaping.ts';
import type { SubgraphObserver } from './observer.ts';
import { passesCookies } from './response-headers.ts';

/** Everything the transport needs to know of one subgraph. */
export interface SubgraphOptions {
  readonly name: string;
  readonly url: string;
  readonly traffic: SubgraphTraffic;
  /** In order: the rules for all subgraphs, then the subgraph's own. */
  readonly requestHeaders: readonly RequestHeaderRule[];
  /** Whether its reply to one client may be another's too: not where response rules hand its cookies on. */
  readonly shareable: boolean;
}

/** The part of the configuration that the transport reads: `traffic_shaping` and `headers` (config.md). */
export interface TransportConfig {
  readonly trafficShaping: TrafficShaping;
  readonly headers: HeaderConfig;
}

export interface HeaderConfig {
  readonly all: HeaderRules;
  readonly subgraphs: ReadonlyMap<string, HeaderRules>;
}

export interface HeaderRules {
  readonly request: readonly RequestHeaderRule[];
  readonly response: readonly ResponseHeaderRule[];
}

export interface SenderOptions {
  readonly subgraphs: readonly SubgraphOptions[];
  /** Whether identical queries that are in flight at the same time share one request, where the subgraph is `shareable`. */
  readonly singleFlight: boolean;
  readonly observer?: SubgraphObserver;
  /** How long `close` waits for open requests before it cuts them off. */
  readonly closeGraceMs?: number;
  /** Certificate authorities for `https` subgraphs, PEM, beside the system's own. */
  readonly certificateAuthorities?: readonly string[];
  /** For tests: milliseconds on the clock that deadlines are given in. */
  readonly now?: () => number;
  /** For tests: a number from 0 up to 1. */
  readonly random?: () => number;
}

/** The settings of each subgraph: its own where it has some, those for all subgraphs otherwise. */
export function subgraphOptionsFrom(
  config: TransportConfig,
  subgraphs: Iterable<{ readonly name: string; readonly url: string }>,
): readonly SubgraphOptions[] {
  const { trafficShaping, headers } = config;
  return Array.from(subgraphs, ({ name, url }) => ({
    name,
    url,
    traffic: trafficShaping.subgraphs.get(name) ?? trafficShaping.all,
    requestHeaders: [...headers.all.request, ...(headers.subgraphs.get(name)?.request ?? [])],
    shareable: !passesCookies([...headers.all.response, ...(headers.subgraphs.get(name)?.response ?? [])]),
  }));
}
