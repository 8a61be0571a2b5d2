import { describe, expect, it } from 'vitest';
import type { RequestError } from '../model.ts';
import { clientErrorsFrom } from './request-errors.ts';

const show = (error: RequestError) => JSON.parse(JSON.stringify(clientErrorsFrom([error], 'cosmo')))[0];

describe('clientErrorsFrom, cosmo profile', () => {
  it('repeats the whole variable where a part of it is wrong', () => {
    const message = 'Variable "$c" got invalid value "X" at "c.n"; Value "X" does not exist in "N" enum.';
    expect(show({ code: 'BAD_USER_INPUT', message, variableValue: '{"n":"$1"}' })).toEqual({
      message: 'Variable "$c" got invalid value {"n":"$1"} at "c.n"; Value "X" does not exist in "N" enum.',
    });
  });

  it('gives a path to validation errors and locations to syntax errors', () => {
    const locations = [{ line: 1, column: 2 }];
    expect(show({ code: 'GRAPHQL_VALIDATION_FAILED', message: 'm', locations, path: ['query'] })).toEqual({
      message: 'm',
      path: ['query'],
    });
    expect(show({ code: 'GRAPHQL_PARSE_FAILED', message: 'm', locations })).toEqual({ message: 'm', locations });
  });

  it('shows the one code that Cosmo shows', () => {
    expect(show({ code: 'PERSISTED_QUERY_NOT_FOUND', message: 'm' })).toEqual({
      message: 'm',
      extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
    });
  });
});
