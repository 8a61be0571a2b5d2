/** `npm start`: the four demo subgraphs and, before them, the router on its real main path. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDemoSubgraph, DEMO_NAMES, type DemoName, type DemoSubgraph } from './server.ts';

export const DEMO_PORTS: Readonly<Record<DemoName, number>> = { employees: 4001, family: 4002, hobbies: 4003, products: 4004 };

export interface Demo {
  readonly subgraphs: readonly DemoSubgraph[];
  /** The GraphQL endpoint of each subgraph. */
  readonly urls: Readonly<Record<DemoName, string>>;
  close(): Promise<void>;
}

/** Starts all four subgraphs; port 0 takes any free one. Rejects when a port is taken, and leaves none running then. */
export async function startDemo(ports: Readonly<Record<DemoName, number>> = DEMO_PORTS): Promise<Demo> {
  const started = await Promise.allSettled(DEMO_NAMES.map((name) => createDemoSubgraph(name, { port: ports[name] })));
  const subgraphs = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const close = async (): Promise<void> => void (await Promise.all(subgraphs.map((subgraph) => subgraph.close())));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  const urlOf = (name: DemoName): string => subgraphs.find((subgraph) => subgraph.name === name)?.url ?? '';
  return {
    subgraphs,
    urls: { employees: urlOf('employees'), family: urlOf('family'), hobbies: urlOf('hobbies'), products: urlOf('products') },
    close,
  };
}

const WELCOME = `
  The demo is up.

  Playground   http://localhost:3002/
  Endpoint     http://localhost:3002/graphql
  Inspector    http://localhost:3002/_candor/errors   (every failure, live)

  Try these:

    1. Data from four subgraphs
       { employees { id details { forename } hobbies { __typename } products } }

    2. A field that fails for one employee: partial data, one error
       { employees { id rootFieldThrowsError } }

    3. An entity fetch that fails for some employees
       { employees { id fieldThrowsError } }

  To break a subgraph, send the header  x-fault: products:html
  (refuse, reset, status=502, html, empty, bad-json, not-graphql, slow=MS, cut; without a name: all of them).

  The playground's tabs hold failing queries with the header prepared.

  Ctrl-C stops everything.
`;

interface Cli {
  runCli(argv: readonly string[]): Promise<number>;
}

function isCli(module: unknown): module is Cli {
  return typeof module === 'object' && module !== null && 'runCli' in module && typeof module.runCli === 'function';
}

/** Runs demo and router until the router ends, and returns its exit code. */
async function main(): Promise<number> {
  // The demo is compiled into a folder beside the router's own, so the path cannot be a static import.
  const cli: unknown = await import(new URL('../cli/index.js', import.meta.url).href);
  if (!isCli(cli)) throw new Error('dist/cli/index.js has no runCli; run `npm run build` first');
  const demo = await startDemo();
  const stopWaiting = new AbortController();
  try {
    // Relative, since problems and the inspector name it like this.
    const config = relative('.', fileURLToPath(new URL('../../router.config.yaml', import.meta.url)));
    // `npm start -- --config more.yaml` lays further files over the demo's own.
    const running = cli.runCli(['start', '--config', config, ...process.argv.slice(2)]);
    void announce(stopWaiting.signal);
    return await running;
  } finally {
    stopWaiting.abort();
    await demo.close();
  }
}

/** Prints the welcome once the router says that it is ready. */
async function announce(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const ready = await fetch('http://localhost:3002/health/ready', { signal }).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) {
      process.stdout.write(WELCOME);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50).unref());
  }
}

function explain(reason: unknown): string {
  if (reason instanceof Error && 'code' in reason && reason.code === 'EADDRINUSE')
    return `${reason.message}: another program listens there; stop it and start again`;
  return reason instanceof Error ? reason.message : String(reason);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await main();
  } catch (reason) {
    process.stderr.write(`candor demo: ${explain(reason)}\n`);
    process.exitCode = 1;
  }
}
