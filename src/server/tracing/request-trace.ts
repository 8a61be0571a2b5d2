/** One request as spans: `request`, below it `plan` and one `fetch` per subgraph request. */
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { FetchExchange, PlacedError, SubgraphReply } from '../../errors/model.ts';
import { originalOf } from '../../errors/policy/original.ts';
import type { ExecutionOutcome } from '../../execute/outcome.ts';
import type { RouterResponse } from '../../respond/model.ts';
import type { SubgraphRequest } from '../../subgraph/port.ts';
import { codeOf, kindOf, messageOf, pathOf } from '../error-facts.ts';
import type { ServedRequest } from '../service.ts';
import { printTraceContext } from './trace-context.ts';
import type { RequestTrace } from './tracing.ts';

/** Beyond this many errors a span only counts. */
const MAX_EVENTS = 16;

interface OpenFetch {
  readonly span: Span;
  readonly body: string;
  readonly reply: SubgraphReply;
  /** `performance.now()` at which the reply was there; its meaning is known only later. */
  readonly repliedAt: number;
}

/** Who executed what others share: their spans link to the one that holds plan and fetches. */
export type Executors = WeakMap<RouterResponse, SpanContext>;

export class OtelRequestTrace implements RequestTrace {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #executors: Executors;
  readonly #context;
  #fetches: OpenFetch[] = [];
  #hasExecuted = false;
  #hasFailed = false;

  constructor(tracer: Tracer, span: Span, executors: Executors) {
    this.#tracer = tracer;
    this.#span = span;
    this.#executors = executors;
    this.#context = trace.setSpan(ROOT_CONTEXT, span);
  }

  startPlan(): (cache: 'hit' | 'miss', isPlanned: boolean) => void {
    this.#hasExecuted = true;
    const span = this.#tracer.startSpan('plan', {}, this.#context);
    return (cache, isPlanned) => {
      span.setAttribute('plan.cache', cache);
      if (!isPlanned) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
  }

  async fetch(request: SubgraphRequest, send: (request: SubgraphRequest) => Promise<SubgraphReply>): Promise<SubgraphReply> {
    const attributes = { 'subgraph.name': request.subgraph, 'graphql.operation.type': request.operationType };
    const span = this.#tracer.startSpan('fetch', { kind: SpanKind.CLIENT, attributes }, this.#context);
    const reply = await send({ ...request, traceHeaders: printTraceContext(span.spanContext()) });
    this.#fetches.push({ span, body: request.body, reply, repliedAt: performance.now() });
    return reply;
  }

  executed(outcome: ExecutionOutcome, errorIds: ReadonlyMap<object, string>): void {
    this.#hasFailed = outcome.bug !== null || outcome.errors.length > 0;
    const errors = errorsByExchange(outcome.errors);
    for (const exchange of outcome.exchanges) {
      const at = this.#fetches.findIndex(({ reply, body }) => reply === exchange.reply && body === exchange.requestBody);
      const [open] = at < 0 ? [] : this.#fetches.splice(at, 1);
      if (open !== undefined) endFetch(open, errors.get(exchange) ?? [], errorIds);
    }
    recordErrors(this.#span, errors.get(null) ?? [], errorIds);
  }

  end(served: ServedRequest, isGone: boolean): void {
    for (const fetch of this.#fetches.splice(0)) endFetch(fetch, [], new Map());
    const { facts, response } = served;
    if (this.#hasExecuted) this.#executors.set(response, this.#span.spanContext());
    else this.#linkToExecutor(response);
    this.#span.setAttributes({
      'http.response.status_code': isGone ? 499 : response.status,
      ...(facts.operationType !== null && { 'graphql.operation.type': facts.operationType }),
      ...(facts.operationName !== null && { 'graphql.operation.name': facts.operationName }),
      ...(facts.errorCount > 0 && { 'error.count': facts.errorCount, 'error.codes': [...facts.codes] }),
      ...(facts.errorIds.length > 0 && { 'error.ids': [...facts.errorIds] }),
    });
    // What a client did wrong is no failure of ours.
    if (this.#hasFailed || response.status >= 500) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end();
  }

  #linkToExecutor(response: RouterResponse): void {
    const executor = this.#executors.get(response);
    if (executor === undefined) return;
    this.#span.setAttribute('request.shared', true);
    this.#span.addLink({ context: executor });
  }
}

/** `null` stands for errors that no fetch's reply caused. */
function errorsByExchange(errors: readonly PlacedError[]): ReadonlyMap<FetchExchange | null, readonly PlacedError[]> {
  const grouped = new Map<FetchExchange | null, PlacedError[]>();
  for (const error of errors) {
    const exchange = error.kind === 'graphql' || error.kind === 'failure' ? error.exchange : null;
    const known = grouped.get(exchange);
    if (known === undefined) grouped.set(exchange, [error]);
    else known.push(error);
  }
  return grouped;
}

function endFetch({ span, reply, repliedAt }: OpenFetch, errors: readonly PlacedError[], errorIds: ReadonlyMap<object, string>): void {
  span.setAttribute('subgraph.attempts', reply.attempts);
  if (reply.status !== null) span.setAttribute('http.response.status_code', reply.status);
  if (reply.kind === 'failure') span.setAttribute('error.type', reply.failure);
  recordErrors(span, errors, errorIds);
  span.end(repliedAt);
}

function recordErrors(span: Span, errors: readonly PlacedError[], errorIds: ReadonlyMap<object, string>): void {
  const [first] = errors;
  if (first === undefined || !span.isRecording()) return;
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttributes({ 'error.count': errors.length, ...describe(first, errorIds) });
  for (const error of errors.slice(0, MAX_EVENTS)) span.addEvent('error', describe(error, errorIds));
}

/** The unmasked truth, as in the log. */
function describe(error: PlacedError, errorIds: ReadonlyMap<object, string>): Attributes {
  const id = errorIds.get(originalOf(error));
  const path = pathOf(error);
  const message = messageOf(error);
  return {
    'error.type': kindOf(error),
    'error.code': codeOf(error),
    ...(id !== undefined && { 'error.id': id }),
    ...(path !== null && { 'error.path': path }),
    ...(message !== null && { 'error.message': message }),
  };
}
