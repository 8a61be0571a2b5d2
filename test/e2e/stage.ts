/** A real router on a free port, before real subgraphs on free ports. */
import { createServer } from 'node:http';
import { type CreateRouterOptions, createRouter, type Router } from '../../src/index.ts';
import { DEMO_NAMES, readSchema } from '../../subgraphs/server.ts';
import { ANY_PORT, startDemo } from '../../subgraphs/start.ts';
import { listen } from '../support/listen.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

/** As loosely typed as a test needs it: it looks at what it expects by name. */
export interface Body {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly locations?: readonly object[];
    readonly extensions?: { readonly code?: unknown };
  }[];
  readonly extensions?: Record<string, unknown>;
}

export type LogLine = Readonly<Record<string, unknown>>;

export interface PostOptions {
  readonly variables?: object;
  readonly operationName?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Stage {
  readonly router: Router;
  readonly lines: readonly LogLine[];
  /** As it was at the start. */
  readonly endpoint: string;
  post(query: string, options?: PostOptions): Promise<Answer>;
  /** Resolves with the first log line, past or future, that says this. */
  logged(message: string, skip?: number): Promise<LogLine>;
  close(): Promise<void>;
}

export type Config = Readonly<Record<string, unknown>>;

const BASE: Config = {
  listen_addr: '127.0.0.1:0',
  grace_period: '50ms',
  shutdown_notice: '0s',
  telemetry: { metrics: { prometheus: { enabled: false } } },
};

/** Starts a router; the configuration is completed by a free port and no metrics. */
export async function startStage(options: CreateRouterOptions, onClose: () => Promise<unknown> = async () => undefined): Promise<Stage> {
  const lines: LogLine[] = [];
  const wakers = new Set<() => void>();
  const logSink = {
    write: (text: string) => {
      lines.push(JSON.parse(text));
      for (const wake of wakers) wake();
    },
  };
  const config = options.config === undefined ? {} : { config: { ...BASE, ...options.config } };
  const router = await createRouter({ ...options, ...config, logSink });
  if (!router.ok) {
    await onClose();
    throw new Error(router.error.join('\n'));
  }
  const { value } = router;
  return {
    router: value,
    lines,
    endpoint: `${value.url}/graphql`,
    post: (query, post) => postTo(`${value.url}/graphql`, query, post),
    logged: async (message, skip = 0) => {
      for (;;) {
        const found = lines.filter((line) => line['msg'] === message)[skip];
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            wakers.delete(wake);
            resolve();
          };
          wakers.add(wake);
        });
      }
    },
    close: async () => {
      await value.shutdown();
      await onClose();
    },
  };
}

/** The router before the demo's four subgraphs. */
export async function startDemoStage(config: Config = {}): Promise<Stage> {
  const demo = await startDemo(ANY_PORT);
  const subgraphs = DEMO_NAMES.map((name) => ({ name, routing_url: demo.urls[name] }));
  const sdls = Object.fromEntries(DEMO_NAMES.map((name) => [name, readSchema(name)]));
  const headers = { all: { request: [{ op: 'propagate', named: 'x-fault' }] } };
  const traffic_shaping = { all: { retry: { enabled: false } } };
  return startStage({ config: { subgraphs, headers, traffic_shaping, ...config }, sdls }, () => demo.close());
}

export async function postTo(endpoint: string, query: string, options: PostOptions = {}): Promise<Answer> {
  const { headers, signal, ...rest } = options;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, ...rest }),
    ...(signal !== undefined && { signal }),
  });
  return readAnswer(response);
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

export const codesOf = ({ body }: Answer): readonly unknown[] => (body.errors ?? []).map((error) => error.extensions?.code);

export interface SubgraphRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface TestSubgraph {
  readonly url: string;
  readonly requests: readonly SubgraphRequest[];
  /** Resolves when that many requests have come, now or later. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A subgraph whose answers are the test's: a value for `data`, as soon as its promise resolves. */
export async function startSubgraph(answer: (request: SubgraphRequest) => unknown): Promise<TestSubgraph> {
  const requests: SubgraphRequest[] = [];
  const wakers = new Set<() => void>();
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { query, variables = {} } = JSON.parse(Buffer.concat(chunks).toString());
      const request = { query, variables, headers: incoming.headers };
      requests.push(request);
      for (const wake of wakers) wake();
      void Promise.resolve(answer(request)).then((data) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
      });
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    requests,
    arrived: async (count) => {
      while (requests.length < count) {
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            wakers.delete(wake);
            resolve();
          };
          wakers.add(wake);
        });
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const SMALL_SDL = `
  type Query { value: String  other: String  echo(id: ID, number: Float): String }
  type Mutation { bump: Int }
`;

/** The router before one subgraph, `small`, that answers as the test says. */
export async function startSmallStage(
  answer: (request: SubgraphRequest) => unknown,
  config: Config = {},
): Promise<Stage & { readonly subgraph: TestSubgraph }> {
  const subgraph = await startSubgraph(answer);
  const subgraphs = [{ name: 'small', routing_url: subgraph.url }];
  const stage = await startStage({ config: { subgraphs, ...config }, sdls: { small: SMALL_SDL } }, () => subgraph.close());
  return { ...stage, subgraph };
}

export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

const ignore = (): void => undefined;

export function deferred<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = ignore;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Clients that send one request after the other until they are stopped; the first that fails fails all. */
export class Load {
  answered = 0;
  #isOver = false;
  readonly #waiting = new Set<{ readonly target: number; readonly reached: () => void }>();
  readonly #clients: Promise<unknown>;

  constructor(clients: number, request: () => Promise<void>) {
    const run = async (): Promise<void> => {
      while (!this.#isOver) {
        await request();
        this.answered++;
        for (const { target, reached } of this.#waiting) if (this.answered >= target) reached();
      }
    };
    this.#clients = Promise.all(Array.from({ length: clients }, run));
  }

  /** Resolves when that many more requests have been answered. */
  async more(count: number): Promise<void> {
    const { promise, resolve } = deferred();
    const waiting = { target: this.answered + count, reached: resolve };
    this.#waiting.add(waiting);
    await Promise.race([promise, this.#clients]);
    this.#waiting.delete(waiting);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#clients;
  }
}
