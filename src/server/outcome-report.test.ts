import { describe, expect, it } from 'vitest';
import { EMPLOYEE_PLACES, entitySite, httpReply, sampleExchange, transportFailure } from '../../test/support/sample-exchange.ts';
import { placeErrors } from '../errors/locate.ts';
import type { FetchExchange, PlacedError } from '../errors/model.ts';
import { createLog, type LogOptions } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createOutcomeReporter } from './outcome-report.ts';

/** Two places of the plan that one request serves. */
const exchangeOf = (reply: Parameters<typeof sampleExchange>[0]): FetchExchange =>
  sampleExchange(reply, [
    { site: entitySite(), places: EMPLOYEE_PLACES },
    { site: entitySite({ id: 2, path: ['me', 'employees', '@'] }), places: EMPLOYEE_PLACES },
  ]);

async function report(exchange: FetchExchange, level: LogOptions['level'] = 'info') {
  const lines: string[] = [];
  const log = createLog({ level, format: 'json' }, { write: (line) => lines.push(line) });
  const metrics = createMetrics({ inFlight: () => 0 });
  const errors: readonly PlacedError[] = placeErrors(exchange, { profile: 'none' });
  const outcome = {
    data: null,
    errors,
    unlistedErrors: 0,
    exchanges: [exchange],
    delivered: true,
    complete: false,
    cancelled: false,
    bug: null,
  };
  const noted = { errorIds: new Map(), scrubbed: [], undeclared: [] };
  const facts = createOutcomeReporter({ log, metrics })(outcome, { document: { name: null, type: 'query' }, requestId: 'r', noted });
  const counted = (await metrics.print()).split('\n').filter((line) => line.startsWith('subgraph_errors_total{'));
  return { errors, facts, counted, lines };
}

describe('createOutcomeReporter', () => {
  it('counts an error once, at however many places of however many sites it stands', async () => {
    const entries = ['A', 'A', 'B', 'A'].map((code) => ({ message: 'm', path: ['_entities', 0], extensions: { code } }));
    const { errors, facts, counted } = await report(exchangeOf(httpReply(200, { errors: entries })));
    expect(errors).toHaveLength(8);
    expect(facts).toMatchObject({ codes: ['A', 'B'], errorCount: 4 });
    expect(counted).toEqual([
      'subgraph_errors_total{subgraph="products",kind="graphql",code="A"} 3',
      'subgraph_errors_total{subgraph="products",kind="graphql",code="B"} 1',
    ]);
  });

  it('counts a failed request once', async () => {
    const { facts, counted } = await report(exchangeOf(transportFailure('timeout')));
    expect(facts.errorCount).toBe(1);
    expect(counted).toEqual(['subgraph_errors_total{subgraph="products",kind="timeout",code="SUBGRAPH_TIMEOUT"} 1']);
  });

  it('writes one line per failed request, where its level is written', async () => {
    expect((await report(exchangeOf(transportFailure('timeout')))).lines).toHaveLength(1);
    expect((await report(exchangeOf(transportFailure('cancelled')), 'error')).lines).toEqual([]);
    expect((await report(exchangeOf(transportFailure('timeout')), 'silent')).lines).toEqual([]);
  });
});
