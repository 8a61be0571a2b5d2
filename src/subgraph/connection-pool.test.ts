import { constants, createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listen } from '../../test/support/listen.ts';
import { CERTIFICATE, PRIVATE_KEY } from '../../test/support/self-signed.ts';
import { headOf, respond, type WireRequest } from '../../test/support/tcp-server.ts';
import { closeAfterTest, mutation, query, requestScope, sender, serve } from '../../test/support/transport-fixtures.ts';
import { Cancellation } from '../shared/cancellation.ts';

const credentials = { cert: CERTIFICATE, key: PRIVATE_KEY };
const trusting = { certificateAuthorities: [CERTIFICATE] };

/** The server's URL, once it listens. */
async function listenForTest(server: Server): Promise<string> {
  const port = await listen(server);
  closeAfterTest(async () => void server.close());
  return `https://127.0.0.1:${port}/graphql`;
}

describe('TLS', () => {
  it('is trusted with a known authority and refused without', async () => {
    const url = await listenForTest(createServer(credentials, (_request, response) => response.end('{}')));
    expect(await sender(url, {}, trusting).send(query(), requestScope())).toMatchObject({ kind: 'response', status: 200, body: '{}' });
    expect(await sender(url).send(query(), requestScope())).toMatchObject({ failure: 'unreachable', sent: false });
  });
});

describe('HTTP/2', () => {
  const http2 = { pool: { http2: true, connections: 1 } };

  it('is used when offered by both sides', async () => {
    const server = createSecureServer(credentials, (request, response) => {
      response.setHeader('x-version', request.httpVersion);
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      request.pipe(response);
    });
    const client = sender(await listenForTest(server), http2, trusting);
    for (const body of ['one', 'two']) {
      const reply = await client.send(query(body), requestScope());
      expect(reply).toMatchObject({ kind: 'response', status: 200, body, headers: { 'x-version': '2.0', 'set-cookie': ['a=1', 'b=2'] } });
    }
  });

  it('ends a request whose client goes away, and serves the next', async () => {
    const controller = new Cancellation();
    const server = createSecureServer(credentials, (request, response) => {
      request.setEncoding('utf8').once('data', (body) => (body === 'wait' ? controller.abort() : response.end('{}')));
    });
    const client = sender(await listenForTest(server), http2, trusting);
    expect(await client.send(query('wait'), requestScope({ signal: controller }))).toMatchObject({
      failure: 'cancelled',
      sent: true,
    });
    expect(await client.send(query('next'), requestScope())).toMatchObject({ kind: 'response', body: '{}' });
  });

  it('knows the status of a body that was cut short', async () => {
    const server = createSecureServer(credentials, (_request, response) => {
      response.writeHead(502);
      response.write('{', () => response.stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    });
    const reply = await sender(await listenForTest(server), http2, trusting).send(query(), requestScope());
    expect(reply).toMatchObject({ failure: 'interrupted', status: 502, sent: true });
  });
});

describe('pipelining', () => {
  const pool = { pipelining: 4, connections: 1 };

  it('sends queries without waiting for the answers before them', async () => {
    const held: WireRequest[] = [];
    const server = await serve((request, index) => {
      if (index === 0) respond(request.socket, 200, 'warm');
      else held.push(request);
      if (held.length === 3) for (const { body, socket } of held) respond(socket, 200, body);
    });
    const client = sender(server.url, { pool });
    await client.send(query('warm up'), requestScope());
    const bodies = ['a', 'b', 'c'];
    const replies = await Promise.all(bodies.map((body) => client.send(query(body), requestScope())));
    expect(replies).toMatchObject(bodies.map((body) => ({ body })));
    expect(server.sockets.length).toBe(1);
  });

  it('never sends a mutation again when a query behind it is given up', async () => {
    const controller = new Cancellation();
    const server = await serve(({ socket, body }, index) => {
      if (index === 0) respond(socket, 200, 'warm');
      // The head lets undici write the query behind the mutation; the query's arrival ends its client.
      else if (body === 'mutation') socket.write(`${headOf(200, ['content-length: 9'])}{`);
      else if (body === 'query') controller.abort();
    });
    const client = sender(server.url, { pool });
    await client.send(query('warm up'), requestScope());
    const pay = client.send(mutation('mutation'), requestScope());
    const look = client.send(query('query'), requestScope({ signal: controller }));
    expect(await look).toMatchObject({ failure: 'cancelled' });
    expect(await pay).toMatchObject({ kind: 'failure', failure: 'interrupted', sent: true, attempts: 1 });
    expect(server.requests.filter(({ body }) => body === 'mutation').length).toBe(1);
  });
});
