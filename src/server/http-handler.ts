/** From an HTTP request to the part of the router that answers it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ResponseMediaType, RouterResponse } from '../respond/model.ts';
import { BUG } from '../respond/respond.ts';
import { Cancellation } from '../shared/cancellation.ts';
import { err } from '../shared/result.ts';
import { negotiateMediaType } from './accept.ts';
import { type Admission, createAdmission } from './admission.ts';
import { createAnswerEncoder } from './answer-bytes.ts';
import { type Cors, compileCors } from './cors.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { type RequestRefusal, refusal } from './graphql-request.ts';
import { ALLOWED_METHODS, type IncomingOperation, readOperation } from './incoming-operation.ts';
import { isInspectorPath } from './inspector-port.ts';
import type { Log } from './log.ts';
import { type PlaygroundPage, renderPlayground } from './playground.ts';
import { NO_FACTS, type RequestRecord, type ServedRequest, type ServerSettings, type ServerState } from './service.ts';

export interface HttpHandlerOptions {
  readonly log: Log;
  /** Called once per GraphQL request, after its answer was written. */
  onServed(record: RequestRecord): void;
  /** In which order GraphQL requests begin; by default `createAdmission()`. */
  readonly admission?: Admission;
}

export interface HttpHandler {
  /** Never throws and never rejects. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  /** Requests from now on meet `state`; resolves when all that met the one before have their answers. */
  use(state: ServerState): Promise<void>;
  setDraining(): void;
  /** GraphQL requests that have no answer yet. */
  readonly inFlight: number;
  /** Whether some of these wait for others to be finished. */
  readonly isBusy: boolean;
}

interface Door {
  readonly state: ServerState;
  readonly cors: Cors;
  playground: Promise<PlaygroundPage> | null;
  /** Requests that came through and have no answer yet. */
  open: number;
  onEmpty: (() => void) | null;
}

export function createHttpHandler(initial: ServerState, options: HttpHandlerOptions): HttpHandler {
  let door = openDoor(initial);
  let isDraining = false;
  let inFlight = 0;
  const { admission = createAdmission() } = options;
  const encodeAnswer = createAnswerEncoder();

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const entered = door; // a reload in the middle of a request does not concern it
    const { state, cors } = entered;
    const exchange = createExchange(request, response, {
      isClosing: () => isDraining,
      commonHeaders: (incoming) => cors.headers(incoming.headers),
    });
    entered.open++;
    const problem = headProblem(request);
    if (problem !== null || request.method === 'OPTIONS' || !isOperation(exchange, state.settings)) {
      void serveOther(exchange, response, entered, problem);
      return;
    }
    inFlight++;
    void serveOperation(exchange, entered, inFlight);
  }

  /** Whatever is no GraphQL. Never rejects. */
  async function serveOther(exchange: Exchange, response: ServerResponse, entered: Door, problem: RequestRefusal | null): Promise<void> {
    const { state, cors } = entered;
    const { settings } = state;
    try {
      if (problem !== null) sendRouterResponse(exchange, state.refuse(problem, 'application/json'));
      else if (exchange.request.method === 'OPTIONS') sendOptions(exchange, cors);
      else if (exchange.path === settings.livenessPath) sendHealth(exchange, 'ok');
      else if (exchange.path === settings.healthPath) sendHealth(exchange, 'ok');
      else if (exchange.path === settings.readinessPath)
        sendHealth(exchange, isDraining ? 'draining' : state.service === null ? 'starting' : 'ok');
      else if (state.inspector !== null && isInspectorPath(exchange.path)) state.inspector.serve(exchange.request, response, exchange.path);
      else if (exchange.path === settings.playgroundPath) await sendPlayground(exchange, entered);
      else sendRouterResponse(exchange, state.refuse(notFound(settings.graphqlPath), 'application/json'));
    } catch (error) {
      logBug(exchange, error);
      sendRouterResponse(exchange, state.refuse(INTERNAL, 'application/json'));
    } finally {
      leave(entered);
    }
  }

  /** Reads the request at once, and has it executed in its turn. Never rejects. */
  async function serveOperation(exchange: Exchange, entered: Door, concurrent: number): Promise<void> {
    const { state } = entered;
    const read = await readOperation(exchange, state, concurrent).catch((error: unknown) => err(bugOf(exchange, error)));
    if (read.ok) admission.admit(() => void execute(exchange, entered, read.value));
    else finish(exchange, entered, refuseWith(state, read.error, mediaTypeOf(exchange)), isGone(exchange));
  }

  /** Never rejects. What it makes must not be reachable from what has waited: that lives long already (decision 17). */
  async function execute(exchange: Exchange, entered: Door, operation: IncomingOperation): Promise<void> {
    const { service, request, deadline } = operation;
    const { socket } = exchange.request;
    const signal = new Cancellation();
    // The response itself is told of nothing while it stands behind another one on its connection.
    const onClose = (): void => signal.abort();
    if (socket.destroyed) onClose();
    else socket.once('close', onClose);
    const served = await service
      .handle({ ...request, signal }, deadline)
      .catch((error: unknown) => refuseWith(entered.state, bugOf(exchange, error), request.mediaType));
    socket.removeListener('close', onClose);
    finish(exchange, entered, served, isGone(exchange));
    admission.end(served.facts.shared ? 0 : served.response.body.length);
  }

  function finish(exchange: Exchange, entered: Door, served: ServedRequest, hasGone: boolean): void {
    try {
      if (!hasGone) sendRouterResponse(exchange, served.response);
      options.onServed(recordOf(exchange, hasGone ? 499 : served.response.status, served));
    } catch (error) {
      logBug(exchange, error);
    } finally {
      inFlight--;
      leave(entered);
    }
  }

  function sendRouterResponse(exchange: Exchange, { status, headers, body }: RouterResponse): void {
    exchange.send(status, headers, encodeAnswer(body));
  }

  function bugOf(exchange: Exchange, error: unknown): RequestRefusal {
    logBug(exchange, error);
    return INTERNAL;
  }

  function logBug({ requestId, path }: Exchange, error: unknown): void {
    options.log.error({ requestId, path, error }, 'request failed unexpectedly');
  }

  return {
    serve,
    use: (state) => {
      const before = door;
      door = openDoor(state);
      return before.open === 0 ? Promise.resolve() : new Promise((resolve) => (before.onEmpty = resolve));
    },
    setDraining: () => {
      isDraining = true;
    },
    get inFlight() {
      return inFlight;
    },
    get isBusy() {
      return admission.isBusy;
    },
  };
}

function leave(entered: Door): void {
  entered.open--;
  if (entered.open === 0) entered.onEmpty?.();
}

function openDoor(state: ServerState): Door {
  return { state, cors: compileCors(state.settings.cors), playground: null, open: 0, onEmpty: null };
}

function isGone({ request }: Exchange): boolean {
  return request.socket.destroyed;
}

function mediaTypeOf({ request }: Exchange): ResponseMediaType {
  return negotiateMediaType(request.headers.accept) ?? 'application/json';
}

function refuseWith(state: ServerState, reason: RequestRefusal, mediaType: ResponseMediaType = 'application/json'): ServedRequest {
  return { response: state.refuse(reason, mediaType), facts: { ...NO_FACTS, codes: [reason.error.code], errorCount: 1 } };
}

const INTERNAL: RequestRefusal = { error: BUG };

/** What HTTP/1.1 asks of every request. Node itself would refuse it with an empty answer. */
function headProblem({ httpVersion, headers }: IncomingMessage): RequestRefusal | null {
  if (httpVersion !== '1.1') return null;
  if (headers.host === undefined) return refusal('BAD_REQUEST', 'The request has no Host header.');
  if (headers.expect === undefined || EXPECTED.test(headers.expect)) return null;
  return { ...refusal('BAD_REQUEST', 'The request expects something other than 100-continue.'), status: 417 };
}

// As Node, which has sent `100 Continue` by then.
const EXPECTED = /(?:^|\W)100-continue(?:$|\W)/i;

function notFound(graphqlPath: string): RequestRefusal {
  return { ...refusal('BAD_REQUEST', `Nothing is here; GraphQL is at ${graphqlPath}.`), status: 404 };
}

function isOperation(exchange: Exchange, { graphqlPath, playgroundPath }: ServerSettings): boolean {
  return exchange.path === graphqlPath && !isPageRequest(exchange, playgroundPath);
}

/** A browser that navigates to an address which GraphQL and the playground share. */
function isPageRequest(exchange: Exchange, playgroundPath: string | null): boolean {
  const { method, headers } = exchange.request;
  return (
    exchange.path === playgroundPath && method === 'GET' && headers.accept?.includes('text/html') === true && exchange.queryString === ''
  );
}

function sendOptions(exchange: Exchange, cors: Cors): void {
  const preflight = cors.preflight(exchange.request.headers);
  exchange.send(204, preflight ?? [['allow', ALLOWED_METHODS]], '');
}

function sendHealth(exchange: Exchange, status: 'ok' | 'starting' | 'draining'): void {
  const headers = [
    ['content-type', 'application/json; charset=utf-8'],
    ['cache-control', 'no-store'],
  ] as const;
  exchange.send(status === 'ok' ? 200 : 503, headers, JSON.stringify({ status }));
}

async function sendPlayground(exchange: Exchange, door: Door): Promise<void> {
  const { settings } = door.state;
  door.playground ??= renderPlayground(settings.graphqlPath, settings.playgroundTabs);
  const page = await door.playground;
  const isGzip = /\bgzip\b/.test(exchange.request.headers['accept-encoding'] ?? '');
  const headers: (readonly [string, string])[] = [
    ['content-type', 'text/html; charset=utf-8'],
    ['vary', 'Accept-Encoding'],
  ];
  if (isGzip) headers.push(['content-encoding', 'gzip']);
  exchange.send(200, headers, isGzip ? page.gzipped : page.html);
}

function recordOf(exchange: Exchange, status: number, served: ServedRequest): RequestRecord {
  const { method = '', headers } = exchange.request;
  return {
    requestId: exchange.requestId,
    method,
    path: exchange.path,
    status,
    durationMs: performance.now() - exchange.startedAt,
    clientName: clientHeader(headers['graphql-client-name']),
    clientVersion: clientHeader(headers['graphql-client-version']),
    facts: served.facts,
  };
}

function clientHeader(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 128) : null;
}
