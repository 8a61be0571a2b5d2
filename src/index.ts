/** The public API: what an embedder may rely on. Nothing else of this package is importable. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { loadConfig } from './config/load.ts';
import { printProblem } from './config/problem.ts';
import { type Problems, type Router, type ShutdownOptions, startRouter } from './router.ts';
import type { LogSink } from './server/log.ts';
import { err, type Result } from './shared/result.ts';

export type { LogSink, Problems, Result, Router, ShutdownOptions };

export interface CreateRouterOptions {
  /** The keys of `router.config.yaml`, as a value. Paths in it are relative to `cwd`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Or configuration files; later ones win. Without either: `CONFIG_PATH`, or `router.config.yaml`. */
  readonly configFiles?: readonly string[];
  /** SDL by subgraph name, in place of the files that `subgraphs` may name. */
  readonly sdls?: Readonly<Record<string, string>>;
  /** Takes log lines in place of standard output. */
  readonly logSink?: LogSink;
  /** For `${NAME}` and environment variables of the configuration; the process's own by default with files, none with a value. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The current directory by default. */
  readonly cwd?: string;
}

/**
 * Starts a router and resolves when it is ready; port 0 in `listen_addr` takes any free one.
 *
 * What is wrong with the configuration, the graph or the port comes back as lines for people, all at once.
 */
export function createRouter(options: CreateRouterOptions = {}): Promise<Result<Router, Problems>> {
  const { sdls, logSink } = options;
  return startRouter({
    loadConfig: () => {
      const loaded = loadConfig(sourceOf(options));
      return loaded.ok ? loaded : err(loaded.error.map(printProblem));
    },
    ...(sdls !== undefined && { sdls: new Map(Object.entries(sdls)) }),
    ...(logSink !== undefined && { logSink }),
  });
}

const VALUE_NAME = 'config';

function sourceOf(options: CreateRouterOptions): Parameters<typeof loadConfig>[0] {
  const { config, configFiles = [], cwd = process.cwd() } = options;
  if (config === undefined) return { files: configFiles, env: options.env ?? process.env, cwd };
  const text = JSON.stringify(config); // YAML holds JSON, so a value goes the way of a file
  const valuePath = resolve(cwd, VALUE_NAME);
  const readFile = (path: string): string => {
    if (path === valuePath) return text;
    // What is given as a value must not depend on the folder that the process happens to run in.
    if (basename(path) === '.env') throw Object.assign(new Error('not read'), { code: 'ENOENT' });
    return readFileSync(path, 'utf8');
  };
  return { files: [VALUE_NAME], env: options.env ?? {}, cwd, readFile };
}
