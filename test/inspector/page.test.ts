/** The inspector's page in a real browser, before the demo. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { type Config, SMALL_SDL, type Stage, startDemoStage, startStage } from '../e2e/stage.ts';
import { buildInspectorPage, noBrowser, startBrowser } from '../support/browser.ts';

const DEV: Config = { dev_mode: true, log_level: 'silent' };
const AUDIENCES = {
  audiences: [
    { name: 'partner', when: { header: { name: 'x-partner', equals: 'p' } }, message: 'Out of order.' },
    { name: 'staff', when: { header: { name: 'x-staff', equals: 's' } }, mode: 'pass-through' },
  ],
};
const DEMO_CONFIG = fileURLToPath(new URL('../../router.config.yaml', import.meta.url));
const QUERY = 'query Team { employees { id products } }';

const rows = (page: Page): Locator => page.locator('#list > li');
const row = (page: Page, text: string): Locator => rows(page).filter({ hasText: text });
const section = (page: Page, title: string): Locator => page.getByRole('region', { name: title });
const fail = (stage: Stage, fault: string, query = QUERY) => stage.post(query, { headers: { 'x-fault': fault } });

describe.skipIf(noBrowser !== null)("the inspector's page", () => {
  let browser: Browser;
  beforeAll(async () => {
    buildInspectorPage();
    browser = await startBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  /** Opens the page; what it must never do, it is watched for. */
  async function openPage(stage: Stage, options: BrowserContextOptions = {}): Promise<Page> {
    const origin = new URL(stage.router.url).origin;
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const faults: string[] = [];
    page.on('request', (request) => void (new URL(request.url()).origin === origin || faults.push(`asked ${request.url()}`)));
    page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
    page.on('pageerror', (error) => void faults.push(error.message));
    await page.goto(`${stage.router.inspectorUrl}`);
    await page.getByText('live', { exact: true }).waitFor();
    cleanups.push(async () => {
      await context.close();
      expect(faults).toEqual([]);
    });
    return page;
  }

  async function startDemo(config: Config = {}): Promise<Stage> {
    const stage = await startDemoStage({ ...DEV, ...config });
    cleanups.push(() => stage.close());
    return stage;
  }

  it.each([
    ['refuse', 'SUBGRAPH_UNREACHABLE', 'There was no connection'],
    ['reset', 'SUBGRAPH_UNREACHABLE', 'There was no connection'],
    ['status=502', 'SUBGRAPH_HTTP_ERROR', 'something is wrong here'],
    ['html', 'SUBGRAPH_INVALID_RESPONSE', '<h1>Please sign in</h1>'],
    ['empty', 'SUBGRAPH_EMPTY_RESPONSE', 'empty'],
    ['bad-json', 'SUBGRAPH_INVALID_RESPONSE', '{"data":{"employees":['],
    ['not-graphql', 'SUBGRAPH_INVALID_RESPONSE', 'invalid appliance'],
    ['cut', 'SUBGRAPH_CONNECTION_LOST', 'The answer ended before it was complete.'],
  ])('shows the fault %s as it happens, and tells its story', async (fault, code, reply) => {
    const stage = await startDemo();
    const page = await openPage(stage);
    await page.getByText('Nothing has failed yet.').waitFor();
    await fail(stage, `products:${fault}`);
    await row(page, code).click();
    await page.locator('#detail-title').waitFor();
    expect(await section(page, 'The client asked').locator('mark').allInnerTexts()).toEqual(['products']);
    expect(await section(page, 'The router planned').locator('[data-subject]').innerText()).toMatch(/failed\s+products/);
    expect(await section(page, 'The subgraph was sent').innerText()).toContain('_entities');
    expect(await section(page, 'The subgraph replied').innerText()).toContain(reply);
    expect(await section(page, 'The error layer decided').innerText()).toContain('Classified as');
    expect(await section(page, 'The client reads').innerText()).toContain(code);
  });

  it('shows what each audience reads, and the options of each', async () => {
    const stage = await startDemo({ subgraph_error_propagation: AUDIENCES });
    const page = await openPage(stage);
    await stage.post('{ employees { id rootFieldThrowsError products } }', { headers: { 'x-staff': 's', 'x-fault': 'products:html' } });
    await row(page, 'ERROR_CODE').click();
    const cards = section(page, 'Each audience reads').getByRole('article');
    await cards.nth(2).waitFor();
    const texts = await cards.allInnerTexts();
    expect(texts[0]).toMatch(/^public[\s\S]*Failed to fetch from Subgraph 'employees'/);
    expect(texts[1]).toMatch(/^partner[\s\S]*Out of order\./);
    expect(texts[2]).toMatch(/^staff\s+this client[\s\S]*"error resolving RootFieldThrowsError/);
    const decided = section(page, 'The error layer decided');
    expect(await decided.getByRole('tabpanel').innerText()).not.toContain('Out of order.');
    await decided.getByRole('tab', { name: 'partner' }).click();
    expect(await decided.getByRole('tabpanel').innerText()).toMatch(/message\s+config:\d+[\s\S]*Out of order\./);
  });

  it('copies a golden test that candor errors test runs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'inspector-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const stage = await startDemo();
    const page = await openPage(stage);
    const answer = await fail(stage, 'products:status=502');
    await row(page, 'SUBGRAPH_HTTP_ERROR').click();
    await page.getByRole('button', { name: 'Copy as golden test' }).click();
    await page.getByText('Copied as golden test').waitFor();
    await mkdir(join(folder, 'replies'));
    await writeFile(join(folder, 'replies', 'bad-gateway.json'), await page.evaluate(() => navigator.clipboard.readText()));
    const problems: string[] = [];
    const run = (...more: string[]) =>
      runCli(['errors', 'test', '--config', DEMO_CONFIG, '--dir', folder, ...more], {
        out: () => undefined,
        problem: (line) => problems.push(line),
      });
    expect([await run('--update'), await run(), problems]).toEqual([0, 0, []]);
    const golden = await readFile(join(folder, 'public', 'products.yaml'), 'utf8');
    const told = golden.slice(golden.indexOf('captured: bad-gateway'));
    for (const text of [answer.body.errors?.[0]?.message, 'SUBGRAPH_HTTP_ERROR', 'employees']) expect(told).toContain(text);
  });

  it('copies a curl command without credentials, and shows the command line of explain', async () => {
    const stage = await startDemo({ headers: { all: { request: [{ op: 'propagate', matching: '.*' }] } } });
    const page = await openPage(stage);
    await stage.post(QUERY, { headers: { 'x-fault': 'products:html', authorization: 'Bearer canary-canary' } });
    await row(page, 'products').click();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied as curl').waitFor();
    const curl = await page.evaluate(() => navigator.clipboard.readText());
    expect(curl).toMatch(/^# left out: authorization\ncurl -sS -i http:\/\/localhost:\d+\/graphql/);
    expect(curl).not.toContain('canary');
    await page.getByRole('button', { name: 'Open in explain' }).click();
    const dialog = page.getByRole('dialog', { name: 'Open in explain' });
    expect(await dialog.innerText()).toMatch(/candor errors explain[\s\S]*--subgraph products[\s\S]*--status 200/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.locator('#detail-title').isVisible()).toBe(true);
  });

  it('is usable by keyboard alone', async () => {
    const stage = await startDemo();
    const page = await openPage(stage);
    await fail(stage, 'products:html');
    await fail(stage, 'products:empty');
    await fail(stage, 'products:cut');
    await rows(page).nth(2).waitFor();
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');
    await rows(page).first().focus();
    expect(await focused()).toContain('SUBGRAPH_CONNECTION_LOST');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toContain('SUBGRAPH_EMPTY_RESPONSE');
    await page.keyboard.press('End');
    expect(await focused()).toContain('SUBGRAPH_INVALID_RESPONSE');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.locator('#detail-title').waitFor();
    expect(await focused()).toContain('empty response');
    expect(await rows(page).nth(1).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Escape');
    expect(await focused()).toContain('SUBGRAPH_EMPTY_RESPONSE');
    await page.getByText('Choose a failure to see what happened.').waitFor();
  });

  it('groups what is alike, and filters', async () => {
    const stage = await startDemo();
    const page = await openPage(stage);
    for (let i = 0; i < 3; i++) await fail(stage, 'products:html');
    await fail(stage, 'hobbies:cut', 'query Other { employees { id hobbies { __typename } } }');
    await row(page, '×3').waitFor();
    await rows(page).nth(1).waitFor();
    expect(await rows(page).count()).toBe(2);
    await page.getByLabel('Subgraph').selectOption('hobbies');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByLabel('Code').selectOption('SUBGRAPH_INVALID_RESPONSE');
    await page.getByText('No failure fits these filters.').waitFor();
    await page.getByLabel('Subgraph').selectOption('');
    await page.getByLabel('Operation').selectOption('Team');
    await row(page, '×3').click();
    await page.getByText('1 of 3').waitFor();
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByText('2 of 3').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('Nothing has failed yet.').waitFor();
  });

  it('is readable on a phone', async () => {
    const stage = await startDemo();
    const page = await openPage(stage, { viewport: { width: 375, height: 700 } });
    await fail(stage, 'products:html');
    await rows(page).first().click();
    await page.locator('#detail-title').waitFor();
    expect(await rows(page).first().isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
    await page.getByRole('button', { name: '← Failures' }).click();
    await rows(page).first().waitFor();
  });

  it('is dark or light, as the system or the reader wants', async () => {
    const page = await openPage(await startDemo(), { colorScheme: 'dark' });
    const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    await page.getByRole('button', { name: 'Theme: auto' }).click();
    const light = await background();
    expect(light).not.toBe(dark);
    await page.reload();
    expect(await background()).toBe(light);
    await page.getByRole('button', { name: 'Theme: light' }).click();
    expect(await background()).toBe(dark);
  });

  it('shows what a hostile subgraph says as text', async () => {
    const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const { stage, close } = await startHostile(hostile);
    cleanups.push(() => close());
    const page = await openPage(stage);
    await stage.post('query Q($x: ID) { echo(id: $x) }', { variables: { x: hostile } });
    await rows(page).first().click();
    await page.locator('#detail-title').waitFor();
    expect(await page.locator('#detail-title').innerText()).toContain(hostile);
    const details = page.locator('summary');
    for (let i = 0; i < (await details.count()); i++) await details.nth(i).click();
    expect(await page.locator('.detail').innerText()).toContain(`x-evil\n${hostile}`);
    expect(await page.evaluate(() => Reflect.get(window, 'hacked'))).toBeUndefined();
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('stays responsive with a thousand failures, and the buffer stays bounded', async () => {
    const engine = { enable_single_flight: false, enable_inbound_request_deduplication: false }; // a thousand requests are a thousand failures
    const stage = await startDemo({ engine });
    const page = await openPage(stage);
    await page.evaluate(() => {
      // The longest pause between two frames, while all this happens.
      let last = performance.now();
      const watch = (now: number): void => {
        Reflect.set(window, 'longest', Math.max(Reflect.get(window, 'longest') ?? 0, now - last));
        last = now;
        requestAnimationFrame(watch);
      };
      requestAnimationFrame(watch);
    });
    const faults = ['products:html', 'products:empty', 'hobbies:cut', 'hobbies:status=500', 'family:not-graphql'];
    const query = 'query All { employees { id details { forename } hobbies { __typename } products } }';
    for (let i = 0; i < 1_000; i += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, k) => fail(stage, faults[(i + k) % faults.length] ?? '', query)));
    }
    await page.getByText('1000 failures').waitFor();
    expect(await rows(page).count()).toBe(faults.length);
    await row(page, '×200').first().click();
    await page.locator('#detail-title').waitFor();
    expect(await page.getByRole('navigation', { name: 'Failures of this group' }).innerText()).toMatch(/^‹\s*1 of 1\d\d\s*›$/);
    expect(await page.evaluate(() => Number(Reflect.get(window, 'longest')))).toBeLessThan(2_000);
    expect((await fetch(`${stage.router.inspectorUrl}/entries/500`)).status).toBe(404);
    expect((await fetch(`${stage.router.inspectorUrl}/entries/501`)).status).toBe(200);
  }, 60_000);
});

/** A router before a subgraph whose every text is hostile. */
async function startHostile(hostile: string): Promise<{ readonly stage: Stage; readonly close: () => Promise<void> }> {
  const body = JSON.stringify({
    errors: [{ message: hostile, path: ['echo', hostile], extensions: { code: hostile, [hostile]: hostile } }],
  });
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'x-evil': hostile, 'content-type': 'text/html' }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const subgraphs = [{ name: 'small', routing_url: `http://127.0.0.1:${port}/graphql` }];
  const stage = await startStage({ config: { ...DEV, subgraphs }, sdls: { small: SMALL_SDL } });
  return {
    stage,
    close: async () => {
      await stage.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
