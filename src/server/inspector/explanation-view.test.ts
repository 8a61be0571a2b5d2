import { describe, expect, it } from 'vitest';
import { entityExchange, httpReply, rootExchange } from '../../../test/support/sample-exchange.ts';
import { sampleConfig } from '../../../test/support/sample-policy.ts';
import { placeErrors } from '../../errors/locate.ts';
import type { FetchExchange, PlacedError } from '../../errors/model.ts';
import { compileResponsePolicy } from '../../respond/policy.ts';
import { unlistedWith, viewExplanation } from './explanation-view.ts';

const failing = (count: number) => httpReply(200, { errors: Array.from({ length: count }, () => ({ message: 'x', path: ['me'] })) });

function view(exchanges: readonly FetchExchange[], limits: object) {
  const config = sampleConfig({ subgraph_error_propagation: { mode: 'pass-through', limits } });
  const placed = exchanges.map((exchange) => placeErrors(exchange, { profile: 'none' }));
  const outcome = {
    data: '{}',
    errors: placed.flat(),
    unlistedErrors: exchanges.reduce((sum, { classified }) => sum + classified.unlistedErrors, 0),
    exchanges,
    delivered: false,
    complete: false,
    cancelled: false,
    bug: null,
  };
  const facts = {
    config,
    source: null,
    policy: compileResponsePolicy(config),
    outcome,
    operationName: null,
    mediaType: 'application/json' as const,
    audience: 'public',
    errorIds: new Map(),
  };
  return exchanges.map((exchange, i) => {
    const errors: readonly PlacedError[] = placed[i] ?? [];
    const { stages, audiences } = viewExplanation(exchange, errors, facts);
    return { errors, audience: audiences[0], locate: stages.find(({ name }) => name === 'locate')?.result };
  });
}

describe('viewExplanation', () => {
  it('counts as cut off only what belongs to the entry', () => {
    const [many, few] = view([rootExchange(failing(100_007)), entityExchange(failing(3))], { errors_per_response: 10 });
    expect(unlistedWith(many?.errors ?? [])).toBe(7);
    expect(many?.audience?.errors.text).toContain('100007');
    expect(unlistedWith(few?.errors ?? [])).toBe(0);
    expect(JSON.parse(few?.audience?.errors.text ?? '')).toHaveLength(3);
    expect(few?.locate).toBe('3 errors at 3 places of the response.');
  });

  it('tells how many errors there are, also when only the first are told of', () => {
    const [entry] = view([rootExchange(failing(5_000))], { errors_per_response: 10_000, errors_per_subgraph: 10_000 });
    expect(entry?.locate).toBe('5000 errors, the first 1000 at 1000 places of the response.');
    expect(entry?.audience?.drafts).toHaveLength(8);
    expect(entry?.audience?.moreDrafts).toBe(4_992);
  });
});
