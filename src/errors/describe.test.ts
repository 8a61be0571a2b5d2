import { expect, it, describe as suite } from 'vitest';
import { entityExchange, httpReply, rootExchange, transportFailure } from '../../test/support/sample-exchange.ts';
import { describe } from './describe.ts';
import { placeErrors } from './locate.ts';
import type { FetchExchange } from './model.ts';

const record = (exchange: FetchExchange, errorIds: ReadonlyMap<object, string> = new Map()) =>
  describe(exchange, placeErrors(exchange, { profile: 'none' }), { operationName: 'Get', requestId: 'r1', errorIds });

suite('describe', () => {
  it('tells the unmasked truth about one fetch', () => {
    const exchange = entityExchange(
      httpReply(403, { errors: [{ message: 'no row 42', path: ['_entities', 0, 'notes'], extensions: { code: 'DENIED' } }, 7] }),
    );
    const id = new Map([[exchange.classified.errors[0] ?? {}, 'id1']]);
    expect(record(exchange, id)).toEqual({
      level: 'error',
      message: 'subgraph request failed',
      fields: {
        subgraph: 'products',
        kinds: ['graphql'],
        codes: ['DENIED'],
        status: 403,
        durationMs: 12,
        attempts: 1,
        operationName: 'Get',
        requestId: 'r1',
        paths: ['employees.0.notes', 'employees'],
        errorCount: 2,
        messages: ['no row 42', 'Subgraph error without a message'],
        repairs: ['entry is not an object'],
        contentType: 'application/json',
        body: expect.stringContaining('no row 42'),
        cause: null,
        errorIds: ['id1'],
      },
    });
  });

  it('has the cause of a transport failure, which no client ever sees', () => {
    const { fields } = record(rootExchange(transportFailure('unreachable', { cause: new Error('connect ECONNREFUSED 10.0.0.1:4001') })));
    expect(fields).toMatchObject({
      kinds: ['unreachable'],
      codes: ['SUBGRAPH_UNREACHABLE'],
      cause: 'connect ECONNREFUSED 10.0.0.1:4001',
      body: null,
    });
  });

  it('is no alarm when the client went away or asked too often', () => {
    expect(record(rootExchange(transportFailure('cancelled')))).toMatchObject({ level: 'info', message: 'subgraph request cancelled' });
    expect(record(rootExchange(transportFailure('rate_limited'))).level).toBe('info');
  });

  it('stays small whatever the subgraph sends', () => {
    const errors = Array.from({ length: 5000 }, (_error, i) => ({ message: 'x'.repeat(5000), extensions: { code: `C${i}` } }));
    expect(JSON.stringify(record(rootExchange(httpReply(200, { errors })))).length).toBeLessThan(60_000);
  });
});
