/** `npm start`: the four demo subgraphs and, before them, the router on its real main path; or, when asked, the subgraphs alone. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDemoSubgraph, DEMO_NAMES, type DemoName, type DemoSubgraph } from './server.ts';
import { originOf, type ServedConfig, welcome } from './welcome.ts';

export const DEMO_PORTS: Readonly<Record<DemoName, number>> = { employees: 4001, family: 4002, hobbies: 4003, products: 4004 };
export const ANY_PORT: typeof DEMO_PORTS = { employees: 0, family: 0, hobbies: 0, products: 0 };

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

/** For who starts a router of their own, with `node dist/demo/start.js --subgraphs-only`. */
const SUBGRAPHS_ONLY = '--subgraphs-only';

/** What is printed when they serve without the demo's router. */
export function announceSubgraphs({ subgraphs }: Pick<Demo, 'subgraphs'>): string {
  const lines = subgraphs.map(({ name, url }) => `  ${name.padEnd(10)} ${url}\n`);
  return `The demo's subgraphs are ready, without a router:\n${lines.join('')}`;
}

interface Cli {
  runCli(argv: readonly string[]): Promise<number>;
}

function isCli(module: unknown): module is Cli {
  return typeof module === 'object' && module !== null && 'runCli' in module && typeof module.runCli === 'function';
}

interface ConfigSource {
  loadConfigFiles(
    files: readonly string[],
  ): { readonly ok: true; readonly value: { readonly config: ServedConfig } } | { readonly ok: false };
}

function isConfigSource(module: unknown): module is ConfigSource {
  return typeof module === 'object' && module !== null && 'loadConfigFiles' in module && typeof module.loadConfigFiles === 'function';
}

/** A module of the router. The demo is compiled into a folder beside the router's own, so the path cannot be a static import. */
function importRouter(path: string): Promise<unknown> {
  return import(new URL(`../cli/${path}`, import.meta.url).href);
}

/** Runs demo and router until the router ends, and returns the exit code. */
async function main(): Promise<number> {
  if (process.argv.includes(SUBGRAPHS_ONLY)) {
    process.stdout.write(announceSubgraphs(await startDemo())); // their servers keep the process alive
    return 0;
  }
  const cli = await importRouter('index.js');
  if (!isCli(cli)) throw new Error('dist/cli/index.js has no runCli; run `npm run build` first');
  const demo = await startDemo();
  const stopWaiting = new AbortController();
  try {
    // Relative, since problems and the inspector name it like this.
    const config = relative('.', fileURLToPath(new URL('../../router.config.yaml', import.meta.url)));
    // `npm start -- --config more.yaml` lays further files over the demo's own.
    const args = ['--config', config, ...process.argv.slice(2)];
    const running = cli.runCli(['start', ...args]);
    void announce(args, stopWaiting.signal);
    return await running;
  } finally {
    stopWaiting.abort();
    await demo.close();
  }
}

/** Prints the welcome once the router says that it is ready. What is wrong with the command line or its files the router tells itself. */
async function announce(args: readonly string[], signal: AbortSignal): Promise<void> {
  const source = await importRouter('config-source.js');
  const { values } = parseArgs({ args: [...args], options: { config: { type: 'string', short: 'c', multiple: true } }, strict: false });
  const files = (values.config ?? []).filter((file) => typeof file === 'string');
  const loaded = isConfigSource(source) ? source.loadConfigFiles(files) : null;
  if (loaded?.ok !== true) return;
  const { config } = loaded.value;
  if (config.listenAddr.port === 0) return; // any free one: only the router's log knows which
  const readiness = originOf(config.listenAddr) + config.readinessCheckPath;
  while (!signal.aborted) {
    const ready = await fetch(readiness, { signal }).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) {
      process.stdout.write(welcome(config));
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
