/** Turns what an operation came to into entries of the inspector: one per fetch that failed, was skipped, or brought bad values. */
import type { RouterConfig } from '../../config/schema.ts';
import { pathsOf } from '../../errors/explanations.ts';
import { dependencyMessage, failureMessage, fetchWords, valueMessage } from '../../errors/messages.ts';
import type { FetchExchange, FetchSite, PlacedError } from '../../errors/model.ts';
import type { ConfigSource } from '../../explain/setting-sources.ts';
import type { ResponsePolicy } from '../../respond/policy.ts';
import { invariant, unreachable } from '../../shared/assert.ts';
import { isPrefix, type ResponsePath } from '../../shared/path.ts';
import { subgraphOptionsFrom } from '../../subgraph/options.ts';
import { compileHeaderRules, type RequestHeaders } from '../../subgraph/request-headers.ts';
import type { Supergraph } from '../../supergraph/model.ts';
import type { FinishedOperation } from '../dev-tools.ts';
import { codeOf, kindOf, pathOf } from '../error-facts.ts';
import { redactText, redactUrl } from '../trace/redaction.ts';
import { type FetchTiming, takeTiming } from '../trace/trace.ts';
import { makeCopies } from './copies.ts';
import { viewReply, viewSent } from './exchange-view.ts';
import { unlistedWith, viewExplanation } from './explanation-view.ts';
import { messageShape } from './message-shape.ts';
import { viewOperation } from './operation-view.ts';
import { fieldsOf, viewPlan } from './plan-view.ts';
import type { Copies, EntryDetail, SentView } from './wire.ts';

/** The running generation, as far as the inspector tells of it. */
export interface CaptureOptions {
  readonly config: RouterConfig;
  readonly source: ConfigSource | null;
  readonly policy: ResponsePolicy;
  readonly supergraph: Supergraph;
}

export type Capture = (operation: FinishedOperation, timings: readonly FetchTiming[]) => readonly EntryDetail[];

/** Of one request. */
const MAX_ENTRIES = 25;
const MAX_MESSAGE = 500;
const NO_COPIES: Copies = { curl: null, golden: null, explain: null };

interface Destination {
  readonly url: string;
  readonly headers: RequestHeaders;
}

export function createCapture(options: CaptureOptions): Capture {
  const { config, supergraph } = options;
  const destinations = new Map<string, Destination>();
  for (const { name, url, requestHeaders } of subgraphOptionsFrom(config, supergraph.subgraphs.values()))
    destinations.set(name, { url: redactUrl(url), headers: compileHeaderRules(requestHeaders) });
  return (operation, timings) => {
    const { outcome } = operation;
    if (outcome.errors.length === 0 || outcome.cancelled) return [];
    const left = [...timings];
    const byExchange = new Map(outcome.exchanges.flatMap((exchange) => pair(exchange, takeTiming(left, exchange))));
    const context = { ...options, operation, timings: byExchange, destinations };
    return collectFailures(operation)
      .slice(0, MAX_ENTRIES)
      .map((failure) => captureOne(failure, context));
  };
}

function pair<A, B>(key: A, value: B | null): readonly (readonly [A, B])[] {
  return value === null ? [] : [[key, value]];
}

interface Failure {
  /** At least one. */
  readonly errors: PlacedError[];
  /** Null when nothing was sent. */
  readonly exchange: FetchExchange | null;
}

function collectFailures({ outcome }: FinishedOperation): readonly Failure[] {
  const failures = new Map<object | string, Failure>();
  for (const error of outcome.errors) {
    const [key, exchange] = keyOf(error, outcome.exchanges);
    const known = failures.get(key);
    if (known === undefined) failures.set(key, { errors: [error], exchange });
    else known.errors.push(error);
  }
  return [...failures.values()];
}

/** What an error is one entry with: the exchange, the skipped fetch, or the kind of bad value. */
function keyOf(error: PlacedError, exchanges: readonly FetchExchange[]): readonly [object | string, FetchExchange | null] {
  switch (error.kind) {
    case 'graphql':
    case 'failure':
      return [error.exchange, error.exchange];
    case 'dependency':
      return [error.site, null];
    case 'value':
      return [`${error.subgraph ?? ''} ${error.problem.kind}`, bringerOf(error.path, error.subgraph, exchanges)];
    default:
      return unreachable(error);
  }
}

/** The exchange that brought a value: of those of its subgraph that reach its place, the deepest. */
function bringerOf(path: ResponsePath, subgraph: string | null, exchanges: readonly FetchExchange[]): FetchExchange | null {
  const keys = path.filter((segment) => typeof segment === 'string');
  let best: { readonly exchange: FetchExchange; readonly depth: number } | null = null;
  for (const exchange of exchanges) {
    if (exchange.subgraph !== subgraph) continue;
    for (const { site } of exchange.sites) {
      const at = site.path.filter((segment) => segment !== '@');
      if (isPrefix(at, keys) && (best === null || at.length > best.depth)) best = { exchange, depth: at.length };
    }
  }
  return best?.exchange ?? null;
}

interface CaptureContext extends CaptureOptions {
  readonly operation: FinishedOperation;
  readonly timings: ReadonlyMap<FetchExchange, FetchTiming>;
  readonly destinations: ReadonlyMap<string, Destination>;
}

function captureOne({ errors, exchange }: Failure, context: CaptureContext): EntryDetail {
  const { operation, policy, timings } = context;
  const { request, document, outcome, executable, response, audience } = operation;
  const [error] = errors;
  invariant(error !== undefined, 'a failure has an error');
  const subgraph = subgraphOf(error, exchange);
  const [code, message] = [codeOf(error), redactText(messageOf(error).slice(0, MAX_MESSAGE))];
  const subjects = new Set(errors.flatMap((each) => (each.kind === 'value' ? [] : [each.site])));
  const timing = exchange === null ? undefined : timings.get(exchange);
  const sent = exchange === null ? null : sentBy(exchange, context);
  const { requestId, mediaType } = request;
  const facts = { ...context, outcome, operationName: document.name, mediaType, audience, errorIds: response.errorIds };
  return {
    id: 0, // the buffer gives it
    group: [subgraph, code, messageShape(message)].join('\n'),
    time: Date.now(),
    subgraph,
    code,
    kind: kindOf(error),
    status: exchange?.classified.status ?? null,
    message,
    operationName: document.name,
    operationType: document.type,
    path: firstPath(errors),
    durationMs: timing?.durationMs ?? exchange?.reply.durationMs ?? null,
    requestId,
    operation: viewOperation(request, failedFields(errors)),
    plan: viewPlan(executable.root, { outcome, timings }, subjects),
    sent,
    reply: exchange === null ? null : viewReply(exchange.reply),
    errorCount: errors.length + unlistedWith(errors),
    attempts: exchange?.reply.attempts ?? null,
    ...viewExplanation(exchange, errors, { ...facts, policy }),
    copies: copiesOf(exchange, sent, [...subjects][0] ?? null, context),
  };
}

function subgraphOf(error: PlacedError, exchange: FetchExchange | null): string {
  if (error.kind === 'value') return error.subgraph ?? exchange?.subgraph ?? '(unknown)';
  return error.site.subgraph;
}

function messageOf(error: PlacedError): string {
  switch (error.kind) {
    case 'graphql':
      return error.entry.message;
    case 'failure':
      return failureMessage(error.failure, error.exchange.classified.status, fetchWords(error.site.subgraph, error.site), 'none');
    case 'dependency':
      return dependencyMessage(fetchWords(error.site.subgraph, error.site));
    case 'value':
      return valueMessage(error.problem, error.path, error.operationType, error.subgraph, 'none');
    default:
      return unreachable(error);
  }
}

/** Of hundreds of thousands of errors hardly more than one is asked. */
function firstPath(errors: readonly PlacedError[]): string | null {
  for (const error of errors) {
    const path = pathOf(error);
    if (path !== null) return path;
  }
  return null;
}

/** Client paths of the fields to mark: of a failed fetch all that it should have brought. */
function failedFields(errors: readonly PlacedError[]): readonly ResponsePath[] {
  const whole = new Set<FetchSite>();
  const named = errors.flatMap((error) => {
    if (error.kind === 'value') return [error.path];
    const paths = error.kind === 'graphql' ? pathsOf(error).filter((path) => path !== null) : [];
    if (paths.some((path) => path.length > placeOf(error.site).length)) return paths;
    whole.add(error.site);
    return [];
  });
  return [...named, ...[...whole].flatMap((site) => fieldsOf(site).map((field) => [...placeOf(site), field]))];
}

function placeOf(site: FetchSite): ResponsePath {
  return site.kind === 'root' ? [] : site.path;
}

function sentBy(exchange: FetchExchange, { destinations, operation, policy, timings }: CaptureContext): SentView | null {
  const destination = destinations.get(exchange.subgraph);
  if (destination === undefined) return null;
  const { headers, requestId, signal } = operation.request;
  const lines = destination.headers({ headers, requestId, signal, deadline: null });
  const shared = timings.get(exchange)?.shared ?? 0;
  return viewSent(exchange, { url: destination.url, headers: lines }, policy.errors.audienceHeaders, shared);
}

function copiesOf(exchange: FetchExchange | null, sent: SentView | null, site: FetchSite | null, context: CaptureContext): Copies {
  if (exchange === null || sent === null) return NO_COPIES;
  const { operation, source } = context;
  const { audience, document, outcome } = operation;
  const configFile = source?.locate(['version'])?.file ?? source?.locate(['subgraphs'])?.file ?? 'router.config.yaml';
  const place = exchange.sites.find((each) => each.site === site) ?? exchange.sites[0] ?? null;
  const isAlone = outcome.exchanges.length === 1;
  return makeCopies({ exchange, place, isAlone, sent, audience, operationName: document.name, configFile });
}
