// Candor: this checkout's build, or CANDOR_CMD, the command up to the subcommand (paths relative to where the benchmark is started).
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here } from '../lib/paths.mjs';
import { stringify } from '../lib/yaml.mjs';
import { splitCommand } from './install.mjs';

const command = () => process.env.CANDOR_CMD ?? `node ${here('../../dist/cli/index.js')}`;

const EXTRA = 'CANDOR_CONFIG'; // a further config file; later files win

function createVariant({ name, about, dedup }) {
  return {
    name,
    about,
    absent: () => (process.env.CANDOR_CMD || existsSync(here('../../dist/cli/index.js')) ? null : 'not built (npm run build)'),
    version: command,
    prepare({ workDir, port, path, supergraphFile, logs }) {
      const config = join(workDir, 'router.config.yaml');
      writeFileSync(config, stringify(configFor({ port, path, supergraphFile, dedup, logs })));
      const [program, ...args] = splitCommand(command());
      const extra = process.env[EXTRA] ? ['--config', process.env[EXTRA]] : [];
      return {
        command: program,
        args: [...args, 'start', '--config', config, ...extra],
        cwd: process.cwd(),
        env: { NODE_ENV: 'production' },
      };
    },
  };
}

const configFor = ({ port, path, supergraphFile, dedup, logs }) => ({
  version: '1',
  listen_addr: `127.0.0.1:${port}`,
  graphql_path: path,
  playground: { enabled: false },
  ...(logs ? {} : { log_level: 'fatal', access_logs: { enabled: false } }),
  execution_config: { file: { path: supergraphFile, watch: false } },
  headers: { all: { request: [{ op: 'propagate', named: 'Authorization' }] } },
  traffic_shaping: { all: { retry: { enabled: false } } },
  engine: { enable_single_flight: dedup, enable_inbound_request_deduplication: dedup },
  telemetry: { metrics: { prometheus: { enabled: false } }, tracing: { enabled: false } },
  shutdown_delay: '0s',
  grace_period: '1s',
});

export const candor = createVariant({ name: 'candor', about: 'defaults, but no retry and no metrics', dedup: true });
export const candorNoDedup = createVariant({
  name: 'candor-nodedup',
  about: 'as candor, no single flight, no inbound de-duplication',
  dedup: false,
});
