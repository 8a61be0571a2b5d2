/** The page's own files, from memory. */
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';

export interface Asset {
  readonly contentType: string;
  readonly body: Buffer;
}

export type Assets = ReadonlyMap<string, Asset>;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Beside the compiled server, or where the build puts it when the server runs from its sources. */
const FOLDERS = [new URL('../../inspector-ui/', import.meta.url), new URL('../../../dist/inspector-ui/', import.meta.url)];

/** By name. Empty when the page was not built. */
export async function readAssets(): Promise<Assets> {
  for (const folder of FOLDERS) {
    const assets = await readFolder(folder);
    if (assets.has('index.html') && assets.has('app.js')) return assets;
  }
  return new Map();
}

async function readFolder(folder: URL): Promise<Map<string, Asset>> {
  const names = await readdir(folder).catch((): string[] => []);
  const served = names.filter((name) => Object.hasOwn(CONTENT_TYPES, extname(name)));
  const files = await Promise.all(
    served.map(async (name): Promise<[string, Asset]> => {
      const contentType = CONTENT_TYPES[extname(name)] ?? '';
      return [name, { contentType, body: await readFile(new URL(name, folder)) }];
    }),
  );
  return new Map(files);
}
