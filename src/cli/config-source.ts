import { type LoadedConfig, loadConfig, loadGraphOnly } from '../config/load.ts';
import { printProblem } from '../config/problem.ts';
import type { RouterConfig } from '../config/schema.ts';
import type { Problems } from '../router.ts';
import { err, type Result } from '../shared/result.ts';

/** Collects what a repeatable option is given. */
export function collect(item: string, items: readonly string[] | undefined): readonly string[] {
  return [...(items ?? []), item];
}

/** The option of every command that reads a configuration. */
export const CONFIG_OPTION = [
  '-c, --config <file>',
  'configuration file; repeatable, later ones win (default: CONFIG_PATH or router.config.yaml)',
  collect,
] as const;

/** The configuration that `--config` names, in this process's environment and folder. */
export function loadConfigFiles(files: readonly string[]): Result<LoadedConfig, Problems> {
  const loaded = loadConfig(optionsFor(files));
  return loaded.ok ? loaded : err(loaded.error.map(printProblem));
}

/** The graph of files whose other keys are wrong; null when that cannot be told. */
export function loadGraphOfFiles(files: readonly string[]): RouterConfig | null {
  return loadGraphOnly(optionsFor(files));
}

function optionsFor(files: readonly string[]) {
  return { files, env: process.env, cwd: process.cwd() };
}
