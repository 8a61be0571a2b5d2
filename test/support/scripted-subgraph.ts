/** HTTP servers that answer by script: right, wrong, half, or not at all. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { portOf } from './listen.ts';
import {
  answerRepresentations,
  type BodyFaultEntry,
  type GraphqlParams,
  type HealthyOptions,
  isRefused,
  kindOf,
  parseParams,
  type ReplyEntry,
  type Script,
  type ScriptEntry,
  ScriptReader,
} from './script.ts';

/** Answers a well-formed request with a JSON body, as the real subgraph would. */
export type HealthyAnswer = (params: GraphqlParams, options: HealthyOptions) => Promise<string>;

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Null when the body was no GraphQL request. */
  readonly params: GraphqlParams | null;
}

/** One server. Its script may be replaced between scenarios, so that a router in front of it can be kept. */
export class ScriptedSubgraph {
  readonly name: string;
  readonly #server: Server;
  readonly #fleet: Fleet;
  readonly #healthy: HealthyAnswer | null;
  #reader: ScriptReader = new ScriptReader([]);
  #requests: RecordedRequest[] = [];
  #problems: string[] = [];
  #gate: Promise<void> = Promise.resolve();
  #port = 0;
  #connections = 0;

  constructor(name: string, fleet: Fleet, healthy: HealthyAnswer | null) {
    this.name = name;
    this.#fleet = fleet;
    this.#healthy = healthy;
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.on('connection', (socket) => {
      this.#connections++;
      socket.once('close', () => this.#connections--);
    });
  }

  /** Without a port: any free one. */
  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = portOf(this.#server);
  }

  /** Stands where nobody ever listens. A port that was freed again could meanwhile be given to a server of another test. */
  refuse(): void {
    this.#port = CLOSED_PORT;
  }

  /** Frees the port but remembers it: from now on the subgraph refuses connections. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/graphql`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#connections;
  }

  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /** Requests that no entry of the script was for; such a scenario has failed. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Starts a scenario: a fresh script, nothing recorded. */
  play(script: Script): void {
    this.#reader = new ScriptReader(script);
    this.forget();
    this.#problems = [];
  }

  /** Forgets the requests so far, but not which entries were used. */
  forget(): void {
    this.#requests = [];
  }

  /** Holds every answer back until the returned function is called. */
  hold(): () => void {
    let release: (() => void) | undefined;
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return () => release?.();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readText(request);
      const params = parseParams(body);
      this.#requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body, params });
      this.#fleet.noteRequest(this.name);
      const entry = params === null ? undefined : this.#reader.next(kindOf(params));
      if (entry?.after !== undefined) await Promise.all(entry.after.map((name) => this.#fleet.answered(name)));
      if (entry?.lateByMs !== undefined) await delay(entry.lateByMs);
      await this.#gate;
      await this.#answer(entry, params, request, response);
    } catch (error) {
      // Either the peer went away while it was being read, or a script is wrong; the second must be seen.
      if (request.complete) this.#problems.push(`${this.name}: ${String(error)}`);
      response.destroy();
    } finally {
      this.#fleet.noteAnswer(this.name);
    }
  }

  async #answer(entry: ScriptEntry | undefined, params: GraphqlParams | null, request: IncomingMessage, response: ServerResponse) {
    if (entry === undefined || params === null) {
      this.#problems.push(`${this.name}: no entry of the script fits ${params?.query ?? 'what is no GraphQL request'}`);
      response.writeHead(599).end();
    } else if ('reply' in entry) {
      await sendReply(response, entry.reply);
    } else if ('representationsReply' in entry) {
      const { status = 200, entities } = entry.representationsReply;
      await sendReply(response, { status, body: answerRepresentations(params, entities) });
    } else if ('healthy' in entry) {
      if (this.#healthy === null) throw new Error('no fixture says what a healthy answer is');
      await sendReply(response, { status: 200, body: await this.#healthy(params, entry.healthy) });
    } else {
      misbehave(entry, request, response);
    }
  }
}

/** Far below the ports that servers of tests are given, and reserved. */
const CLOSED_PORT = 1022;

/** The subgraphs of one graph, and who has answered so far. */
export class Fleet {
  readonly #subgraphs = new Map<string, ScriptedSubgraph>();
  readonly #answers = new Map<string, Signal>();
  readonly #requests = new Map<string, Signal>();

  /**
   * Starts one server per name, on any free port or the one given. Nobody listens where a script says `refused`.
   */
  static async start(
    scripts: Readonly<Record<string, Script>>,
    healthy: Readonly<Record<string, HealthyAnswer | null>> = {},
    ports: Readonly<Record<string, number>> = {},
  ): Promise<Fleet> {
    const fleet = new Fleet();
    for (const [name, script] of Object.entries(scripts)) {
      const subgraph = new ScriptedSubgraph(name, fleet, healthy[name] ?? null);
      fleet.#subgraphs.set(name, subgraph);
      // oxlint-disable-next-line eslint/no-await-in-loop
      if (!isRefused(script)) await subgraph.listen(ports[name]);
      else subgraph.refuse();
      subgraph.play(script);
    }
    return fleet;
  }

  get(name: string): ScriptedSubgraph {
    const subgraph = this.#subgraphs.get(name);
    if (subgraph === undefined) throw new Error(`no subgraph is called ${name}`);
    return subgraph;
  }

  get names(): readonly string[] {
    return [...this.#subgraphs.keys()];
  }

  get urls(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#subgraphs].map(([name, subgraph]) => [name, subgraph.url]));
  }

  /** Requests that each subgraph has received since the last `play` or `forget`. */
  get calls(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#subgraphs].map(([name, subgraph]) => [name, subgraph.requests.length]));
  }

  get problems(): readonly string[] {
    return [...this.#subgraphs.values()].flatMap((subgraph) => subgraph.problems);
  }

  play(scripts: Readonly<Record<string, Script>>): void {
    this.#answers.clear();
    this.#requests.clear();
    for (const [name, subgraph] of this.#subgraphs) subgraph.play(scripts[name] ?? []);
  }

  forget(): void {
    for (const subgraph of this.#subgraphs.values()) subgraph.forget();
  }

  /** Resolves when the subgraph has answered its first request since `play`. */
  answered(name: string): Promise<void> {
    return signalOf(this.#answers, name).promise;
  }

  /** Resolves when the subgraph has received its first request since `play`. */
  asked(name: string): Promise<void> {
    return signalOf(this.#requests, name).promise;
  }

  noteAnswer(name: string): void {
    signalOf(this.#answers, name).fire();
  }

  noteRequest(name: string): void {
    signalOf(this.#requests, name).fire();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subgraphs.values()].map((subgraph) => subgraph.close()));
  }
}

/** A promise that someone else resolves. */
class Signal {
  #resolve: (() => void) | undefined;
  readonly promise = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  fire(): void {
    this.#resolve?.();
  }
}

function signalOf(signals: Map<string, Signal>, name: string): Signal {
  const signal = signals.get(name) ?? new Signal();
  signals.set(name, signal);
  return signal;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

type Reply = ReplyEntry['reply'];

async function sendReply(response: ServerResponse, reply: Reply): Promise<void> {
  const plain = reply.bodyBase64 === undefined ? Buffer.from(textOf(reply), 'utf8') : Buffer.from(reply.bodyBase64, 'base64');
  const body = reply.encoding === undefined ? plain : compress(plain, reply.encoding);
  const headers: Record<string, string | string[]> = { 'content-type': 'application/json' };
  if (reply.encoding !== undefined) headers['content-encoding'] = reply.encoding;
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    if (value === null) delete headers[name];
    else headers[name] = typeof value === 'string' ? value : [...value];
  }
  if (reply.status === 204 || reply.status === 304) {
    response.writeHead(reply.status, headers).end();
  } else if (reply.endless === true) {
    await sendEndlessly(response.writeHead(reply.status, headers), body);
  } else if (reply.drip === true) {
    response.writeHead(reply.status, headers);
    for (const byte of body) {
      response.write(Buffer.of(byte));
      // Each byte is a chunk of its own only when it leaves before the next one is written.
      // oxlint-disable-next-line eslint/no-await-in-loop
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  } else {
    response.writeHead(reply.status, { ...headers, 'content-length': body.length }).end(body);
  }
}

function textOf({ body = '', repeat }: Reply): string {
  return repeat === undefined ? body : (repeat.before ?? '') + repeat.text.repeat(repeat.count) + (repeat.after ?? '');
}

async function sendEndlessly(response: ServerResponse, chunk: Buffer): Promise<void> {
  let wake: (() => void) | undefined;
  response.on('drain', () => wake?.()).once('close', () => wake?.());
  while (!response.destroyed) {
    if (response.write(chunk)) continue;
    // Whichever comes first: room for more, or the peer's good-bye.
    // oxlint-disable-next-line eslint/no-await-in-loop
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

function compress(body: Buffer, encoding: 'gzip' | 'deflate' | 'br'): Buffer {
  if (encoding === 'gzip') return gzipSync(body);
  return encoding === 'br' ? brotliCompressSync(body) : deflateSync(body);
}

function misbehave(entry: Extract<ScriptEntry, { readonly fault: string }>, request: IncomingMessage, response: ServerResponse): void {
  switch (entry.fault) {
    case 'refused': // The port is closed; nobody gets here.
    case 'timeout':
      return;
    case 'reset':
      if (request.socket instanceof Socket) request.socket.resetAndDestroy();
      return;
    case 'cut-body':
      sendHalf(response, entry, () => response.socket?.end());
      return;
    case 'stall-body':
      sendHalf(response, entry, () => {});
  }
}

function sendHalf(response: ServerResponse, { status, headers, body }: BodyFaultEntry, then: () => void): void {
  const length = Buffer.byteLength(body) + 1000;
  response.writeHead(status, { 'content-type': 'application/json', ...headers, 'content-length': length });
  response.flushHeaders();
  if (body === '') then();
  else response.write(body, then);
}
