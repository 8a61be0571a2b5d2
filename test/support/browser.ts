/** A real browser for tests of pages: the system's Chromium, by playwright-core, which downloads nothing. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

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

/** Compiles the inspector's page to where a router that runs from its sources looks for it. */
export function buildInspectorPage(): void {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  execFileSync('npm', ['run', '--silent', 'build:inspector'], { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
}
