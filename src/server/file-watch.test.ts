import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FileWatch, watchFiles } from './file-watch.ts';

const ignore = (): void => undefined;
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Two files and the changes that a watch of them reports, one promise per report. */
async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  await Promise.all([writeFile(a, '1'), writeFile(b, '1')]);
  const reports: (readonly string[])[] = [];
  let wake = ignore;
  const watch: FileWatch = await watchFiles([a, b], 2, (changed) => {
    reports.push(changed);
    wake();
  });
  cleanups.push(() => watch.close());
  const next = async (): Promise<readonly string[] | undefined> => {
    if (reports.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return reports.shift();
  };
  return { a, b, folder, next, reports, watch };
}

describe('watchFiles', () => {
  it('names the file that changed', async () => {
    const { b, next } = await setUp();
    await writeFile(b, '2');
    expect(await next()).toEqual([b]);
  });

  it('sees a file go and come back', async () => {
    const { a, folder, next } = await setUp();
    const elsewhere = join(folder, 'elsewhere');
    await rename(a, elsewhere);
    expect(await next()).toEqual([a]);
    await rename(elsewhere, a);
    expect(await next()).toEqual([a]);
  });

  it('reports no change that was acknowledged', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    cleanups.push(() => void vi.useRealTimers());
    const { a, b, next, watch } = await setUp();
    await writeFile(a, '2');
    await watch.acknowledge();
    await writeFile(b, '2');
    vi.advanceTimersByTime(2);
    expect(await next()).toEqual([b]);
  });

  it('takes the same text for no change', async () => {
    const { a, b, next } = await setUp();
    // Replaced as a whole: a plain write truncates first, which a look may see.
    await writeFile(`${a}.new`, '1');
    await rename(`${a}.new`, a);
    await writeFile(b, '2');
    expect(await next()).toEqual([b]);
  });
});
