import { describe, expect, it } from 'vitest';
import { errorDefaults } from '../config/keys/error-options.ts';
import type { SubgraphReply } from '../errors/model.ts';
import { createOperationReader } from '../operation/reader.ts';
import { createPlanCache, type PlanCache } from '../plan/plan-cache.ts';
import { createPlanner } from '../plan/planner.ts';
import type { GraphqlRequest } from '../respond/model.ts';
import { compileResponsePolicy } from '../respond/policy.ts';
import { invariant } from '../shared/assert.ts';
import { Cancellation } from '../shared/cancellation.ts';
import { composeSubgraphs } from '../supergraph/compose.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createOutcomeReporter } from './outcome-report.ts';
import { createPipeline, type PipelineOptions } from './pipeline.ts';

const composed = composeSubgraphs([
  { name: 'a', url: 'http://a/', sdl: 'type Query { a: Int } type Mutation { b: Int } type Subscription { c: Int }' },
]);
invariant(composed.ok, 'the SDL composes');
const supergraph = composed.value;
const created = createPlanner(supergraph);
invariant(created.ok, 'the graph can be planned');
const planner = created.value;

const REQUEST: GraphqlRequest = {
  method: 'POST',
  query: '{ a }',
  operationName: null,
  variables: null,
  extensions: null,
  headers: {},
  mediaType: 'application/json',
  requestId: 'r',
  remoteAddress: '127.0.0.1',
  queryString: '',
  signal: new Cancellation(),
};

const answer = (body: string): SubgraphReply => ({ kind: 'response', status: 200, headers: {}, body, attempts: 1, durationMs: 1 });

function setUp(changes: Partial<PipelineOptions> = {}) {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) });
  const metrics = createMetrics({ inFlight: () => 0 });
  const limits = { maxTokens: 1_000, approximateDepthLimit: 50, totalFieldsLimit: 100, operationNameLengthLimit: 100 };
  const pipeline = createPipeline({
    supergraph,
    reader: createOperationReader({ supergraph, limits, introspection: true, cacheSize: 10 }),
    plans: createPlanCache(planner, 10),
    sender: { send: async () => answer('{"data":{"a":1}}'), close: async () => undefined },
    policy: compileResponsePolicy({
      compatibility: 'none',
      subgraphErrorPropagation: errorDefaults('none'),
      response: { completenessHeader: null, partialStatus: 200, allFailedStatus: 200, validationStatus: 'auto' },
      subgraphExtensionPropagation: { enabled: false, allowedExtensionFields: [], algorithm: 'first_write' },
    }),
    responseHeaders: null,
    audienceOf: () => 'public',
    devTools: null,
    sharingKey: null,
    tracing: null,
    nextErrorId: () => 'id',
    report: createOutcomeReporter({ log, metrics }),
    log,
    metrics,
    ...changes,
  });
  const handle = (request: Partial<GraphqlRequest> = {}, deadline = Infinity) => pipeline.handle({ ...REQUEST, ...request }, deadline);
  return { handle, lines };
}

const plansThat = (plan: PlanCache['plan']): Partial<PipelineOptions> => ({ plans: { plan } });

describe('createPipeline', () => {
  it('answers, and tells what it did', async () => {
    const { response, facts } = await setUp().handle();
    expect([response.status, response.body]).toEqual([200, '{"data":{"a":1}}']);
    expect(facts).toEqual({
      operationName: null,
      operationType: 'query',
      subgraphs: ['a'],
      codes: [],
      errorCount: 0,
      errorIds: [],
      shared: false,
    });
  });

  it('says who got the answer of another request', async () => {
    const { handle } = setUp({ sharingKey: () => '' });
    const served = await Promise.all([handle(), handle(), handle({ query: '{ b: a }' })]);
    expect(served.map(({ response, facts }) => [response.body, facts.shared])).toEqual([
      ['{"data":{"a":1}}', false],
      ['{"data":{"a":1}}', true],
      [expect.any(String), false],
    ]);
  });

  it('says 504 when the deadline passed before execution', async () => {
    const { response } = await setUp().handle({}, performance.now() - 1);
    expect(response.status).toBe(504);
    expect(response.body).toContain('"code":"REQUEST_TIMEOUT"');
  });

  it('says 503 when too many operations wait to be planned', async () => {
    const { handle } = setUp(plansThat(() => ({ ok: false, error: { kind: 'overloaded', message: 'full' } })));
    const { response } = await handle();
    expect(response.status).toBe(503);
    expect(response.headers).toContainEqual(['retry-after', '1']);
  });

  it('takes a plan that cannot be made for our own fault, and keeps the reason for the log', async () => {
    const { handle, lines } = setUp(plansThat(() => ({ ok: false, error: { kind: 'unsatisfiable', message: 'inner reason' } })));
    const { response } = await handle();
    expect(response.status).toBe(500);
    expect(response.body).toBe(
      '{"errors":[{"message":"The operation could not be planned.","extensions":{"code":"QUERY_PLANNING_FAILED"}}],"data":null}',
    );
    expect(lines.join('')).toContain('inner reason');
  });

  it('refuses what a plan asks for and the router lacks', async () => {
    const { handle } = setUp(plansThat(() => ({ ok: true, value: { root: { kind: 'unsupported', feature: 'defer' } } })));
    expect((await handle()).response.body).toContain('"code":"UNSUPPORTED_OPERATION"');
  });

  it('plans an operation once', async () => {
    const plans = createPlanCache(planner, 10);
    let asked = 0;
    const { handle } = setUp(
      plansThat((operation) => {
        asked++;
        return plans.plan(operation);
      }),
    );
    await handle();
    await handle();
    expect(asked).toBe(1);
  });

  it.each([
    [{ query: null }, 400, 'BAD_REQUEST'],
    [{ query: null, extensions: { persistedQuery: {} } }, 200, 'PERSISTED_QUERY_NOT_FOUND'],
    [{ query: 'subscription { c }' }, 200, 'UNSUPPORTED_OPERATION'],
    [{ query: 'mutation { b }', method: 'GET' as const }, 405, 'METHOD_NOT_ALLOWED'],
    [{ query: '{ nope }' }, 200, 'GRAPHQL_VALIDATION_FAILED'],
  ])('refuses %j', async (request, status, code) => {
    const { response, facts } = await setUp().handle(request);
    expect(response.status).toBe(status);
    expect(response.body).toContain(`"code":"${code}"`);
    expect(facts.codes).toEqual([code]);
  });

  it('survives a sender that breaks its word, and logs what happened', async () => {
    const { handle, lines } = setUp({ sender: { send: () => Promise.reject(new Error('because')), close: async () => undefined } });
    const { response } = await handle();
    expect(response.status).toBe(500);
    expect(response.body).not.toContain('because');
    expect(lines.join('')).toContain('because');
  });
});
