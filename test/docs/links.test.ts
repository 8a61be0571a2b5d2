/** Where the documentation leads: every file that it links or shows is there, and every picture is shown. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../support/built-router.ts';

const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'test/corpus/README.md', 'bench/http/README.md'];

async function pagesBelow(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(REPOSITORY, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name));
}

/** Paths of files that a page links or shows, from the repository's root. Code, other sites and places on the page itself do not count. */
function targetsOf(page: string, markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset)="([^"]+)"/g)].map(([, link, source]) => link ?? source ?? '');
  const files = links.filter((link) => !/^(?:[a-z]+:|#)/.test(link)).map((link) => link.replace(/#.*$/, ''));
  return files.map((file) => relative(REPOSITORY, join(REPOSITORY, dirname(page), file)));
}

const pages = [...PAGES, ...(await pagesBelow('docs'))];
const targets = new Map(
  await Promise.all(pages.map(async (page) => [page, targetsOf(page, await readFile(join(REPOSITORY, page), 'utf8'))] as const)),
);

it.each([...targets].filter(([, files]) => files.length > 0))('%s leads to files that are there', (_page, files) => {
  expect(files.filter((file) => !existsSync(join(REPOSITORY, file)))).toEqual([]);
});

it('shows every picture', async () => {
  const pictures = (await readdir(join(REPOSITORY, 'docs/images'))).map((name) => `docs/images/${name}`);
  const shown = new Set([...targets.values()].flat());
  expect(pictures.length).toBeGreaterThan(3);
  expect(pictures.filter((picture) => !shown.has(picture))).toEqual([]);
});
