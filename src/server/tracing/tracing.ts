/** What the pipeline tells about a request's course. Knows nothing of OpenTelemetry, which is loaded only where tracing is on. */
import type { SubgraphReply } from '../../errors/model.ts';
import type { ExecutionOutcome } from '../../execute/outcome.ts';
import type { GraphqlRequest } from '../../respond/model.ts';
import type { SubgraphRequest } from '../../subgraph/port.ts';
import type { ServedRequest } from '../service.ts';

export interface Tracing {
  /** Starts the span of a client's request, below the client's own where it sent a `traceparent`. */
  start(request: Pick<GraphqlRequest, 'headers' | 'method' | 'requestId'>): RequestTrace;
  /** Sends what has not been sent yet, for a few seconds at most, and closes its connections. Never rejects. */
  close(): Promise<void>;
}

/** The spans of one request. Nothing here throws or rejects on its own. */
export interface RequestTrace {
  /** Starts the span of planning; call the result when there is a plan, or none. */
  startPlan(): (cache: 'hit' | 'miss', isPlanned: boolean) => void;
  /** Sends within a span of its own, which the subgraph is told as the parent of its spans. */
  fetch(request: SubgraphRequest, send: (request: SubgraphRequest) => Promise<SubgraphReply>): Promise<SubgraphReply>;
  /** Tells the fetches what their replies came to, before any policy (DESIGN rule 4). `errorIds`: by original error. */
  executed(outcome: ExecutionOutcome, errorIds: ReadonlyMap<object, string>): void;
  /** Ends everything; `isGone` when the client had left. */
  end(served: ServedRequest, isGone: boolean): void;
}
