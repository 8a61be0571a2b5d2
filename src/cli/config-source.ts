import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { printProblem } from '../config/problem.ts';
import type { Problems } from '../router.ts';
import { err, type Result } from '../shared/result.ts';

/** The configuration that `--config` names, in this process's environment and folder. */
export function loadConfigFiles(files: readonly string[]): Result<LoadedConfig, Problems> {
  const loaded = loadConfig({ files, env: process.env, cwd: process.cwd() });
  return loaded.ok ? loaded : err(loaded.error.map(printProblem));
}
