import type { SenderOptions } from './options.ts';
import type { SubgraphSender } from './port.ts';
import { unsent } from './reply.ts';
import { SubgraphClient } from './subgraph-client.ts';

const DEFAULT_CLOSE_GRACE_MS = 30_000;

/**
 * The sender of one generation: a pool of connections, header rules and traffic shaping per subgraph.
 *
 * Nothing is connected before the first request. `send` never rejects; a name that is no subgraph's gives `unreachable`.
 * `close` lets open requests finish within `closeGraceMs` (30 s unless given), cuts off the rest, and closes the sockets.
 */
export function createSubgraphSender(options: SenderOptions): SubgraphSender {
  const clients = new Map(options.subgraphs.map((subgraph) => [subgraph.name, new SubgraphClient(subgraph, options)]));
  return {
    send(request, scope) {
      const client = clients.get(request.subgraph);
      return client === undefined ? Promise.resolve(unsent('unreachable', new Error('unknown subgraph'))) : client.send(request, scope);
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close(options.closeGraceMs ?? DEFAULT_CLOSE_GRACE_MS)));
    },
  };
}
