import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../../test/support/listen.ts';
import { createLog } from '../log.ts';
import { createInspector } from './inspector.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

describe('a refused request', () => {
  it('is warned about in the log', async () => {
    const lines: string[] = [];
    const inspector = createInspector(createLog({ level: 'warn', format: 'json' }, { write: (line) => lines.push(line) }));
    const routes = inspector.routes({ allowRemote: false });
    const server = createServer((request, response) => routes.serve(request, response, '/_candor/errors'));
    const port = await listen(server);
    closers.push(
      () => server.close(),
      () => server.closeAllConnections(),
    );
    const response = await fetch(`http://127.0.0.1:${port}/_candor/errors`, { headers: { 'x-forwarded-for': '203.0.113.5' } });
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('inspector.allow_remote')]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', msg: 'inspector refused a request', remoteAddress: '127.0.0.1' });
  });
});
