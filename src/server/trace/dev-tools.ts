/** The tools of `dev_mode`. Loaded dynamically, so that outside `dev_mode` nothing of this exists. */
import type { SubgraphReply } from '../../errors/model.ts';
import type { ExecutionOutcome } from '../../execute/outcome.ts';
import type { QueryPlan } from '../../plan/nodes.ts';
import type { GraphqlRequest } from '../../respond/model.ts';
import { type JsonValue, parseJson } from '../../shared/json.ts';
import type { SubgraphRequest } from '../../subgraph/port.ts';
import type { DevTools, FinishedOperation, RequestWatch } from '../dev-tools.ts';
import { describeTrace, type FetchTiming } from './trace.ts';
import { readTraceRequest, type TraceRequest } from './trace-request.ts';

/** Takes what the error inspector needs; null when there is no inspector. */
export type OnFinished = (operation: FinishedOperation, timings: readonly FetchTiming[]) => void;

export function createDevTools(onFinished: OnFinished | null): DevTools {
  /** Further callers per reply that was shared. */
  const shared = new WeakMap<SubgraphReply, number>();
  return {
    observe: (next) => ({
      ...next,
      onExchange: (event) => {
        if (event.shared > 0) shared.set(event.reply, event.shared);
        next.onExchange?.(event);
      },
    }),
    watch: (request) => new Watch(request, shared, onFinished),
  };
}

class Watch implements RequestWatch {
  readonly isAlone: boolean;
  readonly skipsLoader: boolean;
  readonly #asked: TraceRequest;
  readonly #shared: WeakMap<SubgraphReply, number>;
  readonly #onFinished: OnFinished | null;
  readonly #startedAt = new Date();
  readonly #start = performance.now();
  readonly #timings: FetchTiming[] = [];
  #readAt = 0;
  #plannedAt = 0;
  #planCache: 'hit' | 'miss' = 'miss';

  constructor(request: GraphqlRequest, shared: WeakMap<SubgraphReply, number>, onFinished: OnFinished | null) {
    this.#asked = readTraceRequest(request);
    this.#shared = shared;
    this.#onFinished = onFinished;
    const { queryPlan, skipLoader, trace } = this.#asked;
    this.isAlone = queryPlan || skipLoader || trace !== null;
    this.skipsLoader = skipLoader;
  }

  read(): void {
    this.#readAt = performance.now();
  }

  planned(result: 'hit' | 'miss'): void {
    this.#planCache = result;
    this.#plannedAt = performance.now();
  }

  async fetch(request: SubgraphRequest, send: (request: SubgraphRequest) => Promise<SubgraphReply>): Promise<SubgraphReply> {
    const sentAt = performance.now();
    const reply = await send(request);
    const startMs = sentAt - this.#start;
    const durationMs = performance.now() - sentAt;
    const { subgraph, body } = request;
    this.#timings.push({ subgraph, body, reply, startMs, durationMs, shared: this.#shared.get(reply) ?? 0 });
    return reply;
  }

  extensions(plan: QueryPlan, outcome: ExecutionOutcome): ReadonlyMap<string, JsonValue> | null {
    if (!this.isAlone) return null;
    const { queryPlan, trace } = this.#asked;
    const extensions = new Map<string, JsonValue>();
    const printed = parseJson(queryPlan ? JSON.stringify(plan) : ''); // a plan is plain data; its interfaces just do not say so
    if (printed.ok) extensions.set('queryPlan', printed.value);
    if (trace !== null) {
      const times = { readMs: this.#readAt - this.#start, planMs: this.#plannedAt - this.#readAt };
      const facts = { startedAt: this.#startedAt, ...times, planCache: this.#planCache, timings: this.#timings };
      extensions.set('trace', describeTrace(outcome, facts, trace));
    }
    return extensions.size === 0 ? null : extensions;
  }

  finished(operation: FinishedOperation): void {
    this.#onFinished?.(operation, this.#timings);
  }
}
