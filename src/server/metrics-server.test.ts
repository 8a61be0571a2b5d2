import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { invariant } from '../shared/assert.ts';
import { createLog } from './log.ts';
import { listenForMetrics, type MetricsServer } from './metrics-server.ts';

let server: MetricsServer;
let print: () => Promise<string>;
const lines: string[] = [];

beforeEach(async () => {
  print = () => Promise.resolve('up 1\n');
  lines.length = 0;
  const listening = await listenForMetrics({
    address: { host: '127.0.0.1', port: 0 },
    path: '/metrics',
    metrics: { print: () => print(), contentType: 'text/plain; version=0.0.4' },
    log: createLog({ level: 'error', format: 'json' }, { write: (line) => lines.push(line) }),
  });
  invariant(listening.ok, 'a free port can be bound');
  server = listening.value;
});
afterEach(() => server.close());

/** Everything that a bare socket gets back until the server closes it. */
function converse(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    connect(Number(new URL(server.url).port), '127.0.0.1')
      .on('data', (chunk) => (received += String(chunk)))
      .on('close', () => resolve(received))
      .on('error', reject)
      .write(text);
  });
}

describe('listenForMetrics', () => {
  it('prints at its path, and says as text where that is', async () => {
    const response = await fetch(`${server.url}?x=1`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    expect(await response.text()).toBe('up 1\n');
    const elsewhere = await fetch(new URL('/', server.url));
    expect([elsewhere.status, elsewhere.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8']);
    expect(await elsewhere.text()).toBe('Metrics are at /metrics\n');
  });

  it('keeps to itself why it cannot print', async () => {
    print = () => Promise.reject(new Error('secret'));
    const response = await fetch(server.url);
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(lines.join('')).toContain('metrics could not be printed');
  });

  it.each([
    ['is no HTTP', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ['wants a tunnel', 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', ''],
  ])('tells nothing to what %s, and goes on', async (_what, text, answer) => {
    expect(await converse(text)).toBe(answer);
    expect((await fetch(server.url)).status).toBe(200);
  });
});
