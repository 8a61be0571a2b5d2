import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../test/support/listen.ts';
import type { Admission } from './admission.ts';
import { createHttpHandler, type HttpHandler } from './http-handler.ts';
import { createLog } from './log.ts';
import { NO_FACTS, type RequestRecord, type ServedRequest, type ServerState } from './service.ts';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Stage {
  readonly url: string;
  readonly handler: HttpHandler;
  readonly records: RequestRecord[];
  /** Requests that wait for their turn. */
  readonly waiting: (() => void)[];
  /** Lengths that were told to the admission. */
  readonly ended: number[];
  readonly executed: string[];
  readonly nextRecord: () => Promise<void>;
  readonly nextWaiting: () => Promise<void>;
  readonly nextClose: () => Promise<void>;
}

/** A server whose admission lets nobody in by itself. */
async function stage(served: Partial<ServedRequest['facts']> = {}, maxConcurrentRequests = 0): Promise<Stage> {
  const records: RequestRecord[] = [];
  const waiting: (() => void)[] = [];
  const ended: number[] = [];
  const executed: string[] = [];
  const listeners: (() => void)[] = [];
  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) await new Promise<void>((resolve) => listeners.push(resolve));
  };
  const tell = (_event: unknown): void => listeners.splice(0).forEach((listener) => listener());
  const admission: Admission = { admit: (begin) => tell(waiting.push(begin)), end: (length) => void ended.push(length), isBusy: false };
  const state: ServerState = {
    settings: {
      graphqlPath: '/graphql',
      playgroundPath: null,
      playgroundTabs: [],
      healthPath: '/health',
      readinessPath: '/health/ready',
      livenessPath: '/health/live',
      maxBodyBytes: 1_000,
      requestTimeoutMs: 600_000,
      maxConcurrentRequests,
      cors: { enabled: false, allowOrigins: [], allowCredentials: false, maxAgeSeconds: 0 },
    },
    refuse: ({ error }) => ({ status: error.code === 'SERVICE_UNAVAILABLE' ? 503 : 400, headers: [], body: error.message }),
    inspector: null,
    service: {
      handle: async ({ query, signal }) => {
        executed.push(signal.aborted ? 'cancelled' : (query ?? ''));
        return { response: { status: 200, headers: [], body: 'answer' }, facts: { ...NO_FACTS, ...served } };
      },
    },
  };
  const log = createLog({ level: 'error', format: 'json' }, { write: () => undefined });
  const onServed = (record: RequestRecord): void => tell(records.push(record));
  const handler = createHttpHandler(state, { log, onServed, admission });
  const server = createServer((request, response) => handler.serve(request, response));
  let closed = 0;
  server.on('connection', (socket) => socket.once('close', () => tell(closed++)));
  closing.push(() => server.close().closeAllConnections());
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    handler,
    records,
    waiting,
    ended,
    executed,
    nextRecord: () => until(() => records.length > 0),
    nextWaiting: () => until(() => waiting.length > 0),
    nextClose: () => until(() => closed > 0),
  };
}

describe('a GraphQL request whose turn has not come', () => {
  it('waits, counts as open, and is answered in its turn', async () => {
    const { url, handler, waiting, ended, executed, nextWaiting } = await stage();
    const answer = fetch(`${url}/graphql?query={a}`);
    await nextWaiting();
    expect([executed, handler.inFlight]).toEqual([[], 1]);
    waiting[0]?.();
    expect(await (await answer).text()).toBe('answer');
    expect([executed, ended, handler.inFlight]).toEqual([['{a}'], ['answer'.length], 0]);
  });

  it('does not keep others waiting: probes, and those that are one too many', async () => {
    const { url, waiting, ended, nextWaiting } = await stage({}, 1);
    const answer = fetch(`${url}/graphql?query={a}`);
    await nextWaiting();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/graphql?query={b}`)).status).toBe(503);
    expect(ended).toEqual([]); // it was never admitted
    waiting[0]?.();
    expect((await answer).status).toBe(200);
  });

  it('is not executed when its client has left', async () => {
    const { url, waiting, records, executed, ended, nextWaiting, nextRecord, nextClose } = await stage();
    const client = send(`${url}/graphql?query={a}`);
    client.on('error', () => undefined).end();
    await nextWaiting();
    client.destroy();
    await nextClose();
    waiting[0]?.();
    await nextRecord();
    expect(records).toMatchObject([{ status: 499 }]);
    expect([executed, ended.length]).toEqual([['cancelled'], 1]);
  });

  it('has been read: what is wrong with it is said at once, and a client that leaves within it is forgotten', async () => {
    const { url, waiting, handler, records, nextRecord } = await stage();
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}/graphql`, { method: 'POST', headers, body: '{"query"' })).status).toBe(400);
    records.length = 0;
    const client = send(`${url}/graphql`, { method: 'POST', headers: { ...headers, 'content-length': 17 } });
    client.on('error', () => undefined).write('{"query"');
    await once(client, 'socket').then(([socket]: Socket[]) => (socket?.connecting === true ? once(socket, 'connect') : undefined));
    client.destroy();
    await nextRecord();
    expect(records).toMatchObject([{ status: 499 }]);
    expect([waiting.length, handler.inFlight]).toEqual([0, 0]);
  });

  it('weighs nothing when it shares the answer of another', async () => {
    const { url, waiting, ended, nextWaiting } = await stage({ shared: true });
    const answer = fetch(`${url}/graphql?query={a}`);
    await nextWaiting();
    waiting[0]?.();
    await (await answer).text();
    expect(ended).toEqual([0]);
  });
});
