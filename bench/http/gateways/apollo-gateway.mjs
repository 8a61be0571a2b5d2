// @apollo/gateway on Apollo Server's standalone (Express) server, one process.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { here } from '../lib/paths.mjs';
import { linkModules, packageVersion, peerAbsent, peerDir } from './install.mjs';

const VARIABLE = 'APOLLO_GATEWAY_DIR';
const dir = () => peerDir(VARIABLE, 'apollo');

export const apolloGateway = {
  name: 'apollo-gateway',
  about: 'Apollo Server standalone',
  absent: () => peerAbsent(VARIABLE, 'apollo', '@apollo/gateway'),
  version: () => ['@apollo/gateway', '@apollo/server'].map((p) => packageVersion(dir(), p)).join(', '),
  prepare({ workDir, port, supergraphFile }) {
    linkModules(workDir, dir());
    const main = join(workDir, 'server.mjs');
    copyFileSync(here('servers/apollo-gateway.mjs'), main);
    return {
      command: process.execPath,
      args: [main],
      cwd: workDir,
      env: { NODE_ENV: 'production', PORT: String(port), SUPERGRAPH: supergraphFile },
    };
  },
};
