/** Notices that the files of a configuration changed, from one reload to the next. */
import type { LoadedConfig } from '../config/load.ts';
import { type FileWatch, watchFiles } from './file-watch.ts';
import { watchedFiles } from './generation.ts';

/** One per router, or per cluster: a change is one reload, however many processes serve. */
export class ConfigWatch {
  readonly #onChange: (files: readonly string[]) => void;
  #watches: readonly FileWatch[] = [];
  #isClosed = false;

  constructor(onChange: (files: readonly string[]) => void) {
    this.#onChange = onChange;
  }

  /** Before files are read for a reload: what they hold by now asks for no other one. */
  async acknowledge(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.acknowledge()));
  }

  /** Watches what this configuration wants watched, and nothing else any more. */
  async follow({ config, files }: LoadedConfig): Promise<void> {
    const watches = await Promise.all(
      watchedFiles(config, files).map((watched) => watchFiles(watched.files, watched.intervalMs, this.#onChange)),
    );
    for (const watch of this.#watches) watch.close();
    this.#watches = watches;
    if (this.#isClosed) this.close();
  }

  close(): void {
    this.#isClosed = true;
    for (const watch of this.#watches) watch.close();
  }
}
