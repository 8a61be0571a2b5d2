/**
 * What `dev_mode` adds to the handling of requests (error-layer.md section 10).
 *
 * Types only: the code behind them is loaded in `dev_mode` alone, everywhere else the pipeline holds null.
 */
import type { SubgraphReply } from '../errors/model.ts';
import type { ExecutablePlan } from '../execute/executable.ts';
import type { ExecutionOutcome } from '../execute/outcome.ts';
import type { OperationDocument } from '../operation/reader.ts';
import type { QueryPlan } from '../plan/nodes.ts';
import type { GraphqlRequest } from '../respond/model.ts';
import type { ExecutedResponse } from '../respond/respond.ts';
import type { JsonValue } from '../shared/json.ts';
import type { SubgraphObserver } from '../subgraph/observer.ts';
import type { SubgraphRequest } from '../subgraph/port.ts';

export interface DevTools {
  /** Tells more about the transport; passes everything on to `next`. */
  observe(next: SubgraphObserver): SubgraphObserver;
  /** For every request, before its document is read. */
  watch(request: GraphqlRequest): RequestWatch;
}

/** Follows one request. Whatever it does, data, errors and their classification are those of an unwatched one. */
export interface RequestWatch {
  /** Asked for something that only its own answer may hold, so it must not share an execution with others. */
  readonly isAlone: boolean;
  /** No subgraph shall be called; `data` is null then. */
  readonly skipsLoader: boolean;
  /** Document and variables are read. */
  read(): void;
  planned(result: 'hit' | 'miss'): void;
  /** Sends one request by `send`. */
  fetch(request: SubgraphRequest, send: (request: SubgraphRequest) => Promise<SubgraphReply>): Promise<SubgraphReply>;
  /** Response-level extensions that the client asked for; null for none. */
  extensions(plan: QueryPlan, outcome: ExecutionOutcome): ReadonlyMap<string, JsonValue> | null;
  finished(operation: FinishedOperation): void;
}

export interface FinishedOperation {
  readonly request: GraphqlRequest;
  readonly document: OperationDocument;
  readonly executable: ExecutablePlan;
  readonly outcome: ExecutionOutcome;
  readonly response: ExecutedResponse;
  readonly audience: string;
}
