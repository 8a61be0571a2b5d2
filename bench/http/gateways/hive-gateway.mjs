// Hive Gateway (JavaScript), as the public benchmark runs it: its own stitching executor with --jit, or the router runtime.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { here } from '../lib/paths.mjs';
import { linkModules, packageVersion, peerAbsent, peerDir } from './install.mjs';

const VARIABLE = 'HIVE_GATEWAY_DIR';
const dir = () => peerDir(VARIABLE, 'hive');

function createVariant({ name, about, runtime, dedup }) {
  return {
    name,
    about,
    absent: () => peerAbsent(VARIABLE, 'hive', runtime ? '@graphql-hive/router-runtime' : '@graphql-hive/gateway'),
    version: () =>
      ['@graphql-hive/gateway', ...(runtime ? ['@graphql-hive/router-runtime'] : [])].map((p) => packageVersion(dir(), p)).join(', '),
    prepare({ workDir, port, supergraphFile, logs }) {
      linkModules(workDir, dir());
      const config = join(workDir, 'gateway.config.mjs');
      copyFileSync(here('servers/hive-gateway.config.mjs'), config);
      const cli = join(dir(), 'node_modules/@graphql-hive/gateway/dist/bin.js');
      const options = [
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
        '--fork',
        '1',
        '--config-path',
        config,
        ...(runtime ? [] : ['--jit']),
      ];
      return {
        command: process.execPath,
        args: [cli, 'supergraph', supergraphFile, ...options],
        cwd: workDir,
        env: {
          NODE_ENV: 'production',
          BENCH_ROUTER_RUNTIME: runtime ? '1' : '',
          BENCH_DEDUP: dedup ? '1' : '',
          BENCH_LOGS: logs ? '1' : '',
        },
      };
    },
  };
}

export const hiveGateway = createVariant({
  name: 'hive-gateway',
  about: 'stitching, --jit, inbound de-duplication',
  runtime: false,
  dedup: true,
});
export const hiveGatewayNoDedup = createVariant({ name: 'hive-gateway-nodedup', about: 'stitching, --jit', runtime: false, dedup: false });
export const hiveGatewayRuntime = createVariant({
  name: 'hive-gateway-rr',
  about: 'router runtime, inbound de-duplication',
  runtime: true,
  dedup: true,
});
export const hiveGatewayRuntimeNoDedup = createVariant({
  name: 'hive-gateway-rr-nodedup',
  about: 'router runtime',
  runtime: true,
  dedup: false,
});
