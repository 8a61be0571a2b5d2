import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { errorDefaults } from '../config/keys/error-options.ts';
import type { GraphqlRequest, RouterResponse } from '../respond/model.ts';
import { compileResponsePolicy } from '../respond/policy.ts';
import { invariant } from '../shared/assert.ts';
import type { Cancellation } from '../shared/cancellation.ts';
import { isJsonArray, isJsonObject, parseJson } from '../shared/json.ts';
import { type HttpServer, listen } from './http-server.ts';
import { createLog } from './log.ts';
import { createRefuser } from './refusals.ts';
import { NO_FACTS, type RequestRecord, type ServerSettings, type ServerState } from './service.ts';

const SETTINGS: ServerSettings = {
  graphqlPath: '/graphql',
  playgroundPath: '/',
  playgroundTabs: [],
  healthPath: '/health',
  readinessPath: '/health/ready',
  livenessPath: '/health/live',
  maxBodyBytes: 1_000,
  requestTimeoutMs: 10_000,
  maxConcurrentRequests: 0,
  cors: { enabled: true, allowOrigins: ['*'], allowCredentials: false, maxAgeSeconds: 300 },
};

const POLICY = compileResponsePolicy({
  compatibility: 'none',
  subgraphErrorPropagation: errorDefaults('none'),
  response: { completenessHeader: null, partialStatus: 200, allFailedStatus: 200, validationStatus: 'auto' },
  subgraphExtensionPropagation: { enabled: false, allowedExtensionFields: [], algorithm: 'first_write' },
});

type Handle = (request: GraphqlRequest) => Promise<RouterResponse> | RouterResponse;

const echo: Handle = ({ mediaType, query, variables }) => ({
  status: 200,
  headers: [['content-type', `${mediaType}; charset=utf-8`]],
  body: JSON.stringify({ data: { query, variables } }),
});

function stateOf(handle: Handle | null, settings: Partial<ServerSettings> = {}): ServerState {
  return {
    settings: { ...SETTINGS, ...settings },
    refuse: createRefuser(POLICY),
    inspector: null,
    service: handle === null ? null : { handle: async (request) => ({ response: await handle(request), facts: NO_FACTS }) },
  };
}

const ignore = (): void => undefined;

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = ignore;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const open: HttpServer[] = [];
const records: RequestRecord[] = [];
const lines: string[] = [];

async function start(handle: Handle | null = echo, settings: Partial<ServerSettings> = {}): Promise<HttpServer> {
  const server = await listen({
    address: { host: 'localhost', port: 0 },
    state: stateOf(handle, settings),
    log: createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) }),
    onServed: (record) => records.push(record),
  });
  invariant(server.ok, 'a free port can be bound');
  open.push(server.value);
  return server.value;
}

/** A server that holds what it is asked: `entered` when the first request is there, `gone` when the client of one has left. */
async function startHolding(body = '', settings: Partial<ServerSettings> = {}) {
  const [entered, gone, released] = [deferred<void>(), deferred<void>(), deferred<void>()];
  const server = await start(async ({ signal }) => {
    signal.add({ onAbort: () => gone.resolve() });
    entered.resolve();
    await Promise.race([released.promise, gone.promise]);
    return { status: 200, headers: [], body };
  }, settings);
  return { server, entered: entered.promise, gone: gone.promise, release: () => released.resolve() };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.drain(0)));
  records.length = 0;
  lines.length = 0;
});

const JSON_HEADERS = { 'content-type': 'application/json' };
const post = (server: HttpServer, body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}/graphql`, { method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body });
const codeOf = async (response: Response): Promise<unknown> => {
  const body = parseJson(await response.text());
  invariant(body.ok && isJsonObject(body.value) && isJsonArray(body.value['errors']), 'the answer holds errors');
  const [error] = body.value['errors'];
  invariant(isJsonObject(error) && isJsonObject(error['extensions']), 'the error has extensions');
  return error['extensions']['code'];
};

/** Everything that a bare socket gets back until the server closes it. */
function converse(server: HttpServer, text: string, last: 'end' | 'write' = 'write'): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true }, () => socket[last](text));
    socket
      .on('data', (chunk) => (received += String(chunk)))
      .on('end', () => socket.end())
      .on('close', () => resolve(received))
      .on('error', reject);
  });
}

const CHUNKED = 'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';

describe('GraphQL over HTTP', () => {
  it('hands a POST over and writes the answer as it is', async () => {
    const server = await start();
    const response = await post(server, '{"query":"{ ü }","variables":{"a":1}}');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const text = await response.text();
    expect(text).toBe('{"data":{"query":"{ ü }","variables":{"a":1}}}');
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  });

  it('hands a GET over, and answers HEAD without the body', async () => {
    const server = await start();
    const url = `${server.url}/graphql?query=%7Ba%7D`;
    expect(await (await fetch(url)).json()).toEqual({ data: { query: '{a}', variables: null } });
    const head = await fetch(url, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(10);
    expect(await head.text()).toBe('');
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['identity', (bytes: Buffer) => bytes],
  ] as const)('decodes a %s body', async (encoding, encode) => {
    const server = await start();
    const response = await post(server, Buffer.from(encode(Buffer.from('{"query":"{ a }"}'))), { 'content-encoding': encoding });
    expect(await response.json()).toEqual({ data: { query: '{ a }', variables: null } });
  });

  it('passes on every line of a repeated header', async () => {
    const headers = [
      ['content-type', 'application/json'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ] as const;
    const server = await start(() => ({ status: 200, headers, body: '{}' }));
    expect((await post(server, '{"query":"{ a }"}')).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('tells the router when the client has gone', async () => {
    const seen = deferred<Cancellation>();
    const aborted = deferred<void>();
    const server = await start(async ({ signal }) => {
      signal.add({ onAbort: () => aborted.resolve() });
      seen.resolve(signal);
      await aborted.promise;
      return { status: 200, headers: [], body: '' };
    });
    const client = new AbortController();
    const answer = fetch(`${server.url}/graphql?query={a}`, { signal: client.signal }).catch(() => 'aborted');
    expect((await seen.promise).aborted).toBe(false);
    client.abort();
    await aborted.promise;
    expect(await answer).toBe('aborted');
    await nextTurn();
    expect(records).toMatchObject([{ status: 499 }]);
  });

  it.each([
    'GET /graphql?query={b} HTTP/1.1\r\nhost: x\r\n\r\n',
    'CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n',
  ])('tells the router of every request of a client that has gone, also before %j', async (behind) => {
    const expected = behind.startsWith('GET') ? 2 : 1;
    const entered = Array.from({ length: expected }, () => deferred<void>());
    const aborted: Promise<void>[] = [];
    const server = await start(async ({ signal }) => {
      const gone = deferred<void>();
      signal.add({ onAbort: () => gone.resolve() });
      entered[aborted.push(gone.promise) - 1]?.resolve();
      await gone.promise;
      return { status: 200, headers: [], body: '' };
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`GET /graphql?query={a} HTTP/1.1\r\nhost: x\r\n\r\n${behind}`);
    await Promise.all(entered.map(({ promise }) => promise));
    socket.destroy();
    await Promise.all(aborted);
    expect(aborted).toHaveLength(expected);
  });
});

describe('refusals', () => {
  it.each([
    ['no JSON', '{', {}, 400, 'BAD_REQUEST'],
    ['a batch', '[]', {}, 400, 'UNSUPPORTED_OPERATION'],
    ['a form', 'query={a}', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['an unknown encoding', '{}', { 'content-encoding': 'zstd' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['an encoding that is a name of Object', '{}', { 'content-encoding': 'constructor' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a lie about the encoding', '{}', { 'content-encoding': 'gzip' }, 400, 'BAD_REQUEST'],
    ['an unacceptable accept', '{"query":"{a}"}', { accept: 'text/html' }, 406, 'NOT_ACCEPTABLE'],
    ['a body beyond the limit', `{"query":"${'x'.repeat(1_000)}"}`, {}, 413, 'REQUEST_TOO_LARGE'],
  ] as const)('answers %s', async (_name, body, headers, status, code) => {
    const server = await start();
    const response = await post(server, body, headers);
    expect(response.status).toBe(status);
    expect(await codeOf(response)).toBe(code);
  });

  it('applies the limit to what a small body unpacks to', async () => {
    const server = await start();
    const response = await post(server, gzipSync(Buffer.alloc(1_000_000, 32)), { 'content-encoding': 'gzip' });
    expect(await codeOf(response)).toBe('REQUEST_TOO_LARGE');
  });

  it('answers a client that goes on sending 20 MB', async () => {
    const server = await start();
    const response = await post(server, Buffer.alloc(20_000_000, 32));
    expect(response.status).toBe(413);
    expect(response.headers.get('connection')).toBe('close');
    expect(await codeOf(response)).toBe('REQUEST_TOO_LARGE');
  });

  it('answers a chunked body without a length as soon as it is too large', async () => {
    const server = await start();
    const chunk = `${(2_000).toString(16)}\r\n${'x'.repeat(2_000)}\r\n`;
    const answer = await converse(
      server,
      `POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('answers a body that never ends', async () => {
    const server = await start(echo, { requestTimeoutMs: 50 });
    const answer = await converse(
      server,
      'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{',
    );
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
  });

  it('answers what is no HTTP in its own shape', async () => {
    const server = await start();
    const answer = await converse(server, 'hello\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"code":"BAD_REQUEST"');
  });

  it.each([
    ['has no Host', 'GET /health HTTP/1.1\r\n\r\n', 400, 'BAD_REQUEST'],
    ['expects what nobody knows', 'GET /health HTTP/1.1\r\nhost: a\r\nexpect: gifts\r\n\r\n', 417, 'BAD_REQUEST'],
    ['wants a tunnel', 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', 405, 'METHOD_NOT_ALLOWED'],
    ['breaks off in its head', 'GET /health HTTP/1.1\r\nhost', 400, 'BAD_REQUEST'],
    ['sends a chunk that is none', `${CHUNKED}hello\r\n`, 400, 'BAD_REQUEST'],
    ['sends another chunk that is none', `${CHUNKED}1\r\n{\r\nhello\r\n`, 400, 'BAD_REQUEST'],
  ])('answers what %s in its own shape', async (_what, text, status, code) => {
    const server = await start();
    const answer = await converse(server, text, 'end');
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [A-Z]`));
    expect(head).toContain('application/json');
    expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code } }] });
  });

  it('takes a request without Host from a client that speaks HTTP/1.0', async () => {
    const server = await start();
    expect(await converse(server, 'GET /health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('answers a good request before the bad one behind it', async () => {
    const server = await start();
    const answer = await converse(server, `GET /health HTTP/1.1\r\nhost: a\r\n\r\nhello\r\n\r\n`);
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  it.each([
    ['is no HTTP', 'hello\r\n\r\n', 400],
    ['wants a tunnel', 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', 405],
  ])('lets a request that is still in flight have its answer before what %s', async (_what, behind, status) => {
    const { server, entered, release } = await startHolding('late');
    const answer = converse(server, `GET /graphql?query={a} HTTP/1.1\r\nhost: a\r\n\r\n${behind}`);
    await entered;
    await fetch(`${server.url}/health`); // a round trip later, the server has seen what stands behind, too
    release();
    const received = await answer;
    expect(received.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', `HTTP/1.1 ${status}`]);
    expect(received).toContain('late');
  });

  it.each([
    ['CONNECT a:1', ''],
    ['GET /graphql?query={a}', 'connection: upgrade\r\nupgrade: websocket\r\n'],
  ])('survives a client that sends %s and breaks the connection', async (line, headers) => {
    const uncaught: unknown[] = [];
    const note = (error: unknown): number => uncaught.push(error);
    process.on('uncaughtException', note);
    // The request in front holds the answer back, so that the connection breaks while it is the server's turn.
    const { server, entered, gone } = await startHolding();
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`GET /graphql?query={a} HTTP/1.1\r\nhost: a\r\n\r\n${line} HTTP/1.1\r\nhost: a\r\n${headers}\r\n`);
    await entered;
    await fetch(`${server.url}/health`);
    socket.resetAndDestroy();
    await gone;
    await nextTurn();
    process.removeListener('uncaughtException', note);
    expect(uncaught).toEqual([]);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  it('speaks of what is no HTTP under the configuration of the moment', async () => {
    const server = await start();
    await server.use({ ...stateOf(echo), refuse: () => ({ status: 400, headers: [], body: 'as of now' }) });
    expect(await converse(server, 'hello\r\n\r\n')).toContain('as of now');
  });

  it('answers a head that is too large', async () => {
    const server = await start();
    expect(await converse(server, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  });

  it('names the methods it takes', async () => {
    const server = await start();
    const response = await fetch(`${server.url}/graphql`, { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS');
    expect(await codeOf(response)).toBe('METHOD_NOT_ALLOWED');
  });

  it('answers an unknown path as JSON', async () => {
    const server = await start();
    const response = await fetch(`${server.url}/nowhere`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ message: 'Nothing is here; GraphQL is at /graphql.' }] });
  });

  it('turns a bug into an error that tells nothing, a log line and an access record', async () => {
    const server = await start(() => {
      throw new Error('secret');
    });
    const response = await post(server, '{"query":"{ a }"}', { accept: 'application/graphql-response+json' });
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    expect(await response.json()).toEqual({
      errors: [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    expect(records).toMatchObject([{ status: 500, facts: { codes: ['INTERNAL_SERVER_ERROR'] } }]);
    expect(lines.join('')).toContain('request failed unexpectedly');
  });

  it('has a cap on concurrent requests', async () => {
    const { server, entered, release } = await startHolding('{}', { maxConcurrentRequests: 1 });
    const first = post(server, '{"query":"{ a }"}');
    await entered;
    const second = await post(server, '{"query":"{ a }"}');
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await codeOf(second)).toBe('SERVICE_UNAVAILABLE');
    release();
    expect((await first).status).toBe(200);
    expect((await post(server, '{"query":"{ a }"}')).status).toBe(200);
  });
});

/** What the page's script is given, which must not end the script. */
async function tabsOf(server: HttpServer): Promise<unknown> {
  const html = await (await fetch(`${server.url}/`)).text();
  const options = parseJson(/^ *(?<options>\{"title":[^<\n]*\}),$/m.exec(html)?.groups?.['options'] ?? '');
  return options.ok && isJsonObject(options.value) ? options.value['defaultTabs'] : null;
}

describe('other addresses', () => {
  it('is healthy, and ready once there is a graph', async () => {
    const server = await start(null);
    const statusOf = async (path: string): Promise<number> => (await fetch(server.url + path)).status;
    expect(await statusOf('/health/live')).toBe(200);
    expect(await statusOf('/health')).toBe(200);
    expect(await statusOf('/health/ready')).toBe(503);
    expect(await codeOf(await post(server, '{"query":"{ a }"}'))).toBe('SERVICE_UNAVAILABLE');
    await server.use(stateOf(echo));
    expect(await statusOf('/health/ready')).toBe(200);
  });

  it('serves a playground that needs nothing from elsewhere', async () => {
    const server = await start();
    const response = await fetch(`${server.url}/`);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await response.text();
    expect(html).toContain('"endpoint":"/graphql"');
    expect(html).not.toMatch(/<(?:script|link)[^>]+(?:src|href)="https?:/);
  });

  it('opens the playground with a tab that suits every graph, or with those of the configuration', async () => {
    expect(await tabsOf(await start())).toEqual([{ query: 'query {\n  __typename\n}\n' }]);
    const tab = { query: '{ a } # </script>', headers: new Map([['x-a', '1']]) };
    const tabs = await tabsOf(await start(echo, { playgroundTabs: [tab] }));
    expect(tabs).toEqual([{ query: tab.query, headers: '{\n  "x-a": "1"\n}' }]);
  });

  it('has no playground when it is off', async () => {
    const server = await start(echo, { playgroundPath: null });
    expect((await fetch(`${server.url}/`)).status).toBe(404);
  });

  it('shares one address between a playground and GraphQL', async () => {
    const server = await start(echo, { playgroundPath: '/graphql' });
    const page = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect((await post(server, '{"query":"{ a }"}')).headers.get('content-type')).toContain('application/json');
  });

  it('answers a preflight once', async () => {
    const server = await start();
    const headers = {
      origin: 'https://a.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const response = await fetch(`${server.url}/graphql`, { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-headers')).toBe('content-type');
    expect((await fetch(`${server.url}/graphql`, { method: 'OPTIONS' })).headers.get('allow')).toContain('POST');
  });
});

describe('use', () => {
  it('leaves requests with the state that they met, and tells when they are done', async () => {
    const { server, entered, release } = await startHolding('old');
    const first = post(server, '{"query":"{ a }"}');
    await entered;
    let isOver = false;
    const over = server.use(stateOf(() => ({ status: 200, headers: [], body: 'new' }))).then(() => (isOver = true));
    expect(await (await post(server, '{"query":"{ a }"}')).text()).toBe('new');
    expect(isOver).toBe(false);
    release();
    expect(await (await first).text()).toBe('old');
    await over;
  });
});

describe('request ids', () => {
  it('keeps a sane one, and makes one otherwise', async () => {
    const server = await start();
    const idFor = async (id: string): Promise<string | null> =>
      (await post(server, '{"query":"{ a }"}', { 'x-request-id': id })).headers.get('x-request-id');
    expect(await idFor('abc-1.2_3')).toBe('abc-1.2_3');
    expect(await idFor('a b')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('x'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/);
    expect(records[0]).toMatchObject({ requestId: 'abc-1.2_3', method: 'POST', path: '/graphql', status: 200 });
  });
});

describe('listen', () => {
  it('says what to do when the port is taken', async () => {
    const { port } = await start();
    const second = await listen({
      address: { host: 'localhost', port },
      state: stateOf(echo),
      log: createLog({ level: 'error', format: 'json' }, { write: () => undefined }),
      onServed: () => undefined,
    });
    expect(second).toEqual({
      ok: false,
      error: `cannot listen on localhost:${port}: the port is in use; stop the other process or change listen_addr`,
    });
  });
});

describe('drain', () => {
  it('lets a request in flight finish, and takes no new connection', async () => {
    const { server, entered, release } = await startHolding('{"data":null}');
    const answer = post(server, '{"query":"{ a }"}');
    await entered;
    const drained = server.drain(10_000);
    await expect(converse(server, '')).rejects.toThrow('ECONNREFUSED');
    release();
    const response = await answer;
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.text()).toBe('{"data":null}');
    expect(await drained).toBe(0);
  });

  it('is not ready on a connection that is still open', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    const chunks: string[] = [];
    socket.on('data', (chunk) => chunks.push(String(chunk)));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    // The server must know the connection before it starts to drain: one answered request proves it.
    const answered = new Promise((resolve) => socket.once('data', resolve));
    socket.write('GET /health/ready HTTP/1.1\r\nhost: a\r\n\r\n');
    await answered;
    const drained = server.drain(10_000);
    socket.write('GET /health/ready HTTP/1.1\r\nhost: a\r\n\r\n');
    await closed;
    expect(chunks.join('')).toMatch(/HTTP\/1.1 200 [\s\S]*HTTP\/1.1 503 [\s\S]*"draining"/);
    expect(await drained).toBe(0);
  });

  it('does not wait for a connection that never says anything', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.resume();
    await fetch(`${server.url}/health`); // accepted after the other, so both are known
    expect(await server.drain(10_000)).toBe(0);
    await closed;
  });

  it('cuts off a request that has one for a tunnel behind it, too', async () => {
    const { server, entered, release } = await startHolding('');
    const text = 'GET /graphql?query={a} HTTP/1.1\r\nhost: a\r\n\r\nCONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n';
    const answer = converse(server, text).catch(() => '');
    await entered;
    expect(await server.drain(20)).toBe(1);
    expect(await answer).toBe('');
    release();
  });

  it('counts nothing that a client left behind with requests one after the other', async () => {
    const { server, entered, gone } = await startHolding();
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET /graphql?query={a} HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(3));
    await entered;
    await fetch(`${server.url}/health`);
    socket.resetAndDestroy();
    await gone;
    await nextTurn();
    expect(server.inFlight).toBe(0);
    expect(await server.drain(20)).toBe(0);
  });

  it('cuts off what does not end within the grace period, and counts it', async () => {
    const { server, entered, release } = await startHolding('');
    const answer = post(server, '{"query":"{ a }"}').catch(() => 'cut off');
    await entered;
    expect(await server.drain(20)).toBe(1);
    expect(await answer).toBe('cut off');
    release();
  });
});
