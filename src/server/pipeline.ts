/** What happens to one GraphQL request: read, coerce, plan, execute, respond. Warm, that is two look-ups before execution. */
import type { RequestError, SubgraphReply } from '../errors/model.ts';
import { compilePlan } from '../execute/compile-plan.ts';
import type { ExecutablePlan } from '../execute/executable.ts';
import { executePlan } from '../execute/execute.ts';
import type { ExecutionOutcome } from '../execute/outcome.ts';
import { introspect } from '../operation/introspection.ts';
import { withLiterals } from '../operation/literals.ts';
import type { CanonicalOperation } from '../operation/model.ts';
import type { OperationDocument, OperationReader } from '../operation/reader.ts';
import type { Variables } from '../operation/variables.ts';
import type { QueryPlan } from '../plan/nodes.ts';
import type { PlanCache } from '../plan/plan-cache.ts';
import type { PlanFailure } from '../plan/planner.ts';
import type { GraphqlRequest, RouterResponse } from '../respond/model.ts';
import type { ResponsePolicy } from '../respond/policy.ts';
import { type Refusal, respond, respondToRequestErrors } from '../respond/respond.ts';
import type { Cancellation } from '../shared/cancellation.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { transientKey } from '../shared/transient-map.ts';
import type { RequestScope, SubgraphRequest, SubgraphSender } from '../subgraph/port.ts';
import { collectResponseHeaders, type ResponseHeaderRules } from '../subgraph/response-headers.ts';
import type { Supergraph } from '../supergraph/model.ts';
import type { DevTools, RequestWatch } from './dev-tools.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { OutcomeReporter } from './outcome-report.ts';
import { type GraphqlService, NO_FACTS, type ServedRequest } from './service.ts';
import { createSharing, type Sharing } from './sharing.ts';
import type { RequestTrace, Tracing } from './tracing/tracing.ts';

export interface PipelineOptions {
  readonly supergraph: Supergraph;
  readonly reader: OperationReader;
  readonly plans: PlanCache;
  readonly sender: SubgraphSender;
  readonly policy: ResponsePolicy;
  readonly responseHeaders: ResponseHeaderRules;
  /** Who reads the answer to a request (error-layer.md section 7.3). */
  audienceOf(request: GraphqlRequest): string;
  /** Null outside `dev_mode`. */
  readonly devTools: DevTools | null;
  /** What of a request can change its answer beside document and variables; null when identical queries are not shared. */
  readonly sharingKey: ((request: GraphqlRequest) => string) | null;
  readonly nextErrorId: () => string;
  readonly report: OutcomeReporter;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Null when tracing is off. */
  readonly tracing: Tracing | null;
}

/** A plan ready to run. Belongs to one canonical operation: operations of one text may differ in their response keys. */
interface ReadyPlan {
  readonly executable: ExecutablePlan;
  readonly plan: QueryPlan;
}

/** One operation on its way, with the signal and the deadline of whoever waits for it. */
interface Job {
  readonly request: GraphqlRequest;
  readonly audience: string;
  readonly document: OperationDocument;
  readonly variables: Variables;
  readonly signal: Cancellation;
  readonly deadline: number;
  readonly trace: RequestTrace | null;
  readonly watch: RequestWatch | null;
}

type Send = (request: SubgraphRequest) => Promise<SubgraphReply>;

type Refused = { readonly errors: readonly RequestError[] } & Partial<Refusal>;

export function createPipeline(options: PipelineOptions): GraphqlService {
  const { supergraph, reader, plans, sender, policy, log, metrics } = options;
  const ready = new WeakMap<CanonicalOperation, ReadyPlan>();
  const shared = new WeakMap<OperationDocument, Sharing<ServedRequest>>();

  function handle(request: GraphqlRequest, deadline: number): Promise<ServedRequest> {
    const { tracing } = options;
    return tracing === null ? serve(request, deadline, null) : serveTraced(request, deadline, tracing.start(request));
  }

  async function serveTraced(request: GraphqlRequest, deadline: number, trace: RequestTrace): Promise<ServedRequest> {
    const served = await serve(request, deadline, trace);
    trace.end(served, request.signal.aborted);
    return served;
  }

  async function serve(request: GraphqlRequest, deadline: number, trace: RequestTrace | null): Promise<ServedRequest> {
    const watch = options.devTools?.watch(request) ?? null;
    const read = readRequest(request, reader);
    watch?.read();
    if (!read.ok) return refuse(read.error, request, null);
    const { document, variables } = read.value;
    const audience = options.audienceOf(request);
    let joined = true;
    const run = (signal: Cancellation): Promise<ServedRequest> => {
      joined = false;
      return execute({ request, audience, document, variables, signal, deadline, trace, watch });
    };
    if (options.sharingKey === null || document.type !== 'query' || watch?.isAlone === true) return run(request.signal);
    const variablesText = request.variables === null ? '' : JSON.stringify(request.variables);
    const key = transientKey(`${audience}\n${options.sharingKey(request)}`, variablesText);
    const served = await sharingOf(document).run(key, request.signal, run);
    return joined ? { ...served, facts: { ...served.facts, shared: true } } : served;
  }

  function sharingOf(document: OperationDocument): Sharing<ServedRequest> {
    let sharing = shared.get(document);
    if (sharing === undefined) shared.set(document, (sharing = createSharing()));
    return sharing;
  }

  async function execute(job: Job): Promise<ServedRequest> {
    const { request, audience, document, variables, signal, deadline, trace, watch } = job;
    const operation = document.canonical(variables);
    const endPlan = trace?.startPlan();
    const found = ready.get(operation);
    const plan = found === undefined ? await preparePlan(operation) : ok(found);
    const cache = found === undefined ? 'miss' : 'hit';
    metrics.planned(cache);
    endPlan?.(cache, plan.ok);
    watch?.planned(cache);
    if (!plan.ok) return refuse(plan.error, request, document);
    if (performance.now() >= deadline) return refuse(TOO_LATE, request, document);
    const scope: RequestScope = { headers: request.headers, requestId: request.requestId, signal, deadline };
    const execution = {
      variables: withLiterals(operation.literals, variables),
      send: sendFor(scope, trace, watch),
      introspection: operation.introspection === null ? null : introspect(supergraph.publicSchema, operation.introspection, variables),
      profile: policy.errors.profile,
    };
    const outcome = watch?.skipsLoader === true ? NOTHING_LOADED : await executePlan(plan.value.executable, execution);
    const response = respond(outcome, policy, {
      audience,
      operationName: document.name,
      nextErrorId: options.nextErrorId,
      mediaType: request.mediaType,
      extensions: watch?.extensions(plan.value.plan, outcome) ?? null,
    });
    watch?.finished({ request, document, executable: plan.value.executable, outcome, response, audience });
    trace?.executed(outcome, response.errorIds);
    const forwarded = collectResponseHeaders(options.responseHeaders, outcome.exchanges);
    return {
      response: withHeaders(response, forwarded),
      facts: options.report(outcome, { document, requestId: request.requestId, noted: response }),
    };
  }

  function sendFor(scope: RequestScope, trace: RequestTrace | null, watch: RequestWatch | null): Send {
    const direct: Send = (request) => sender.send(request, scope);
    const traced: Send = trace === null ? direct : (request) => trace.fetch(request, direct);
    return watch === null ? traced : (request) => watch.fetch(request, traced);
  }

  async function preparePlan(operation: CanonicalOperation): Promise<Result<ReadyPlan, Refused>> {
    const planning = await plans.plan(operation);
    if (!planning.ok) return err(planFailed(planning.error, operation));
    const executable = compilePlan(planning.value, operation, supergraph);
    if (!executable.ok) return err(unsupported(executable.error.feature));
    const value = { executable: executable.value, plan: planning.value };
    ready.set(operation, value);
    return ok(value);
  }

  function planFailed(failure: PlanFailure, operation: CanonicalOperation): Refused {
    if (failure.kind === 'overloaded') {
      log.warn({ operationName: operation.name }, 'too many operations wait to be planned');
      return { errors: [{ code: 'SERVICE_UNAVAILABLE', message: 'The router is overloaded.' }], retryAfterSeconds: 1 };
    }
    const { kind, message } = failure;
    log.error({ operationName: operation.name, kind, reason: message }, 'operation could not be planned');
    return { errors: [{ code: 'QUERY_PLANNING_FAILED', message: 'The operation could not be planned.' }] };
  }

  function refuse({ errors, ...rest }: Refused, request: GraphqlRequest, document: OperationDocument | null): ServedRequest {
    const response = respondToRequestErrors(errors, { mediaType: request.mediaType, ...rest }, policy);
    const codes = [...new Set(errors.map((error) => error.code))];
    const operation = { operationName: document?.name ?? null, operationType: document?.type ?? null };
    return { response, facts: { ...NO_FACTS, ...operation, codes, errorCount: errors.length } };
  }

  return { handle };
}

/** For `X-WG-Skip-Loader`. */
const NOTHING_LOADED: ExecutionOutcome = {
  data: null,
  errors: [],
  unlistedErrors: 0,
  exchanges: [],
  delivered: true,
  complete: true,
  cancelled: false,
  bug: null,
};

const TOO_LATE: Refused = { errors: [{ code: 'REQUEST_TIMEOUT', message: 'The request took too long before it could be executed.' }] };

function unsupported(feature: string): Refused {
  return { errors: [{ code: 'UNSUPPORTED_OPERATION', message: `This router does not support ${feature} operations.` }] };
}

/** Adds headers that rules take from subgraphs; what the router says itself stands. */
function withHeaders(response: RouterResponse, forwarded: RouterResponse['headers']): RouterResponse {
  if (forwarded.length === 0) return response;
  const own = new Set(response.headers.map(([name]) => name));
  return { ...response, headers: [...response.headers, ...forwarded.filter(([name]) => name === 'vary' || !own.has(name))] };
}

/** The operation that a request asks for, with its variables; or why there is none. */
function readRequest(
  request: GraphqlRequest,
  reader: OperationReader,
): Result<{ readonly document: OperationDocument; readonly variables: Variables }, Refused> {
  if (request.query === null) return err(missingQuery(request));
  const read = reader.read(request.query, request.operationName);
  if (!read.ok) return err({ errors: read.error });
  const document = read.value;
  if (document.type === 'subscription') return err(unsupported('subscription'));
  if (document.type === 'mutation' && request.method === 'GET')
    return err({ errors: [{ code: 'METHOD_NOT_ALLOWED', message: 'Send mutations with POST.' }], allow: 'POST' });
  const variables = document.coerce(request.variables);
  return variables.ok ? ok({ document, variables: variables.value }) : err({ errors: variables.error });
}

function missingQuery({ extensions }: GraphqlRequest): Refused {
  if (extensions !== null && Object.hasOwn(extensions, 'persistedQuery'))
    return { errors: [{ code: 'PERSISTED_QUERY_NOT_FOUND', message: 'PersistedQueryNotFound' }] };
  return { errors: [{ code: 'BAD_REQUEST', message: 'The request has no query.' }] };
}
