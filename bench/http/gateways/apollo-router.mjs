// Apollo Router (Rust): APOLLO_ROUTER_BIN is its binary.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from '../lib/yaml.mjs';
import { binaryAbsent, binaryVersion } from './install.mjs';

export const apolloRouter = {
  name: 'apollo-router',
  about: 'one I/O thread, one compute thread, subgraph de-duplication',
  absent: () => binaryAbsent('APOLLO_ROUTER_BIN'),
  version: () => binaryVersion('APOLLO_ROUTER_BIN', '--version'),
  prepare({ workDir, port, path, supergraphFile, logs }) {
    const config = join(workDir, 'config.yaml');
    writeFileSync(
      config,
      stringify({
        supergraph: { listen: `127.0.0.1:${port}`, path },
        health_check: { listen: `127.0.0.1:${port + 1}` },
        homepage: { enabled: false },
        headers: { all: { request: [{ propagate: { named: 'authorization' } }] } },
        traffic_shaping: { all: { deduplicate_query: true } },
      }),
    );
    const threads = { APOLLO_ROUTER_IO_THREADS: '1', APOLLO_ROUTER_COMPUTE_THREADS: '1' };
    const env = { APOLLO_TELEMETRY_DISABLED: 'true', ...threads, ...(logs ? {} : { APOLLO_ROUTER_LOG: 'off' }) };
    return {
      command: resolve(process.env.APOLLO_ROUTER_BIN),
      args: ['--supergraph', supergraphFile, '--config', config],
      cwd: workDir,
      env,
    };
  },
};
