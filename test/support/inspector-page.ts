/** The inspector's page in a real browser, for the tests of a `describe`. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Config, type Stage, startDemoStage } from '../e2e/stage.ts';
import { buildInspectorPage, startBrowser } from './browser.ts';

export const DEV: Config = { dev_mode: true, log_level: 'silent' };
export const QUERY = 'query Team { employees { id products } }';

export const rows = (page: Page): Locator => page.locator('#list > li');
export const row = (page: Page, text: string): Locator => rows(page).filter({ hasText: text });
export const section = (page: Page, title: string): Locator => page.getByRole('region', { name: title });
export const fail = (stage: Stage, fault: string, query = QUERY) => stage.post(query, { headers: { 'x-fault': fault } });

export interface PageOptions extends BrowserContextOptions {
  /** What the console may say; anything else is a fault of the page. */
  readonly expected?: RegExp;
  /** Comes before the page is opened. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

export interface InspectorTests {
  /** The router before the demo that the tests share, with nothing in its list. */
  readonly demo: () => Promise<Stage>;
  /** One of its own, for a configuration of its own. */
  readonly startDemo: (config: Config) => Promise<Stage>;
  /** Opens the page; what it must never do, it is watched for. */
  readonly openPage: (stage: Stage, options?: PageOptions) => Promise<Page>;
  /** Called after the test, the latest first. */
  readonly onEnd: (cleanup: () => unknown) => void;
}

/** Registers what starts and ends browser and routers. */
export function setUpInspectorTests(): InspectorTests {
  let browser: Browser;
  let shared: Stage;
  beforeAll(async () => {
    buildInspectorPage();
    [browser, shared] = [await startBrowser(), await startDemoStage(DEV)];
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await shared.close();
  });

  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  return {
    async demo() {
      await fetch(`${shared.router.inspectorUrl}/entries`, { method: 'DELETE', headers: { 'sec-fetch-site': 'same-origin' } });
      return shared;
    },
    async startDemo(config) {
      const stage = await startDemoStage({ ...DEV, ...config });
      cleanups.push(() => stage.close());
      return stage;
    },
    async openPage(stage, { expected = /^$/, prepare, ...options } = {}) {
      const origin = new URL(stage.router.url).origin;
      const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      const faults: string[] = [];
      page.on('request', (request) => void (new URL(request.url()).origin === origin || faults.push(`asked ${request.url()}`)));
      page.on('console', (message) => void (message.type() === 'error' && !expected.test(message.text()) && faults.push(message.text())));
      page.on('pageerror', (error) => void faults.push(error.message));
      cleanups.push(async () => {
        await context.close();
        expect(faults).toEqual([]);
      });
      await prepare?.(page);
      await page.goto(`${stage.router.inspectorUrl}`);
      await page.locator('#state[data-state="live"]').waitFor();
      return page;
    },
    onEnd: (cleanup) => void cleanups.push(cleanup),
  };
}
