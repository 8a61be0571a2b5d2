/** The whole router under random faults and reloads for a while: nothing may break, get lost or pile up. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { Agent, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRouter, type Router } from '../../src/index.ts';
import { DEMO_NAMES, schemaPath } from '../../subgraphs/server.ts';
import { ANY_PORT, type Demo, startDemo } from '../../subgraphs/start.ts';
import { createRandom, type Random } from './random.ts';
import { faultOfResponse, randomRequest, type SoakRequest } from './traffic.ts';

export interface SoakOptions {
  readonly durationMs: number;
  readonly seed: number;
  readonly clients: number;
  readonly reloadEveryMs: number;
  /** When the heap is measured that the last one is compared with. */
  readonly warmUpMs: number;
  /** Called about once a second. */
  onProgress?(report: SoakReport): void;
}

export interface SoakReport {
  readonly seed: number;
  readonly seconds: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Clients that hung up on purpose. */
  readonly left: number;
  readonly faultsByKind: Readonly<Record<string, number>>;
  readonly reloads: { readonly applied: number; readonly refused: number };
  /** Requests without an answer that nobody gave up. */
  readonly lost: readonly string[];
  /** Answers that are no GraphQL. */
  readonly invalid: readonly string[];
  /** Rejections, exceptions and bugs that the router logged. */
  readonly bugs: readonly string[];
  readonly heapStartBytes: number;
  readonly heapEndBytes: number;
  /** Sockets, servers and timers after everything was closed, beyond those before. */
  readonly leaked: Readonly<Record<string, number>>;
}

/** What makes a report a bad one, each with its particulars; nothing for a run that held out. */
export function problemsOf(report: SoakReport): readonly string[] {
  const { lost, invalid, bugs, leaked, requests, reloads, heapStartBytes, heapEndBytes } = report;
  return [
    ...lost.map((text) => `lost: ${text}`),
    ...invalid.map((text) => `invalid: ${text}`),
    ...bugs.map((text) => `bug: ${text}`),
    ...Object.entries(leaked).map(([name, count]) => `leaked: ${count} ${name}`),
    ...(requests > 50 ? [] : [`only ${requests} requests`]),
    ...(reloads.applied > 0 ? [] : ['no reload was applied']),
    // A heap that was never measured is no small one.
    ...(heapEndBytes < heapStartBytes * 1.2 ? [] : [`the heap grew from ${heapStartBytes} to ${heapEndBytes} bytes`]),
  ];
}

/** Runs for as long as it is told and closes everything. The same seed makes the same requests, and the same reloads, in the same order. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const before = activeResources();
  const soak = new Soak(options);
  const report = await soak.run();
  return { ...report, leaked: await leakedSince(before) };
}

/** Many times what the router gives its subgraphs; a request that takes longer is lost. */
const ANSWER_MS = 10_000;

class Soak {
  readonly #options: SoakOptions;
  /** Of the clients alone: when reloads come is up to the clock. */
  readonly #random: Random;
  readonly #reloadRandom: Random;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #startedAt = performance.now();
  readonly #faultsByKind: Record<string, number> = {};
  readonly #lost: string[] = [];
  readonly #invalid: string[] = [];
  readonly #bugs: string[] = [];
  readonly #reloads = { applied: 0, refused: 0 };
  #requests = 0;
  #left = 0;
  #heapStartBytes = 0;
  #isOver = false;

  constructor(options: SoakOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    this.#reloadRandom = createRandom(options.seed + 1);
  }

  async run(): Promise<SoakReport> {
    const onBug = (reason: unknown): void => void this.#bugs.push(String(reason));
    process.on('unhandledRejection', onBug).on('uncaughtException', onBug);
    const ends: (() => unknown)[] = [() => process.removeListener('unhandledRejection', onBug).removeListener('uncaughtException', onBug)];
    try {
      const demo = await startDemo(ANY_PORT);
      ends.push(() => demo.close());
      const folder = await mkdtemp(join(tmpdir(), 'soak-'));
      ends.push(() => rm(folder, { recursive: true }));
      const files = new ConfigFile(folder, demo);
      await files.write(this.#reloadRandom);
      const router = await this.#startRouter(files.path);
      ends.push(
        () => this.#agent.destroy(),
        () => router.shutdown(),
      );
      const clients = Array.from({ length: this.#options.clients }, () => this.#client(router));
      await Promise.all([...clients, this.#reloader(router, files), this.#clock()]);
      return this.#report(heapBytes());
    } finally {
      this.#isOver = true;
      for (const end of ends.toReversed()) await end();
    }
  }

  async #startRouter(path: string): Promise<Router> {
    const logSink = {
      write: (line: string): void => {
        if (/bug of the router|failed unexpectedly|unexpected rejection/.test(line)) this.#bugs.push(line);
      },
    };
    const router = await createRouter({ configFiles: [path], env: {}, logSink });
    if (!router.ok) throw new Error(router.error.join('\n'));
    return router.value;
  }

  #report(heapEndBytes: number): SoakReport {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    return {
      seed: this.#options.seed,
      seconds: Math.round(seconds),
      requests: this.#requests,
      requestsPerSecond: Math.round(this.#requests / seconds),
      left: this.#left,
      faultsByKind: this.#faultsByKind,
      reloads: this.#reloads,
      lost: this.#lost,
      invalid: this.#invalid,
      bugs: this.#bugs,
      heapStartBytes: this.#heapStartBytes,
      heapEndBytes,
      leaked: {},
    };
  }

  async #client(router: Router): Promise<void> {
    while (!this.#isOver) {
      const request = randomRequest(this.#random);
      this.#requests++;
      for (const kind of request.fault?.kinds ?? []) this.#faultsByKind[kind] = (this.#faultsByKind[kind] ?? 0) + 1;
      try {
        const text = await this.#post(`${router.url}/graphql`, request);
        const problem = faultOfResponse(text);
        if (problem !== null) this.#invalid.push(`${problem}: ${text.slice(0, 500)}`);
      } catch (error) {
        if (request.leaves) this.#left++;
        else this.#lost.push(`${String(error)}: ${request.body}`);
      }
    }
  }

  #post(url: string, { body, fault, leaves }: SoakRequest): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'x-fault': fault?.header ?? 'none' };
      const outgoing = send(url, { method: 'POST', agent: this.#agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(Buffer.concat(chunks).toString()));
      });
      outgoing.on('error', reject);
      outgoing.setTimeout(ANSWER_MS, () => outgoing.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
      outgoing.end(body, () => {
        if (leaves) outgoing.destroy(new Error('the client left'));
      });
    });
  }

  async #reloader(router: Router, files: ConfigFile): Promise<void> {
    while (!this.#isOver) {
      await delay(Math.min(this.#options.reloadEveryMs, Math.max(1, this.#remainingMs())));
      const isBroken = this.#reloadRandom.next() < 0.25;
      await (isBroken ? files.writeBroken() : files.write(this.#reloadRandom));
      const problems = await router.reload();
      if (problems.length === 0) this.#reloads.applied++;
      else this.#reloads.refused++;
      if (problems.length > 0 !== isBroken) this.#bugs.push(`reload of a ${isBroken ? 'broken' : 'good'} file: ${problems.join(', ')}`);
    }
  }

  async #clock(): Promise<void> {
    while (this.#remainingMs() > 0) {
      await delay(Math.min(1_000, this.#remainingMs()));
      const isWarm = performance.now() - this.#startedAt >= this.#options.warmUpMs;
      if (this.#heapStartBytes === 0 && isWarm) this.#heapStartBytes = heapBytes();
      this.#options.onProgress?.(this.#report(0));
    }
    this.#isOver = true;
  }

  #remainingMs(): number {
    return this.#options.durationMs - (performance.now() - this.#startedAt);
  }
}

/** The router's configuration, which changes with every reload. */
class ConfigFile {
  readonly path: string;
  readonly #demo: Demo;

  constructor(folder: string, demo: Demo) {
    this.path = join(folder, 'router.config.yaml');
    this.#demo = demo;
  }

  write(random: Random): Promise<void> {
    const names = DEMO_NAMES.map((name) => ({
      name,
      routing_url: this.#demo.urls[name],
      schema: { file: fileURLToPath(schemaPath(name)) },
    }));
    return this.#replace({
      listen_addr: '127.0.0.1:0',
      telemetry: { metrics: { prometheus: { enabled: false } } },
      log_level: 'error',
      headers: { all: { request: [{ op: 'propagate', named: 'x-fault' }] } },
      traffic_shaping: {
        all: {
          request_timeout: '300ms',
          retry: { enabled: random.next() < 0.5, max_attempts: 2, interval: '5ms', max_duration: '10ms' },
          circuit_breaker: { enabled: random.next() < 0.3, sleep_window: '500ms' },
        },
      },
      subgraph_error_propagation: { mode: random.pick(['wrapped', 'pass-through']), omit_extensions: random.next() < 0.3 },
      engine: { enable_single_flight: random.next() < 0.5, enable_inbound_request_deduplication: random.next() < 0.5 },
      subgraphs: names,
    });
  }

  writeBroken(): Promise<void> {
    return this.#replace({ subgraphs: [{ name: 'employees' }], lissen_addr: 'x' });
  }

  /** As a whole, as editors and mounts do. */
  async #replace(config: object): Promise<void> {
    await writeFile(`${this.path}.new`, JSON.stringify(config));
    await rename(`${this.path}.new`, this.path);
  }
}

/** After a full collection. */
function heapBytes(): number {
  setFlagsFromString('--expose_gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().heapUsed;
}

const WATCHED = ['TCPSocketWrap', 'TCPServerWrap', 'Timeout'];

function activeResources(): ReadonlyMap<string, number> {
  const names = process.getActiveResourcesInfo();
  return new Map(WATCHED.map((watched) => [watched, names.filter((name) => name === watched).length]));
}

/** Sockets take a turn or two to close; what is still there after two seconds is a leak. */
async function leakedSince(before: ReadonlyMap<string, number>): Promise<Readonly<Record<string, number>>> {
  const deadline = performance.now() + 2_000;
  for (;;) {
    const leaked = [...activeResources()]
      .map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
      .filter(([, count]) => count > 0);
    if (leaked.length === 0 || performance.now() > deadline) return Object.fromEntries(leaked);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
