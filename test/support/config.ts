/** Loads configurations from texts instead of files. */
import { type LoadedConfig, type LoadOptions, loadConfig } from '../../src/config/load.ts';
import { printProblem } from '../../src/config/problem.ts';
import type { RouterConfig } from '../../src/config/schema.ts';

const GRAPH = 'subgraphs: [{ name: employees, routing_url: "http://localhost:4001/graphql" }]\n';

export type Texts = Readonly<Record<string, string>>;

/** Text with a graph in front, so that a test shows only what it is about; everything stands one line further down. */
export function withGraph(yaml: string): string {
  return GRAPH + yaml;
}

/** Reads `files` (paths below `/etc/candor`) as the loader would read them from disk. */
export function load(
  files: Texts,
  env: LoadOptions['env'] = {},
  named: readonly string[] = ['router.config.yaml'],
): ReturnType<typeof loadConfig> {
  return loadConfig({
    files: named,
    env,
    cwd: '/etc/candor',
    readFile: (path) => {
      const name = path.replace('/etc/candor/', '');
      const text = Object.hasOwn(files, name) ? files[name] : undefined;
      if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
      return text;
    },
  });
}

export function loaded(yaml: string, env: LoadOptions['env'] = {}): LoadedConfig {
  const result = load({ 'router.config.yaml': yaml }, env);
  if (!result.ok) throw new Error(result.error.map(printProblem).join('\n'));
  return result.value;
}

/** The configuration that `yaml` gives beside a graph. */
export function configOf(yaml: string, env: LoadOptions['env'] = {}): RouterConfig {
  return loaded(withGraph(yaml), env).config;
}

/** The printed problems of one file, as a user reads them. */
export function problemsOf(yaml: string, env: LoadOptions['env'] = {}): readonly string[] {
  const result = load({ 'router.config.yaml': yaml }, env);
  return result.ok ? [] : result.error.map(printProblem);
}
