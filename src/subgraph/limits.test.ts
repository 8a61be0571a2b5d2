import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { headOf, respond, type WireRequest } from '../../test/support/tcp-server.ts';
import { mutation, noise, query, requestScope, sender, serve } from '../../test/support/transport-fixtures.ts';
import { Cancellation } from '../shared/cancellation.ts';

const never = (): void => {};
const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
const stallInBody = ({ socket }: WireRequest): void => void socket.write(`${headOf(502, ['content-length: 9'])}{"da`);

describe('deadlines', () => {
  it('ends an attempt without a response head, status unknown', async () => {
    const server = await serve(never);
    const reply = await sender(server.url, { requestTimeoutMs: 300 }).send(query(), requestScope());
    expect(reply).toMatchObject({ kind: 'failure', failure: 'timeout', status: null, sent: true, attempts: 1 });
    expect(reply.durationMs).toBeGreaterThanOrEqual(299);
    await server.allClosed();
  });

  it('ends an attempt in the body with the status of the head', async () => {
    const server = await serve(stallInBody);
    const reply = await sender(server.url, { requestTimeoutMs: 300 }).send(query(), requestScope());
    expect(reply).toMatchObject({ kind: 'failure', failure: 'timeout', status: 502, sent: true });
    await server.allClosed();
  });

  it('is not put off by a body that drips', async () => {
    const server = await serve(({ socket }) => {
      socket.write(headOf(200, ['content-length: 100000']));
      const drip = setInterval(() => socket.write('x'), 2);
      socket.on('close', () => clearInterval(drip));
    });
    const reply = await sender(server.url, { requestTimeoutMs: 300 }).send(query(), requestScope());
    expect(reply).toMatchObject({ failure: 'timeout', status: 200 });
  });

  it("keeps to the client request's deadline when it comes first", async () => {
    const server = await serve(never);
    const reply = await sender(server.url, { requestTimeoutMs: 60_000 }).send(query(), requestScope({ deadline: performance.now() + 300 }));
    expect(reply).toMatchObject({ failure: 'timeout', sent: true });
    expect(reply.durationMs).toBeLessThan(5000);
  });

  it('sends nothing when the deadline has passed', async () => {
    const server = await serve(never);
    const reply = await sender(server.url).send(query(), requestScope({ deadline: performance.now() - 1 }));
    expect(reply).toMatchObject({ failure: 'timeout', sent: false, attempts: 0 });
    expect(server.sockets.length).toBe(0);
  });

  it('covers the wait for a free connection, and never sends what was given up meanwhile', async () => {
    const server = await serve(({ body, socket }, index) => void (index > 0 && respond(socket, 200, body)));
    const client = sender(server.url, { requestTimeoutMs: 1000, pool: { connections: 1 } });
    const blocking = client.send(query('first'), requestScope());
    await server.nextRequest();
    const scope = requestScope({ deadline: performance.now() + 30 });
    expect(await client.send(mutation('second'), scope)).toMatchObject({ failure: 'timeout', sent: false });
    expect(await blocking).toMatchObject({ failure: 'timeout', sent: true });
    expect(await client.send(query('third'), requestScope())).toMatchObject({ body: 'third' });
    expect(server.requests.map(({ body }) => body)).toEqual(['first', 'third']);
  });
});

describe('cancellation', () => {
  it.each([
    ['before the head', never],
    ['within the body', stallInBody],
  ])('ends the request and its connection at once %s', async (_name, answer) => {
    const server = await serve(answer);
    const controller = new Cancellation();
    const arrived = server.nextRequest();
    const pending = sender(server.url).send(query(), requestScope({ signal: controller }));
    await arrived;
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await pending).toMatchObject({ kind: 'failure', failure: 'cancelled', sent: true });
    await server.allClosed();
  });

  it('sends nothing for a client that has gone', async () => {
    const server = await serve(never);
    const reply = await sender(server.url).send(query(), requestScope({ signal: aborted() }));
    expect(reply).toMatchObject({ failure: 'cancelled', sent: false, attempts: 0 });
    expect(server.sockets.length).toBe(0);
  });

  it('follows any number of requests of one client without a warning of Node', async () => {
    const server = await serve(({ socket }) => respond(socket, 200, '{}'));
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const scope = requestScope();
    const client = sender(server.url);
    await Promise.all(Array.from({ length: 30 }, () => client.send(query(), scope)));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });

  it('leaves no listener on the signal and no timer', async () => {
    const server = await serve(({ socket }) => respond(socket, 200, '{}'));
    const signal = new Cancellation();
    const before = timers();
    await sender(server.url).send(query(), requestScope({ signal, deadline: performance.now() + 60_000 }));
    expect(signal.listenerCount).toBe(0);
    expect(timers()).toBe(before);
  });
});

describe('size limits', () => {
  const limit = { maxResponseBodySizeBytes: 1000 };
  const tooLarge = { kind: 'failure', failure: 'too_large', status: 200, sent: true, attempts: 1 };

  it('refuses an announced length without reading', async () => {
    const server = await serve(({ socket }) => socket.write(headOf(200, ['content-length: 1001'])));
    expect(await sender(server.url, limit).send(query(), requestScope())).toMatchObject(tooLarge);
    await server.allClosed();
  });

  it('stops reading a body that never ends', async () => {
    const server = await serve(({ socket }) => {
      socket.write(headOf(200, ['transfer-encoding: chunked']));
      const pour = (): void => {
        while (!socket.destroyed && socket.write(`4000\r\n${'x'.repeat(0x4000)}\r\n`)) {}
        if (!socket.destroyed) socket.once('drain', pour);
      };
      pour();
    });
    expect(await sender(server.url, limit).send(query(), requestScope())).toMatchObject(tooLarge);
    await server.allClosed();
  });

  it('lets a body through that is exactly as large as allowed', async () => {
    const server = await serve(({ socket }) => respond(socket, 200, 'x'.repeat(1000)));
    expect(await sender(server.url, limit).send(query(), requestScope())).toMatchObject({ kind: 'response', status: 200 });
  });

  it('applies to what a compressed body becomes', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000));
    const server = await serve(({ socket }) => respond(socket, 200, bomb, ['content-encoding: gzip']));
    expect(await sender(server.url, limit).send(query(), requestScope())).toMatchObject(tooLarge);
  });
});

describe('content encodings', () => {
  it('decodes, and keeps the status when it cannot', async () => {
    const server = await serve(({ socket }, index) =>
      respond(socket, 200, index === 0 ? gzipSync('{"data":null}') : 'junk', ['Content-Encoding: GZIP']),
    );
    const client = sender(server.url);
    expect(await client.send(query(), requestScope())).toMatchObject({ kind: 'response', body: '{"data":null}' });
    expect(await client.send(query(), requestScope())).toMatchObject({ kind: 'failure', failure: 'interrupted', status: 200, sent: true });
  });

  it('decodes a large body off the main thread within the deadline', async () => {
    const text = noise(60_000);
    const server = await serve(({ socket }) => respond(socket, 200, gzipSync(text), ['content-encoding: gzip']));
    expect(await sender(server.url).send(query(), requestScope())).toMatchObject({ kind: 'response', body: text });
  });
});

const redirect = (status: number, location: string) => (request: WireRequest) =>
  respond(request.socket, status, 'moved', [`location: ${location}`]);

describe('redirects', () => {
  it('are answers unless they are followed', async () => {
    const server = await serve(redirect(307, '/other'));
    expect(await sender(server.url).send(query(), requestScope())).toMatchObject({ kind: 'response', status: 307, body: 'moved' });
  });

  it('repeat the request on the same origin', async () => {
    const server = await serve((request, index) =>
      index === 0 ? redirect(308, '/other')(request) : respond(request.socket, 200, request.body),
    );
    const reply = await sender(server.url, { redirects: 'same_origin' }).send(query('body'), requestScope());
    expect(reply).toMatchObject({ kind: 'response', status: 200, body: 'body' });
    expect(server.requests[1]?.head).toMatch(/^POST \/other HTTP/);
  });

  it('become a GET without a body for 303', async () => {
    const server = await serve((request, index) => (index === 0 ? redirect(303, '/other')(request) : respond(request.socket, 200, 'got')));
    const reply = await sender(server.url, { redirects: 'same_origin' }).send(query('body'), requestScope());
    expect(reply).toMatchObject({ status: 200, body: 'got' });
    expect(server.requests[1]?.head).toMatch(/^GET \/other HTTP/);
    expect(server.requests[1]?.head).not.toMatch(/content-/);
  });

  it('never lead to another origin', async () => {
    const other = await serve(({ socket }) => respond(socket, 200, '{}'));
    const server = await serve(redirect(307, other.url));
    expect(await sender(server.url, { redirects: 'same_origin' }).send(query(), requestScope())).toMatchObject({ status: 307 });
    expect(other.sockets.length).toBe(0);
  });

  it('end after ten in a loop', async () => {
    const server = await serve(redirect(307, '/graphql'));
    expect(await sender(server.url, { redirects: 'same_origin' }).send(query(), requestScope())).toMatchObject({ status: 307 });
    expect(server.requests.length).toBe(11);
  });
});

describe('close', () => {
  it('waits for open requests and then closes the sockets', async () => {
    const server = await serve(never);
    const client = sender(server.url, {}, { closeGraceMs: 10_000 });
    const arrived = server.nextRequest();
    const pending = client.send(query(), requestScope());
    const { socket } = await arrived;
    const closed = client.close();
    respond(socket, 200, '{}');
    expect(await pending).toMatchObject({ kind: 'response', status: 200 });
    await closed;
    await server.allClosed();
  });

  it('ends for everybody who asked when the last request does', async () => {
    const server = await serve(never);
    const client = sender(server.url, {}, { closeGraceMs: 60_000 });
    const arrived = server.nextRequest();
    const pending = client.send(query(), requestScope());
    const { socket } = await arrived;
    const closed = [client.close(), client.close()];
    respond(socket, 200, '{}');
    await Promise.all([pending, ...closed]);
    await server.allClosed();
  });

  it('cuts off what is open after the grace', async () => {
    const server = await serve(never);
    const client = sender(server.url, {}, { closeGraceMs: 1 });
    const arrived = server.nextRequest();
    const pending = client.send(query(), requestScope());
    await arrived;
    await client.close();
    expect(await pending).toMatchObject({ kind: 'failure', failure: 'unreachable', sent: true });
    await server.allClosed();
  });

  it('is final and may be repeated', async () => {
    const server = await serve(({ socket }) => respond(socket, 200, '{}'));
    const client = sender(server.url);
    await client.send(query(), requestScope());
    await client.close();
    await client.close();
    expect(await client.send(query(), requestScope())).toMatchObject({ kind: 'failure', failure: 'unreachable', sent: false });
  });
});

function aborted(): Cancellation {
  const cancellation = new Cancellation();
  cancellation.abort();
  return cancellation;
}
