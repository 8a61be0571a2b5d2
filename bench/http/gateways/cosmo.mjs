// Cosmo Router: COSMO_BIN is its binary. The execution config is composed offline by wgc (WGC_DIR or peers/cosmo).
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from '../lib/yaml.mjs';
import { binaryAbsent, binaryVersion, peerAbsent, peerDir } from './install.mjs';

/** Composes once per work directory; gives the file. */
export function composeExecutionConfig(workDir, subgraphs) {
  const out = join(workDir, 'execution-config.json');
  if (existsSync(out)) return out;
  const graph = join(workDir, 'graph.yaml');
  writeFileSync(
    graph,
    stringify({ version: 1, subgraphs: subgraphs.map((s) => ({ name: s.name, routing_url: s.url, schema: { file: s.sdlFile } })) }),
  );
  const wgc = join(peerDir('WGC_DIR', 'cosmo'), 'node_modules/wgc/dist/src/index.js');
  const env = { ...process.env, COSMO_TELEMETRY_DISABLED: 'true', DO_NOT_TRACK: '1' };
  execFileSync(process.execPath, [wgc, 'router', 'compose', '-i', graph, '-o', out], {
    cwd: workDir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return out;
}

export const cosmo = {
  name: 'cosmo',
  about: 'GOMAXPROCS=1; defaults, but no retry and no telemetry',
  absent: () => binaryAbsent('COSMO_BIN') ?? peerAbsent('WGC_DIR', 'cosmo', 'wgc'),
  version: () => `router ${binaryVersion('COSMO_BIN', '-version')}`,
  prepare({ workDir, port, path, subgraphs, logs }) {
    const config = join(workDir, 'config.yaml');
    writeFileSync(config, stringify(configFor({ port, path, logs, executionConfig: composeExecutionConfig(workDir, subgraphs) })));
    return { command: resolve(process.env.COSMO_BIN), args: ['-config', config], cwd: workDir, env: { GOMAXPROCS: '1' } };
  },
};

const configFor = ({ port, path, logs, executionConfig }) => ({
  version: '1',
  listen_addr: `127.0.0.1:${port}`,
  graphql_path: path,
  playground: { enabled: false },
  ...(logs ? {} : { log_level: 'fatal', access_logs: { enabled: false } }),
  execution_config: { file: { path: executionConfig } },
  headers: { all: { request: [{ op: 'propagate', named: 'Authorization' }] } },
  traffic_shaping: { all: { retry: { enabled: false } } },
  telemetry: { tracing: { enabled: false }, metrics: { otlp: { enabled: false }, prometheus: { enabled: false } } },
  graphql_metrics: { enabled: false },
  router_registration: false,
  shutdown_delay: '1s',
  grace_period: '1s',
});
