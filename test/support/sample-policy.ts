/** Configurations of the error layer, read by the real configuration loader. */
import { loadConfig } from '../../src/config/load.ts';
import type { RouterConfig } from '../../src/config/schema.ts';

/** The configuration with these top-level keys, as written in YAML. Throws with every problem. */
export function sampleConfig(keys: Readonly<Record<string, unknown>>): RouterConfig {
  const yaml = JSON.stringify({ subgraphs: [{ name: 'employees', routing_url: 'http://employees' }], ...keys });
  const loaded = loadConfig({ files: ['/router.config.yaml'], env: {}, cwd: '/', readFile: () => yaml });
  if (!loaded.ok) throw new Error(loaded.error.map(({ key, message }) => `${key}: ${message}`).join('\n'));
  return loaded.value.config;
}
