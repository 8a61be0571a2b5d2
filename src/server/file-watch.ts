/** Notices that files changed, by looking: also through symbolic links and network file systems, where notifications fail. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

export interface FileWatch {
  /** What the files hold now is no change any more. */
  acknowledge(): Promise<void>;
  close(): void;
}

/**
 * Calls `onChange` with the files that differ from the last look, at most once per interval.
 *
 * Contents count, not times: a copy with the same text is no change, a swapped link is one. A file that is missing or unreadable
 * counts as a content of its own, so that its return is a change as well.
 */
export async function watchFiles(
  files: readonly string[],
  intervalMs: number,
  onChange: (changed: readonly string[]) => void,
): Promise<FileWatch> {
  let known = await Promise.all(files.map(fingerprint));
  let isLooking = false;
  let isClosed = false;
  const look = async (): Promise<void> => {
    if (isLooking) return; // a slow file system must not pile up looks
    isLooking = true;
    const now = await Promise.all(files.map(fingerprint));
    isLooking = false;
    const changed = files.filter((_, i) => now[i] !== known[i]);
    known = now;
    if (changed.length > 0 && !isClosed) onChange(changed);
  };
  const timer = setInterval(() => void look(), intervalMs); // never rejects: fingerprint does not
  timer.unref();
  return {
    acknowledge: async () => void (known = await Promise.all(files.map(fingerprint))),
    close: () => {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

async function fingerprint(file: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('base64');
  } catch {
    return 'unreadable';
  }
}
