/** The inspector's page in a real browser, before the demo. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { SMALL_SDL, startStage } from '../e2e/stage.ts';
import { noBrowser } from '../support/browser.ts';
import { DEV, fail, QUERY, row, rows, section, setUpInspectorTests } from '../support/inspector-page.ts';
import { Fleet } from '../support/scripted-subgraph.ts';

const AUDIENCES = {
  audiences: [
    { name: 'partner', when: { header: { name: 'x-partner', equals: 'p' } }, message: 'Out of order.' },
    { name: 'staff', when: { header: { name: 'x-staff', equals: 's' } }, mode: 'pass-through' },
  ],
};
const DEMO_CONFIG = fileURLToPath(new URL('../../router.config.yaml', import.meta.url));
const FAULTS = [
  ['refuse', 'SUBGRAPH_UNREACHABLE', 'There was no connection'],
  ['reset', 'SUBGRAPH_UNREACHABLE', 'There was no connection'],
  ['status=502', 'SUBGRAPH_HTTP_ERROR', 'something is wrong here'],
  ['html', 'SUBGRAPH_INVALID_RESPONSE', '<h1>Please sign in</h1>'],
  ['empty', 'SUBGRAPH_EMPTY_RESPONSE', 'empty'],
  ['bad-json', 'SUBGRAPH_INVALID_RESPONSE', '{"data":{"employees":['],
  ['not-graphql', 'SUBGRAPH_INVALID_RESPONSE', 'invalid appliance'],
  ['cut', 'SUBGRAPH_CONNECTION_LOST', 'The answer ended before it was complete.'],
] as const;

describe.skipIf(noBrowser !== null)("the inspector's page", () => {
  const { demo, startDemo, openPage, onEnd } = setUpInspectorTests();

  it('shows every fault as it happens, and tells its story', async () => {
    const page = await openPage(await demo());
    for (const [fault, code, reply] of FAULTS) {
      const stage = await demo();
      await page.getByText('Nothing has failed yet.').waitFor();
      await fail(stage, `products:${fault}`);
      await row(page, code).click();
      await page.locator('#detail-title').waitFor();
      const told = (title: string): Promise<string> => section(page, title).innerText();
      expect(await section(page, 'The client asked').locator('mark').allInnerTexts(), fault).toEqual(['products']);
      expect(await section(page, 'The router planned').locator('[data-subject]').innerText(), fault).toMatch(/failed\s+products/);
      expect(await told('The subgraph was sent'), fault).toContain('_entities');
      expect(await told('The subgraph replied'), fault).toContain(reply);
      expect(await told('The error layer decided'), fault).toContain('Classified as');
      expect(await told('The client reads'), fault).toContain(code);
      await page.keyboard.press('Escape');
    }
  }, 60_000);

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
    onEnd(() => rm(folder, { recursive: true }));
    const stage = await demo();
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

  it('is readable on a phone', async () => {
    const stage = await demo();
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
    const page = await openPage(await demo(), { colorScheme: 'dark' });
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
    const body = JSON.stringify({
      errors: [{ message: hostile, path: ['echo', hostile], extensions: { code: hostile, [hostile]: hostile } }],
    });
    const fleet = await Fleet.start({
      small: { reply: { status: 200, headers: { 'x-evil': hostile, 'content-type': 'text/html' }, body } },
    });
    const subgraphs = [{ name: 'small', routing_url: fleet.urls['small'] }];
    const stage = await startStage({ config: { ...DEV, subgraphs }, sdls: { small: SMALL_SDL } }, () => fleet.close());
    onEnd(() => stage.close());
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
    const faults = ['products:html', 'products:empty', 'products:cut', 'products:status=500', 'products:not-graphql'];
    for (let i = 0; i < 1_000; i += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, k) => fail(stage, faults[(i + k) % faults.length] ?? '')));
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
