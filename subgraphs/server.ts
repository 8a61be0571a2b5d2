/** One demo subgraph: GraphQL over real HTTP, misbehaving on request. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { createResolvers as employees } from './employees/resolvers.ts';
import { createResolvers as family } from './family/resolvers.ts';
import { applyFault, parseFault, refuseFault } from './faults.ts';
import { buildSubgraphSchema, DemoError, type Resolvers } from './federation.ts';
import { createResolvers as hobbies } from './hobbies/resolvers.ts';
import { createResolvers as products } from './products/resolvers.ts';

const RESOLVERS: Readonly<Record<DemoName, () => Resolvers>> = { employees, family, hobbies, products };

export type DemoName = 'employees' | 'family' | 'hobbies' | 'products';

export const DEMO_NAMES: readonly DemoName[] = ['employees', 'family', 'hobbies', 'products'];

export interface DemoSubgraph {
  readonly name: DemoName;
  readonly port: number;
  readonly url: string;
  /** Resolves when the port is free again; open connections are cut. */
  close(): Promise<void>;
}

/** Starts a demo subgraph on the loopback interface; port 0 takes any free one. Rejects when the port is taken. */
export async function createDemoSubgraph(name: DemoName, { port }: { readonly port: number }): Promise<DemoSubgraph> {
  const sdl = readSchema(name);
  const yoga = createYoga({
    schema: buildSubgraphSchema(sdl, RESOLVERS[name]()),
    graphqlEndpoint: '/graphql',
    graphiql: { title: `Candor demo: ${name}` },
    landingPage: false,
    logging: false,
    maskedErrors: false,
    plugins: [topLevelErrorKeys],
  });
  const server = createServer((request, response) => {
    void handle(name, request, response, (req, res) => void yoga(req, res));
  });
  await listen(server, port);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`${name}: the server listens on no port`);
  return {
    name,
    port: address.port,
    url: `http://localhost:${address.port}/graphql`,
    close: () => closeServer(server),
  };
}

/** The subgraph's SDL file, which is read from the repository whether this runs compiled or from source. */
export function schemaPath(name: DemoName): URL {
  const beside = new URL(`./${name}/schema.graphql`, import.meta.url);
  return existsSync(beside) ? beside : new URL(`../../subgraphs/${name}/schema.graphql`, import.meta.url);
}

/** The subgraph's SDL. */
export function readSchema(name: DemoName): string {
  return readFileSync(schemaPath(name), 'utf8');
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function handle(name: DemoName, request: IncomingMessage, response: ServerResponse, next: Handler): Promise<void> {
  const header = request.headers['x-fault'];
  const asked = parseFault(typeof header === 'string' ? header : '', name, DEMO_NAMES);
  try {
    if (asked.kind === 'unknown') return await refuseFault(asked.message, request, response);
    if (asked.kind === 'fault' && (await applyFault(asked.fault, request, response))) return;
    if (!response.destroyed) next(request, response);
  } catch {
    response.destroy(); // the peer went away while its request was being read
  }
}

/** Puts a `DemoError`'s own keys beside `message`; graphql-js prints only the specified ones. */
const topLevelErrorKeys: Plugin = {
  onExecute: () => ({
    onExecuteDone({ result, setResult }) {
      if (!isResult(result) || result.errors === undefined) return;
      // A plain object is what is written to the wire anyway, and graphql-yoga leaves it as it is.
      setResult({ ...result, errors: result.errors.map(printError) });
    },
  }),
};

function isResult(result: unknown): result is ExecutionResult {
  return typeof result === 'object' && result !== null && !(Symbol.asyncIterator in result);
}

function printError(error: GraphQLError): object {
  const original = error.originalError;
  return { ...error.toJSON(), ...(original instanceof DemoError ? original.topLevel : {}) };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, 'localhost', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
