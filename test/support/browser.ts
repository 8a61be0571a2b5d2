/** A real browser for tests of pages: the system's Chromium, by playwright-core, which downloads nothing. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { REPOSITORY } from './built-router.ts';

const PLACES = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];

const executablePath = PLACES.find((path) => path !== undefined && path !== '' && existsSync(path));

/** Why tests with a browser cannot run here; null when they can. Said on standard error, so that nobody takes them for run. */
export const noBrowser =
  executablePath === undefined ? 'no Chromium: install it (apt-get install chromium) or name it in CHROMIUM_PATH' : null;

if (noBrowser !== null) process.stderr.write(`browser tests are SKIPPED: ${noBrowser}\n`);

export function startBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(noBrowser ?? '');
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * Compiles the inspector's page to where a router that runs from its sources looks for it.
 *
 * Each file appears there as a whole, since other tests may be doing the same, or reading it.
 */
export function buildInspectorPage(): void {
  mkdirSync(join(REPOSITORY, '.work'), { recursive: true });
  const made = mkdtempSync(join(REPOSITORY, '.work', 'inspector-'));
  const options = ['-p', join(REPOSITORY, 'src/inspector-ui/tsconfig.json'), '--noCheck', '--outDir', made];
  execFileSync(process.execPath, [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), ...options], { stdio: 'inherit' });
  const page = join(made, 'inspector-ui');
  cpSync(join(REPOSITORY, 'src/inspector-ui/static'), page, { recursive: true });
  const place = join(REPOSITORY, 'dist/inspector-ui');
  mkdirSync(place, { recursive: true });
  for (const name of readdirSync(page)) renameSync(join(page, name), join(place, name));
  rmSync(made, { recursive: true });
}
