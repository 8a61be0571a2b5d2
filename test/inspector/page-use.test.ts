/** How the inspector's page is used: by keyboard, with filters, when things go wrong between page and router. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { deferred } from '../e2e/stage.ts';
import { noBrowser } from '../support/browser.ts';
import { fail, row, rows, section, setUpInspectorTests } from '../support/inspector-page.ts';

const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');

describe.skipIf(noBrowser !== null)("the inspector's page", () => {
  const { demo, openPage } = setUpInspectorTests();

  it('is usable by keyboard alone', async () => {
    const stage = await demo();
    const page = await openPage(stage);
    await fail(stage, 'products:html');
    await fail(stage, 'products:empty');
    await fail(stage, 'products:cut');
    await rows(page).nth(2).waitFor();
    await rows(page).first().focus();
    expect(await focused(page)).toContain('SUBGRAPH_CONNECTION_LOST');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toContain('SUBGRAPH_EMPTY_RESPONSE');
    await page.keyboard.press('End');
    expect(await focused(page)).toContain('SUBGRAPH_INVALID_RESPONSE');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.locator('#detail-title').waitFor();
    expect(await focused(page)).toContain('empty response');
    expect(await rows(page).nth(1).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toContain('SUBGRAPH_EMPTY_RESPONSE');
    await page.getByText('Choose a failure to see what happened.').waitFor();
  });

  it('groups what is alike, and filters', async () => {
    const stage = await demo();
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

  it('keeps the focus on the button that goes through a group, whatever comes meanwhile', async () => {
    const stage = await demo();
    const page = await openPage(stage);
    for (let i = 0; i < 3; i++) await fail(stage, 'products:html');
    await row(page, '×3').click();
    await page.getByText('1 of 3').waitFor();
    await page.getByRole('button', { name: 'Older' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('2 of 3').waitFor();
    expect(await focused(page)).toBe('›');
    await fail(stage, 'products:html');
    await page.getByText('3 of 4').waitFor();
    expect(await focused(page)).toBe('›');
    await page.keyboard.press('Enter');
    await page.getByText('4 of 4').waitFor();
    expect([await focused(page), await page.getByRole('button', { name: 'Older' }).isDisabled()]).toEqual(['›', true]);
  });

  it('shows what was opened last, whichever answer comes last, and nothing that was closed meanwhile', async () => {
    const stage = await demo();
    const gate = deferred();
    const page = await openPage(stage);
    await fail(stage, 'products:html');
    await fail(stage, 'products:empty');
    await rows(page).nth(1).waitFor();
    const [first] = await idsOf(page);
    await page.route(`**/entries/${first}`, async (route) => {
      await gate.promise;
      await route.continue();
    });
    const late = page.waitForResponse(`**/entries/${first}`);
    await row(page, 'SUBGRAPH_INVALID_RESPONSE').click();
    await page.keyboard.press('Escape');
    await row(page, 'SUBGRAPH_INVALID_RESPONSE').click();
    await row(page, 'SUBGRAPH_EMPTY_RESPONSE').click();
    await page.locator('#detail-title').getByText('empty response').waitFor();
    gate.resolve();
    await (await late).finished();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(await page.locator('#detail-title').innerText()).toContain('empty response');
    expect(await row(page, 'SUBGRAPH_EMPTY_RESPONSE').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Escape');
    await page.getByText('Choose a failure to see what happened.').waitFor();
  });

  it.each([
    ['is gone', 404, 'This failure is gone: newer ones took its place, or the list was cleared.'],
    ['is refused', 403, 'This failure could not be loaded: the router answered with status 403.'],
    ['comes as something else', 200, 'This failure could not be loaded: there is no connection to the router.'],
  ])('says when a failure %s, and goes back from there on a phone, too', async (_what, status, text) => {
    const stage = await demo();
    const page = await openPage(stage, { viewport: { width: 375, height: 700 }, expected: /status of 40[34]/ });
    await fail(stage, 'products:html');
    await rows(page).first().waitFor();
    await page.route('**/entries/*', (route) => route.fulfill({ status, body: 'Nothing.' }));
    await rows(page).first().click();
    await page.getByText(text).waitFor();
    expect([await focused(page), await rows(page).first().getAttribute('aria-selected')]).toEqual([text, 'true']);
    await page.getByRole('button', { name: '← Failures' }).click();
    await rows(page).first().waitFor();
    expect(await rows(page).first().getAttribute('aria-selected')).toBe('false');
  });

  it('says what is missing of a failure that was too large, or whose fetch is unknown', async () => {
    const stage = await demo();
    const page = await openPage(stage);
    await fail(stage, 'products:html');
    await page.route('**/entries/*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), kind: 'value', plan: null, sent: null, reply: null } });
    });
    await rows(page).first().click();
    await page.locator('#detail-title').waitFor();
    expect(await section(page, 'The router planned').innerText()).toContain('too large to keep whole');
    for (const title of ['The subgraph was sent', 'The subgraph replied'])
      expect(await section(page, title).innerText()).toContain('It is not known which fetch brought this value.');
  });

  it('connects again after an answer that is no stream', async () => {
    let tries = 0;
    const page = await openPage(await demo(), {
      expected: /status of 503|MIME type/,
      prepare: async (opening) => {
        await opening.clock.install();
        await opening.route('**/events', (route) => (tries++ === 0 ? route.fulfill({ status: 503, body: 'starting' }) : route.continue()));
        opening.on('response', (response) => void (response.status() === 503 && opening.clock.runFor(2_000)));
      },
    });
    expect([tries, await page.locator('#state').innerText()]).toEqual([2, 'live']);
  });

  it('helps to copy by hand where the browser does not let it copy', async () => {
    const stage = await demo();
    const page = await openPage(stage, {
      prepare: (opening) => opening.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined })),
    });
    const selected = (): Promise<string> => page.evaluate(() => getSelection()?.toString() ?? '');
    await fail(stage, 'products:html');
    await rows(page).first().click();
    await page.getByRole('button', { name: 'Copy as golden test' }).click();
    const golden = page.getByRole('dialog', { name: 'Copy as golden test' });
    expect(await golden.innerText()).toContain('candor errors test --update');
    expect([await golden.getByRole('button').allInnerTexts(), (await selected()).startsWith('{')]).toEqual([['Close'], true]);
    await golden.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Open in explain' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByRole('status').getByText('copy it by hand').waitFor();
    expect([await dialog.count(), await selected()]).toEqual([1, expect.stringContaining('candor errors explain')]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await dialog.getByText('curl -sS').waitFor();
  });
});

/** Of the failures that the router has, oldest first. */
function idsOf(page: Page): Promise<readonly number[]> {
  return page.evaluate(async () => {
    const source = new EventSource('errors/events');
    const text = await new Promise<string>((resolve) =>
      source.addEventListener('snapshot', ({ data }) => {
        source.close();
        resolve(data);
      }),
    );
    return JSON.parse(text).entries.map(({ id }: { readonly id: number }) => id);
  });
}
