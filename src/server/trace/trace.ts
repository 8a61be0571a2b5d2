/** `extensions.trace`: what each fetch of an operation was sent, got, and took. Credentials are masked (`redaction.ts`). */
import { failureCode } from '../../errors/catalogue.ts';
import type { FetchExchange, FetchSite, SubgraphReply } from '../../errors/model.ts';
import type { ExecutionOutcome } from '../../execute/outcome.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../shared/json.ts';
import { redactRequestBody, redactText, redactValue } from './redaction.ts';
import type { TraceOptions } from './trace-request.ts';

/** When a fetch went out, in milliseconds since the request arrived, and how long its reply took. */
export interface FetchTiming {
  readonly subgraph: string;
  readonly body: string;
  readonly reply: SubgraphReply;
  readonly startMs: number;
  readonly durationMs: number;
  /** How many others got the same reply by single flight. */
  readonly shared: number;
}

export interface TraceFacts {
  readonly startedAt: Date;
  readonly readMs: number;
  readonly planMs: number;
  readonly planCache: 'hit' | 'miss';
  readonly timings: readonly FetchTiming[];
}

/** Longer replies are shown by their beginning. */
const MAX_OUTPUT_LENGTH = 262_144;
const HEAD_LENGTH = 1_024;

/** In plan order, so that two traces of one operation can be compared. */
export function describeTrace(outcome: ExecutionOutcome, facts: TraceFacts, options: TraceOptions): JsonObject {
  const ms = (value: number): number => (options.predictable ? 1 : Math.round(value * 1_000) / 1_000);
  const timings = [...facts.timings];
  const fetches = outcome.exchanges.map((exchange) => describeFetch(exchange, takeTiming(timings, exchange), options, ms));
  return {
    version: 1,
    startedAt: (options.predictable ? new Date(0) : facts.startedAt).toISOString(),
    ...(options.reading && { reading: { durationMs: ms(facts.readMs) } }),
    ...(options.planner && { planning: { durationMs: ms(facts.planMs), cache: facts.planCache } }),
    fetches,
    skipped: outcome.errors.flatMap((error) =>
      error.kind === 'dependency' ? [{ subgraph: error.site.subgraph, path: pathOf(error.site) }] : [],
    ),
  };
}

/** The same fetch may be sent twice in one operation: each timing is used once. */
export function takeTiming(timings: FetchTiming[], exchange: FetchExchange): FetchTiming | null {
  const at = timings.findIndex(
    ({ reply, body, subgraph }) => reply === exchange.reply && body === exchange.requestBody && subgraph === exchange.subgraph,
  );
  return at < 0 ? null : (timings.splice(at, 1)[0] ?? null);
}

function describeFetch(
  exchange: FetchExchange,
  timing: FetchTiming | null,
  options: TraceOptions,
  ms: (value: number) => number,
): JsonObject {
  const { subgraph, operationType, reply, classified, sites } = exchange;
  const load = options.load && {
    startMs: ms(timing?.startMs ?? 0),
    durationMs: ms(timing?.durationMs ?? reply.durationMs),
    status: classified.status,
    attempts: reply.attempts,
    shared: (timing?.shared ?? 0) > 0,
  };
  const failures = [classified.failure, ...classified.listFailures.values()].flatMap((failure) => failure ?? []);
  return {
    subgraph,
    operationType,
    paths: sites.map(({ site }) => pathOf(site)),
    ...load,
    failures: failures.map(({ kind }) => ({ kind, code: failureCode(kind) })),
    errorCount: classified.errors.length,
    ...(options.input && { input: inputOf(exchange.requestBody, options) }),
    ...(options.output && { output: outputOf(reply) }),
  };
}

/** Dotted, as messages show it: without a trailing `@`, empty for the root. */
function pathOf({ path }: FetchSite): string {
  return (path.at(-1) === '@' ? path.slice(0, -1) : path).join('.');
}

function inputOf(body: string, { variables }: TraceOptions): JsonValue {
  const input = redactRequestBody(body);
  if (variables || !isJsonObject(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([key]) => key !== 'variables'));
}

function outputOf(reply: SubgraphReply): JsonValue {
  if (reply.kind === 'failure') return null;
  const { body } = reply;
  const parsed = body.length <= MAX_OUTPUT_LENGTH ? parseJson(body) : null;
  if (parsed?.ok === true) return redactValue(parsed.value);
  return { length: body.length, text: redactText(body.slice(0, HEAD_LENGTH)) };
}
