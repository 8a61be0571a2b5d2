import { describe, expect, it } from 'vitest';
import { headOf, respond, type WireRequest } from '../../test/support/tcp-server.ts';
import {
  closeAfterTest,
  mutation,
  query,
  requestScope,
  sender,
  senderOptions,
  serve,
  subgraphOptions,
} from '../../test/support/transport-fixtures.ts';
import type { SubgraphReply } from '../errors/model.ts';
import { Cancellation } from '../shared/cancellation.ts';
import type { SubgraphObserver } from './observer.ts';
import { createSubgraphSender } from './sender.ts';

const retry = { enabled: true } as const;
const reset = ({ socket }: WireRequest): void => void socket.resetAndDestroy();
const answer = ({ socket }: WireRequest): void => respond(socket, 200, '{}');
const unavailable = ({ socket }: WireRequest): void => respond(socket, 503, '{"errors":[{"message":"busy"}]}');
const cut = ({ socket }: WireRequest): void => void socket.end(`${headOf(200, ['content-length: 9'])}{`);
const never = (): void => {};

/** The first script answers the first request, and so on; the last one answers the rest. */
const inTurn =
  (...scripts: readonly ((request: WireRequest) => void)[]) =>
  (request: WireRequest, index: number) =>
    scripts[Math.min(index, scripts.length - 1)]?.(request);

/** An observer that writes down what it is told. */
function recorder() {
  const exchanges: { outcome: string | number; attempts: number; shared: number }[] = [];
  const retries: { attempt: number; reason: string | number }[] = [];
  const states: string[] = [];
  const observer: SubgraphObserver = {
    onExchange: ({ reply, shared }) => exchanges.push({ outcome: outcomeOf(reply), attempts: reply.attempts, shared }),
    onRetry: ({ attempt, reason }) => retries.push({ attempt, reason }),
    onBreakerChange: ({ state }) => states.push(state),
  };
  return { observer, exchanges, retries, states };
}

const outcomeOf = (reply: SubgraphReply): string | number => (reply.kind === 'failure' ? reply.failure : reply.status);

describe('retries', () => {
  it.each([
    ['a status', unavailable, 503],
    ['a reset', reset, 'unreachable'],
    ['a cut body', cut, 'interrupted'],
    ['a timeout', never, 'timeout'],
  ] as const)('send a query again after %s', async (_name, fault, reason) => {
    const server = await serve(inTurn(fault, answer));
    const { observer, exchanges, retries } = recorder();
    const reply = await sender(server.url, { retry, requestTimeoutMs: 400 }, { observer }).send(query(), requestScope());
    expect(reply).toMatchObject({ kind: 'response', status: 200, attempts: 2 });
    expect([exchanges, retries]).toEqual([[{ outcome: 200, attempts: 2, shared: 0 }], [{ attempt: 1, reason }]]);
  });

  it('give the last reply when all attempts fail', async () => {
    const server = await serve(inTurn(reset, cut, unavailable));
    expect(await sender(server.url, { retry }).send(query(), requestScope())).toMatchObject({ status: 503, attempts: 3 });
    expect(server.requests.length).toBe(3);
  });

  it.each([
    ['a status', unavailable],
    ['a reset', reset],
    ['a cut body', cut],
    ['a timeout', never],
  ] as const)('never send a mutation again after %s', async (_name, fault) => {
    const server = await serve(inTurn(answer, fault));
    const client = sender(server.url, { retry, requestTimeoutMs: 400, pool: { connections: 1 } });
    await client.send(query(), requestScope());
    expect(await client.send(mutation(), requestScope())).toMatchObject({ attempts: 1 });
    expect(server.requests.map(({ body }) => body)).toEqual([query().body, mutation().body]);
  });

  it('do not happen for answers that are not asked for', async () => {
    const server = await serve(({ socket }) => respond(socket, 200, '{"errors":[{"message":"x"}]}'));
    await sender(server.url, { retry }).send(query(), requestScope());
    expect(server.requests.length).toBe(1);
  });

  it('know that nothing was sent when every attempt was refused', async () => {
    const server = await serve(never);
    const { url } = server;
    await server.close();
    expect(await sender(url, { retry }).send(query(), requestScope())).toMatchObject({
      failure: 'unreachable',
      sent: false,
      attempts: 3,
    });
  });

  it('know that something was sent when any attempt was', async () => {
    const server = await serve((request) => {
      request.socket.resetAndDestroy();
      void server.close();
    });
    expect(await sender(server.url, { retry }).send(query(), requestScope())).toMatchObject({
      failure: 'unreachable',
      sent: true,
      attempts: 3,
    });
  });

  it('try a stale connection again at once', async () => {
    const server = await serve(inTurn(answer, ({ socket }) => socket.destroy(), answer));
    const { observer, retries } = recorder();
    const delays: number[] = [];
    const watch: SubgraphObserver = { ...observer, onRetry: (event) => void (observer.onRetry?.(event), delays.push(event.delayMs)) };
    const slow = {
      retry: { enabled: true, intervalMs: 60_000, maxDurationMs: 60_000 },
      requestTimeoutMs: 60_000,
      pool: { connections: 1 },
    };
    const client = sender(server.url, slow, { observer: watch });
    await client.send(query(), requestScope());
    expect(await client.send(query(), requestScope())).toMatchObject({ status: 200, attempts: 2 });
    expect([retries.length, delays]).toEqual([1, [0]]);
  });

  it('are given up when the pause would outlast the deadline', async () => {
    const server = await serve(({ socket }) => respond(socket, 503, '', ['retry-after: 2']));
    const reply = await sender(server.url, { retry }).send(query(), requestScope({ deadline: performance.now() + 1500 }));
    expect(reply).toMatchObject({ kind: 'response', status: 503, attempts: 1 });
  });

  it('are given up when Retry-After asks for longer than max_duration', async () => {
    const server = await serve(({ socket }) => respond(socket, 503, '', ['retry-after: 3600']));
    expect(await sender(server.url, { retry }).send(query(), requestScope())).toMatchObject({ status: 503, attempts: 1 });
  });

  it('end at once when the client goes away during a pause', async () => {
    const server = await serve(unavailable);
    const controller = new Cancellation();
    const observer: SubgraphObserver = { onRetry: () => queueMicrotask(() => controller.abort()) };
    const client = sender(
      server.url,
      { retry: { enabled: true, intervalMs: 60_000, maxDurationMs: 120_000 }, requestTimeoutMs: 60_000 },
      { observer },
    );
    expect(await client.send(query(), requestScope({ signal: controller }))).toMatchObject({
      failure: 'cancelled',
      sent: true,
      attempts: 1,
    });
  });
});

describe('the circuit breaker', () => {
  const circuitBreaker = { enabled: true } as const;

  it('opens after failures, refuses at once, and closes after a trial', async () => {
    const server = await serve(inTurn(unavailable, reset, cut, unavailable, answer));
    const time = { now: 1000 };
    const { observer, exchanges, states } = recorder();
    const client = sender(server.url, { circuitBreaker }, { observer, now: () => time.now });
    for (let i = 0; i < 4; i++) await client.send(query(), requestScope());
    expect(await client.send(mutation(), requestScope())).toMatchObject({
      kind: 'failure',
      failure: 'circuit_open',
      status: null,
      sent: false,
      retryAfterSeconds: 1,
      attempts: 0,
    });
    expect(server.requests.length).toBe(4);
    time.now += 1000;
    expect(await client.send(query(), requestScope())).toMatchObject({ status: 200 });
    expect(states).toEqual(['open', 'half_open', 'closed']);
    expect(exchanges.map(({ outcome }) => outcome)).toEqual([503, 'unreachable', 'interrupted', 503, 'circuit_open', 200]);
  });

  it('counts no cancellation and no GraphQL error', async () => {
    const server = await serve(({ body, socket }) => void (body !== 'wait' && respond(socket, 200, '{"errors":[{"message":"x"}]}')));
    const { observer, states } = recorder();
    const client = sender(server.url, { circuitBreaker }, { observer });
    for (let i = 0; i < 8; i++) {
      const controller = new Cancellation();
      const arrived = server.nextRequest();
      const pending = client.send(query('wait'), requestScope({ signal: controller }));
      await arrived;
      controller.abort();
      expect(await pending).toMatchObject({ failure: 'cancelled' });
      await client.send(query(), requestScope());
    }
    expect(states).toEqual([]);
  });

  it('gives the last answer when it opens between two attempts', async () => {
    const server = await serve(unavailable);
    const client = sender(server.url, { circuitBreaker: { enabled: true, requestThreshold: 2 }, retry: { enabled: true, maxAttempts: 5 } });
    expect(await client.send(query(), requestScope())).toMatchObject({ kind: 'response', status: 503, attempts: 2 });
    expect(server.requests.length).toBe(2);
  });

  it('is one for each subgraph', async () => {
    const bad = await serve(reset);
    const good = await serve(answer);
    const client = createSubgraphSender({
      ...senderOptions(subgraphOptions(bad.url, { circuitBreaker })),
      subgraphs: [subgraphOptions(bad.url, { circuitBreaker }), { ...subgraphOptions(good.url, { circuitBreaker }), name: 'reviews' }],
    });
    for (let i = 0; i < 5; i++) await client.send(query(), requestScope());
    expect(await client.send(query(), requestScope())).toMatchObject({ failure: 'circuit_open' });
    expect(await client.send({ ...query(), subgraph: 'reviews' }, requestScope())).toMatchObject({ status: 200 });
    await client.close();
  });
});

describe('single flight', () => {
  const options = { singleFlight: true } as const;

  it('sends identical queries once and gives everybody the same reply', async () => {
    const server = await serve(answer);
    const { observer, exchanges } = recorder();
    const client = sender(server.url, {}, { ...options, observer });
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => client.send(query(), requestScope())));
    expect(second).toBe(first);
    expect(third).toBe(first);
    expect(server.requests.length).toBe(1);
    expect(exchanges).toEqual([{ outcome: 200, attempts: 1, shared: 2 }]);
    await client.send(query(), requestScope());
    expect(server.requests.length).toBe(2);
  });

  it.each([
    ['mutations', [mutation(), mutation()]],
    ['other bodies', [query('a'), query('b')]],
  ] as const)('does not share %s', async (_name, requests) => {
    const server = await serve(answer);
    const client = sender(server.url, {}, options);
    await Promise.all(requests.map((request) => client.send(request, requestScope())));
    expect(server.requests.length).toBe(2);
  });

  it('does not share what holds cookies for its client', async () => {
    const server = await serve(answer);
    const client = createSubgraphSender(senderOptions({ ...subgraphOptions(server.url), shareable: false }, options));
    closeAfterTest(() => client.close());
    await Promise.all([1, 2].map(() => client.send(query(), requestScope())));
    expect(server.requests.length).toBe(2);
  });

  it('does not share across different forwarded headers', async () => {
    const server = await serve(({ head, socket }) => respond(socket, 200, /authorization: (.*)/.exec(head)?.[1] ?? ''));
    const rule = { op: 'propagate', selector: { kind: 'named', name: 'authorization' }, rename: null, default: null } as const;
    const client = createSubgraphSender(senderOptions(subgraphOptions(server.url, {}, [rule]), options));
    const users = ['a', 'b', 'a'].map((authorization) =>
      client.send(query(), requestScope({ headers: { authorization, cookie: Math.random().toString() } })),
    );
    expect(await Promise.all(users)).toMatchObject([{ body: 'a' }, { body: 'b' }, { body: 'a' }]);
    expect(server.requests.length).toBe(2);
    await client.close();
  });

  it('goes on for the others when one goes away, the first one included', async () => {
    const server = await serve(never);
    const client = sender(server.url, {}, options);
    const controller = new Cancellation();
    const arrived = server.nextRequest();
    const first = client.send(query(), requestScope({ signal: controller }));
    const second = client.send(query(), requestScope());
    const { socket } = await arrived;
    controller.abort();
    expect(await first).toMatchObject({ failure: 'cancelled', sent: true });
    respond(socket, 200, '{}');
    expect(await second).toMatchObject({ kind: 'response', status: 200 });
  });

  it('is aborted when the last one has gone, and not joined afterwards', async () => {
    const server = await serve(inTurn(never, answer));
    const client = sender(server.url, {}, options);
    const controllers = [new Cancellation(), new Cancellation()];
    const arrived = server.nextRequest();
    const pending = controllers.map((signal) => client.send(query(), requestScope({ signal })));
    await arrived;
    for (const controller of controllers) controller.abort();
    const later = client.send(query(), requestScope());
    expect(await Promise.all(pending)).toMatchObject([{ failure: 'cancelled' }, { failure: 'cancelled' }]);
    expect(await later).toMatchObject({ status: 200 });
    expect(server.requests.length).toBe(2);
  });

  it.each([
    ['earlier', 300, 60_000],
    ['later', 60_000, 300],
  ] as const)('keeps the deadline of each: the first one has the %s', async (_name, firstMs, secondMs) => {
    const server = await serve(never);
    const client = sender(server.url, {}, options);
    const arrived = server.nextRequest();
    const now = performance.now();
    const pending = [firstMs, secondMs].map((ms) => client.send(query(), requestScope({ deadline: now + ms })));
    const { socket } = await arrived;
    expect(await pending[firstMs === 300 ? 0 : 1]).toMatchObject({ failure: 'timeout', sent: true });
    respond(socket, 200, '{}');
    expect(await pending[firstMs === 300 ? 1 : 0]).toMatchObject({ status: 200 });
  });

  it('retries for all of them at once', async () => {
    const server = await serve(inTurn(unavailable, answer));
    const client = sender(server.url, { retry }, options);
    const [first, second] = await Promise.all([client.send(query(), requestScope()), client.send(query(), requestScope())]);
    expect(first).toMatchObject({ status: 200, attempts: 2 });
    expect(second).toBe(first);
    expect(server.requests.length).toBe(2);
  });
});
