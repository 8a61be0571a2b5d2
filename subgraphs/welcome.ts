/** What `npm start` says once the router is ready. */

/** `host` is null, or an address of no machine, where the router listens on every interface. */
interface Address {
  readonly host: string | null;
  readonly port: number;
}

/** What of the router's configuration tells where things are; its names, since the demo is compiled apart from the router. */
export interface ServedConfig {
  readonly listenAddr: Address;
  readonly graphqlPath: string;
  readonly readinessCheckPath: string;
  readonly playground: { readonly enabled: boolean; readonly path: string };
  /** Only ever enabled in `dev_mode`. */
  readonly inspector: { readonly enabled: boolean };
  readonly telemetry: {
    readonly metrics: { readonly prometheus: { readonly enabled: boolean; readonly listenAddr: Address; readonly path: string } };
  };
}

/** Where this machine reaches an address that the router listens on. */
export function originOf({ host, port }: Address): string {
  const isEverywhere = host === null || host === '0.0.0.0' || host === '::';
  const name = isEverywhere ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** The welcome for a router with this configuration: what it serves and where, and what to try. */
export function welcome({ listenAddr, graphqlPath, playground, inspector, telemetry }: ServedConfig): string {
  const origin = originOf(listenAddr);
  const { prometheus } = telemetry.metrics;
  const places = [
    ...(playground.enabled ? [`  Playground   ${origin}${playground.path}`] : []),
    `  Endpoint     ${origin}${graphqlPath}`,
    ...(inspector.enabled ? [`  Inspector    ${origin}/_candor/errors   (every failure, live)`] : []),
    ...(prometheus.enabled ? [`  Metrics      ${originOf(prometheus.listenAddr)}${prometheus.path}`] : []),
  ];
  const tabs = playground.enabled ? `\n  The playground's tabs hold failing queries with the header prepared.\n` : '';
  return `\n  The demo is up.\n\n${places.join('\n')}\n${TRY}${tabs}\n  Ctrl-C stops everything.\n\n`;
}

const TRY = `
  Try these:

    1. Data from four subgraphs
       { employees { id details { forename } hobbies { __typename } products } }

    2. A field that fails for one employee: partial data, one error
       { employees { id rootFieldThrowsError } }

    3. An entity fetch that fails for some employees
       { employees { id fieldThrowsError } }

  To break a subgraph, send the header  x-fault: products:html
  (refuse, reset, status=502, html, empty, bad-json, not-graphql, slow=MS, cut; without a name: all of them).
`;
