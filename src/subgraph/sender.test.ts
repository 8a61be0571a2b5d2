import { describe, expect, it } from 'vitest';
import { headOf, respond, type WireRequest } from '../../test/support/tcp-server.ts';
import { mutation, query, requestScope, sender, senderOptions, serve, subgraphOptions } from '../../test/support/transport-fixtures.ts';
import { createSubgraphSender } from './sender.ts';

const failure = (kind: string, status: number | null, sent: boolean) => ({ kind: 'failure', failure: kind, status, sent, attempts: 1 });

describe('createSubgraphSender: answers', () => {
  it('posts JSON and returns status, headers and body', async () => {
    const server = await serve(({ socket }) =>
      respond(socket, 200, '{"data":{"me":"ü"}}', ['Content-Type: application/json', 'X-A: 1', 'x-a: 2']),
    );
    const reply = await sender(`${server.url}?v=1`).send(query(), requestScope());
    expect(reply).toMatchObject({ kind: 'response', status: 200, body: '{"data":{"me":"ü"}}', attempts: 1 });
    expect(reply.kind === 'response' && { ...reply.headers }).toEqual({
      'content-length': '20',
      'content-type': 'application/json',
      'x-a': ['1', '2'],
    });
    const { head, body } = server.requests[0] ?? { head: '', body: '' };
    expect(head.split('\r\n').toSorted()).toEqual(
      [
        'POST /graphql?v=1 HTTP/1.1',
        'accept-encoding: gzip, deflate, br',
        'accept: application/graphql-response+json, application/json',
        'connection: keep-alive',
        'content-length: 18',
        'content-type: application/json',
        `host: 127.0.0.1:${server.port}`,
      ].toSorted(),
    );
    expect(body).toBe('{"query":"{ me }"}');
  });

  it.each([
    [
      'a chunked body',
      (r: WireRequest) => r.socket.write(`${headOf(200, ['transfer-encoding: chunked'])}3\r\n{"d\r\n4\r\n":1}\r\n0\r\n\r\n`),
      '{"d":1}',
    ],
    ['a body that ends with the connection', (r: WireRequest) => r.socket.end(`${headOf(200, ['connection: close'])}{"d":1}`), '{"d":1}'],
    ['204', (r: WireRequest) => r.socket.write(headOf(204, [])), ''],
    ['304', (r: WireRequest) => r.socket.write(headOf(304, ['content-length: 5'])), ''],
    ['an empty 502', (r: WireRequest) => respond(r.socket, 502, ''), ''],
    ['a lone byte order mark', (r: WireRequest) => respond(r.socket, 200, '\ufeff'), '\ufeff'],
    ['a split character', (r: WireRequest) => splitInTwo(r), 'ü'],
    [
      'early hints before the answer',
      (r: WireRequest) => r.socket.write(`${headOf(103, ['link: </a>'])}${headOf(200, ['content-length: 2'])}{}`),
      '{}',
    ],
  ])('reads %s', async (_name, answer, body) => {
    const server = await serve(answer);
    expect(await sender(server.url).send(query(), requestScope())).toMatchObject({ kind: 'response', body });
  });

  // Two rather than one: a connection that has just answered rests for one turn of the event loop.
  it('keeps connections for the next requests', async () => {
    const server = await serve(({ socket }) => respond(socket, 200, '{}'));
    const client = sender(server.url);
    for (let i = 0; i < 5; i++) await client.send(query(), requestScope());
    expect(server.requests.length).toBe(5);
    expect(server.sockets.length).toBeLessThanOrEqual(2);
  });

  it('opens no more connections than configured and sends the rest later', async () => {
    const server = await serve(({ socket }) => respond(socket, 200, '{}'));
    const client = sender(server.url, { pool: { connections: 2 } });
    const replies = await Promise.all(Array.from({ length: 10 }, () => client.send(query(), requestScope())));
    expect(replies.every((reply) => reply.kind === 'response')).toBe(true);
    expect(server.sockets.length).toBe(2);
  });

  it('sends the user name and password of the URL as basic authentication', async () => {
    const server = await serve(({ socket }) => respond(socket, 200, '{}'));
    await sender(server.url.replace('//', '//al%20an:s3:cret@')).send(query(), requestScope());
    expect(server.requests[0]?.head).toContain(`authorization: Basic ${Buffer.from('al an:s3:cret').toString('base64')}`);
  });
});

function splitInTwo({ socket }: WireRequest): void {
  const bytes = Buffer.from('ü');
  socket.write(headOf(200, ['content-length: 2']));
  socket.write(bytes.subarray(0, 1), () => setImmediate(() => socket.write(bytes.subarray(1))));
}

describe('createSubgraphSender: connections that fail', () => {
  it('says unreachable and not sent when the connection is refused', async () => {
    const server = await serve(() => {});
    const { url } = server;
    await server.close();
    expect(await sender(url).send(query(), requestScope())).toMatchObject(failure('unreachable', null, false));
  });

  it('says unreachable and not sent when the TLS handshake fails', async () => {
    const server = await serve(() => {});
    server.onConnection((socket) => socket.end('220 hello\r\n'));
    const reply = await sender(server.url.replace('http:', 'https:')).send(query(), requestScope());
    expect(reply).toMatchObject(failure('unreachable', null, false));
  });

  it('says interrupted when the other side does not speak HTTP', async () => {
    const server = await serve(({ socket }) => socket.end('HTTP/9 nonsense'));
    expect(await sender(server.url).send(query(), requestScope())).toMatchObject(failure('interrupted', null, true));
  });

  it('says unreachable when the name cannot be resolved', async () => {
    // Too long for a label of the DNS, so that no name server is asked.
    expect(await sender(`http://${'a'.repeat(64)}.invalid/graphql`).send(query(), requestScope())).toMatchObject(
      failure('unreachable', null, false),
    );
  });

  it.each(['', 'nonsense', 'ftp://localhost/', 'http://'])('says unreachable for the routing URL %j', async (url) => {
    expect(await sender(url).send(query(), requestScope())).toMatchObject({
      kind: 'failure',
      failure: 'unreachable',
      sent: false,
      attempts: 0,
    });
  });

  it('says unreachable for a subgraph that it does not know', async () => {
    const client = sender('http://127.0.0.1:1/');
    const reply = await client.send({ ...query(), subgraph: 'constructor' }, requestScope());
    expect(reply).toMatchObject({ failure: 'unreachable', sent: false });
  });

  it.each([
    ['reset', (r: WireRequest) => r.socket.resetAndDestroy()],
    ['closed', (r: WireRequest) => r.socket.end()],
  ])('says unreachable and sent when the connection is %s before a status line', async (_name, answer) => {
    const server = await serve(answer);
    expect(await sender(server.url).send(mutation(), requestScope())).toMatchObject(failure('unreachable', null, true));
    expect(server.requests.length).toBe(1);
  });

  it.each([
    ['closed', (r: WireRequest) => r.socket.end(`${headOf(502, ['content-length: 100'])}{"err`)],
    [
      'reset',
      (r: WireRequest) =>
        r.socket.write(`${headOf(502, ['content-length: 100'])}{"err`, () => setImmediate(() => r.socket.resetAndDestroy())),
    ],
    ['closed within a chunk', (r: WireRequest) => r.socket.end(`${headOf(502, ['transfer-encoding: chunked'])}ff\r\n{"err`)],
  ])('says interrupted with the status when the connection is %s within the body', async (_name, answer) => {
    const server = await serve(answer);
    expect(await sender(server.url).send(query(), requestScope())).toMatchObject(failure('interrupted', 502, true));
  });

  it('says interrupted when the connection is closed within the head', async () => {
    const server = await serve(({ socket }) => socket.end('HTTP/1.1 200 OK\r\ncontent-le'));
    expect(await sender(server.url).send(query(), requestScope())).toMatchObject(failure('interrupted', null, true));
  });

  // RFC 9110 section 15.2 would have it skipped, as 103 is; undici 7 takes it for a broken answer. We never ask for it.
  it('says interrupted for a 100 Continue that nobody asked for', async () => {
    const server = await serve(({ socket }) => socket.write(`${headOf(100, [])}${headOf(200, ['content-length: 2'])}{}`));
    expect(await sender(server.url).send(query(), requestScope())).toMatchObject(failure('interrupted', null, true));
  });

  it('says too_large when the head is huge', async () => {
    const server = await serve(({ socket }) => socket.write(headOf(200, [`x-long: ${'a'.repeat(100_000)}`, 'content-length: 0'])));
    expect(await sender(server.url).send(query(), requestScope())).toMatchObject(failure('too_large', null, true));
  });

  it('leaves no sockets behind after 1000 failing requests', async () => {
    const faults: readonly ((r: WireRequest) => void)[] = [
      (r) => r.socket.resetAndDestroy(),
      (r) => r.socket.end(),
      (r) => r.socket.end(`${headOf(500, ['content-length: 9'])}{`),
      (r) => respond(r.socket, 500, 'x'.repeat(200)),
      (r) => respond(r.socket, 503, ''),
    ];
    const server = await serve((request, index) => faults[index % faults.length]?.(request));
    const client = createSubgraphSender(senderOptions(subgraphOptions(server.url, { maxResponseBodySizeBytes: 100 })));
    for (let i = 0; i < 100; i++) await Promise.all(Array.from({ length: 10 }, () => client.send(query(), requestScope())));
    expect(server.requests.length).toBe(1000);
    await client.close();
    await server.allClosed();
    expect(await server.openSockets()).toBe(0);
  });
});
