import type { OperationType, SubgraphReply } from '../errors/model.ts';
import type { Cancellation } from '../shared/cancellation.ts';

/** One GraphQL request to one subgraph. */
export interface SubgraphRequest {
  readonly subgraph: string;
  readonly operationType: OperationType;
  /** The complete JSON body. */
  readonly body: string;
  /** Names and values in turn: where this request stands in a trace. Requests that differ in nothing else are still shared. */
  readonly traceHeaders?: readonly string[];
}

/** What header rules, deadlines and cancellation need of the client's request; one per client request. */
export interface RequestScope {
  /** Lower-case names; repeated headers joined as Node does. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly requestId: string;
  /** Aborted when the client goes away. */
  readonly signal: Cancellation;
  /** `performance.now()` at which the whole request must be done; null for none. */
  readonly deadline: number | null;
}

/** Sends requests of one generation. `send` never rejects: every way to fail is a `SubgraphReply`. */
export interface SubgraphSender {
  send(request: SubgraphRequest, scope: RequestScope): Promise<SubgraphReply>;
  /** Resolves when open requests are done and sockets are closed. */
  close(): Promise<void>;
}
