/** The inspector over HTTP, without its page. */
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { EntryDetail, EntrySummary, SnapshotEvent } from '../../src/server/inspector/wire.ts';
import { type Config, type Stage, startDemoStage, startSmallStage } from '../e2e/stage.ts';

const DEV: Config = { dev_mode: true, log_level: 'silent' };
const STAFF = { name: 'staff', when: { header: { name: 'x-staff', equals: 'canary-staff' } }, mode: 'pass-through' };

const open: Stage[] = [];
afterEach(async () => {
  for (const stage of open.splice(0)) await stage.close();
});

async function setUp(config: Config = DEV) {
  const stage = await startDemoStage(config);
  open.push(stage);
  const base = `${stage.router.url}/_candor/errors`;
  const entries = async (): Promise<readonly EntrySummary[]> => (await snapshotOf(base)).entries;
  const latest = async (): Promise<EntryDetail> => {
    const id = (await entries()).at(-1)?.id;
    return (await fetch(`${base}/entries/${id}`)).json();
  };
  return { stage, base, entries, latest };
}

async function snapshotOf(base: string): Promise<SnapshotEvent> {
  const controller = new AbortController();
  const response = await fetch(`${base}/events`, { signal: controller.signal });
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const data = /event: snapshot\ndata: (.*)\n\n/.exec(text)?.[1];
    if (data === undefined) continue;
    controller.abort();
    return JSON.parse(data);
  }
  throw new Error('the stream ended without a snapshot');
}

function statusFor(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

const QUERY = 'query Team { employees { id products } }';

describe('an entry', () => {
  it('tells the whole story of a failed fetch', async () => {
    const { stage, latest } = await setUp({ ...DEV, subgraph_error_propagation: { audiences: [STAFF] } });
    const answer = await stage.post(QUERY, { headers: { 'x-fault': 'products:status=502', 'x-staff': 'canary-staff' } });
    const entry = await latest();
    expect(entry).toMatchObject({
      subgraph: 'products',
      code: 'SUBGRAPH_HTTP_ERROR',
      kind: 'http_status',
      status: 502,
      message: '502: Bad Gateway',
      operationName: 'Team',
      path: 'employees',
      errorCount: 1,
      attempts: 1,
      requestId: answer.headers.get('x-request-id'),
    });
    const { document, marks } = entry.operation;
    expect(marks.map(([start, end]) => document.text.slice(start, end))).toEqual(['products']);
    expect(entry.plan).toMatchObject({
      kind: 'sequence',
      nodes: [
        { subgraph: 'employees', state: 'ok', isSubject: false },
        { subgraph: 'products', state: 'failed', isSubject: true, status: 502, paths: ['employees'], fields: ['products'] },
      ],
    });
    expect(entry.sent).toMatchObject({ url: expect.stringMatching(/\/graphql$/), query: { text: expect.stringContaining('_entities') } });
    expect(entry.sent?.headers).toContainEqual({ name: 'x-fault', value: 'products:status=502', isHidden: false });
    expect(entry.reply).toMatchObject({ kind: 'response', statusLine: '502: Bad Gateway', body: { text: 'something is wrong here' } });
    expect(entry.stages.map(({ name }) => name)).toEqual(['transport', 'classify', 'locate']);
    expect(entry.audiences.map(({ name, isActual }) => [name, isActual])).toEqual([
      ['public', false],
      ['staff', true],
    ]);
  });

  it('shows the very errors that the client got', async () => {
    const { stage, latest } = await setUp();
    const answer = await stage.post('{ employees { id rootFieldThrowsError } }');
    const [seen] = (await latest()).audiences;
    expect(JSON.parse(seen?.errors.text ?? '')).toEqual(answer.body.errors);
    expect(seen?.drafts.flatMap(({ steps }) => steps.map(({ key }) => key))).toContain('attach_service_name');
  });

  it('tells which option did what, and where it stands', async () => {
    const block = { mode: 'pass-through', rules: [{ when: { code: 'ERROR_CODE' }, set: { code: 'OURS' }, redacted_message: 'Sorry.' }] };
    const { stage, latest } = await setUp({ ...DEV, subgraph_error_propagation: block });
    await stage.post('{ employees { id rootFieldThrowsError } }');
    const [seen] = (await latest()).audiences;
    expect(seen?.matched).toEqual([{ name: 'rules[0]', kind: 'rule', place: expect.stringMatching(/^config:\d+/) }]);
    const step = seen?.drafts[0]?.steps.find(({ key }) => key === 'redacted_message');
    expect(step).toMatchObject({ place: expect.stringMatching(/^config:\d+/), changes: [{ member: 'message', value: '"Sorry."' }] });
  });

  it('holds no credential of the client', async () => {
    const headers = { all: { request: [{ op: 'propagate', matching: '.*' }] } };
    const { stage, latest } = await setUp({ ...DEV, headers });
    const canaries = { authorization: 'Bearer canary-token', cookie: 'a=canary', 'x-api-key': 'canary' };
    await stage.post(QUERY, { headers: { ...canaries, 'x-fault': 'products:html' } });
    const entry = await latest();
    expect(entry.sent?.headers).toContainEqual({ name: 'authorization', value: '[hidden]', isHidden: true });
    expect(entry.copies.curl).toContain('# left out: ');
    expect(JSON.stringify(entry)).not.toContain('canary');
  });

  it('is there for failures of every kind', async () => {
    const { stage, entries } = await setUp();
    await stage.post(QUERY, { headers: { 'x-fault': 'products:refuse' } });
    await stage.post('{ employees { id } }', { headers: { 'x-fault': 'employees:empty' } });
    expect((await entries()).map(({ kind, code }) => [kind, code])).toEqual([
      ['unreachable', 'SUBGRAPH_UNREACHABLE'],
      ['empty', 'SUBGRAPH_EMPTY_RESPONSE'],
    ]);
  });

  it('is there for values that the response cannot carry', async () => {
    const stage = await startSmallStage(() => ({ value: ['no', 'text'] }), DEV);
    open.push(stage);
    await stage.post('{ other value }');
    const base = `${stage.router.url}/_candor/errors`;
    const [entry] = (await snapshotOf(base)).entries;
    expect(entry).toMatchObject({ kind: 'value', subgraph: 'small', path: 'value', status: 200 });
    const detail: EntryDetail = await (await fetch(`${base}/entries/${entry?.id}`)).json();
    expect(detail.reply).toMatchObject({ kind: 'response', body: { text: expect.stringContaining('no') } });
    expect(detail.operation.marks).toEqual([[8, 13]]);
  });

  it('is not made for requests that succeed', async () => {
    const { stage, entries } = await setUp();
    await stage.post(QUERY);
    expect(await entries()).toEqual([]);
  });
});

describe('the list', () => {
  it('is cleared by DELETE, from the page alone', async () => {
    const { stage, base, entries } = await setUp();
    await stage.post(QUERY, { headers: { 'x-fault': 'products:html' } });
    const send = (site: string) => fetch(`${base}/entries`, { method: 'DELETE', headers: { 'sec-fetch-site': site } });
    expect([(await send('cross-site')).status, (await entries()).length]).toEqual([403, 1]);
    expect([(await send('same-origin')).status, (await entries()).length]).toEqual([204, 0]);
  });

  it('survives a reload', async () => {
    const { stage, entries } = await setUp();
    await stage.post(QUERY, { headers: { 'x-fault': 'products:html' } });
    expect(await stage.router.reload()).toEqual([]);
    expect(await entries()).toHaveLength(1);
  });
});

describe('access', () => {
  it.each([
    ['a foreign host name, by which DNS may have lured a browser', { host: 'evil.example' }],
    ['a request that came through a proxy', { 'x-forwarded-for': '203.0.113.5' }],
    ['what another site asks', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused to %s', async (_name, headers) => {
    const { base } = await setUp();
    expect(await statusFor(`${base}/events`, headers)).toBe(403);
  });

  it('is open to others when the configuration says so, but never to other sites', async () => {
    const { base } = await setUp({ ...DEV, inspector: { allow_remote: true } });
    expect(await statusFor(`${base}/entries/1`, { host: 'dev.example', 'x-forwarded-for': '203.0.113.5' })).toBe(404);
    expect(await statusFor(`${base}/entries/1`, { 'sec-fetch-site': 'cross-site' })).toBe(403);
  });

  it('gives no other origin a way to read, and allows nothing inline', async () => {
    const { base } = await setUp();
    const response = await fetch(`${base}/entries/1`, { headers: { origin: 'http://evil.example' } });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self';/);
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
  });

  it('is by GET only', async () => {
    const { base } = await setUp();
    expect((await fetch(base, { method: 'POST' })).status).toBe(405);
  });
});

describe('outside dev_mode', () => {
  it.each([{}, { inspector: { enabled: true } }, { ...DEV, inspector: { enabled: false } }])('there is nothing: %j', async (config) => {
    const { stage, base } = await setUp(config);
    for (const path of ['', '/', '/events', '/entries/1', '/app.js']) expect((await fetch(base + path)).status).toBe(404);
    expect(stage.router.inspectorUrl).toBeNull();
  });
});

describe('shutdown', () => {
  it('ends open streams at once', async () => {
    const { stage, base } = await setUp({ ...DEV, grace_period: '20s', shutdown_delay: '30s' });
    const response = await fetch(`${base}/events`);
    const ended = response.text();
    await stage.router.shutdown();
    expect(await ended).toContain('event: snapshot');
  }, 10_000);
});
