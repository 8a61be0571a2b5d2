/** The pictures of the documentation: `UPDATE_SCREENSHOTS=1 npx vitest run test/inspector/screenshots.test.ts` takes them anew. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { DEMO_NAMES, readSchema } from '../../subgraphs/server.ts';
import { ANY_PORT, startDemo } from '../../subgraphs/start.ts';
import { type Stage, startStage } from '../e2e/stage.ts';
import { buildInspectorPage, noBrowser, startBrowser } from '../support/browser.ts';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

const ROWS = '#list > li';

// A file, so that the pictures show lines of one.
const CONFIG = `version: "1"
listen_addr: 127.0.0.1:0
dev_mode: true
log_level: silent
telemetry: { metrics: { prometheus: { enabled: false } } }
grace_period: 50ms

subgraphs: SUBGRAPHS

headers: { all: { request: [{ op: propagate, named: x-fault }] } }
traffic_shaping: { all: { retry: { enabled: false } } }

subgraph_error_propagation:
  attach_retry_hints: true
  rules:
    - when: { status: 5xx }
      set: { code: TRY_AGAIN_LATER }
  audiences:
    - name: partner
      when: { header: { name: X-Partner-Key, equals: only-for-pictures } }
      message: The service {subgraph} is not available.
    - name: staff
      when: { header: { name: X-Staff-Key, equals: only-for-pictures } }
      mode: pass-through
      attach_origin: true
`;

const TEAM = `query Team {
  employees {
    id
    details { forename surname }
    hobbies { __typename }
    products
  }
}`;

async function startPictured(): Promise<Stage> {
  const demo = await startDemo(ANY_PORT);
  const cwd = await mkdtemp(join(tmpdir(), 'candor-'));
  const subgraphs = DEMO_NAMES.map((name) => ({ name, routing_url: demo.urls[name] }));
  await writeFile(join(cwd, 'router.config.yaml'), CONFIG.replace('SUBGRAPHS', JSON.stringify(subgraphs)));
  const sdls = Object.fromEntries(DEMO_NAMES.map((name) => [name, readSchema(name)]));
  return startStage({ configFiles: ['router.config.yaml'], cwd, env: {}, sdls }, async () => {
    await demo.close();
    await rm(cwd, { recursive: true });
  });
}

async function provoke(stage: Stage): Promise<void> {
  const send = async (times: number, fault: string, query = TEAM): Promise<void> => {
    for (let i = 0; i < times; i++) await stage.post(query, { headers: { 'x-fault': fault } });
  };
  await send(2, 'family:slow=1', '{ employees { id rootFieldThrowsError } }');
  await send(1, 'hobbies:cut');
  await send(12, 'hobbies:empty', 'query Hobbies { employees { id hobbies { __typename } } }');
  await send(3, 'employees:refuse', 'query Everybody { employees { id } }');
  await send(1, 'products:bad-json', 'query Products { employees { products } }');
  await send(4, 'products:html', 'query Products { employees { products } }');
  await send(7, 'products:status=502');
}

describe.skipIf(noBrowser !== null || process.env['UPDATE_SCREENSHOTS'] !== '1')('screenshots', () => {
  it('are taken of list and detail, light and dark', async () => {
    buildInspectorPage();
    const [stage, browser] = [await startPictured(), await startBrowser()];
    await provoke(stage);
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1360, height: 850 } });
      await page.goto(`${stage.router.inspectorUrl}`);
      await page.locator(ROWS).first().waitFor();
      await page.screenshot({ path: `${IMAGES}inspector-list-${colorScheme}.png` });
      await page.locator(ROWS).first().click();
      await page.getByRole('heading', { name: 'The error layer decided' }).waitFor();
      await page.screenshot({ path: `${IMAGES}inspector-detail-${colorScheme}.png` });
      await page.setViewportSize({ width: 1360, height: 1000 });
      await page.getByRole('heading', { name: 'The error layer decided' }).evaluate((element) => element.scrollIntoView());
      await page.screenshot({ path: `${IMAGES}inspector-audiences-${colorScheme}.png` });
      await page.close();
    }
    await browser.close();
    await stage.close();
  }, 60_000);
});
