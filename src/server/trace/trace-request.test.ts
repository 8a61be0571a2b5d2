import { describe, expect, it } from 'vitest';
import { readTraceRequest } from './trace-request.ts';

const read = (headers: Record<string, string>, queryString = '') => readTraceRequest({ headers, queryString });

describe('readTraceRequest', () => {
  it('asks for nothing by default, and when told no', () => {
    const nothing = { queryPlan: false, skipLoader: false, trace: null };
    expect(read({})).toEqual(nothing);
    expect(read({ 'x-wg-trace': 'false', 'x-wg-skip-loader': '' }, 'wg_include_query_plan=0')).toEqual(nothing);
  });

  it.each([
    [{ 'x-wg-include-query-plan': 'true', 'x-wg-skip-loader': '1', 'x-wg-trace': 'true' }, ''],
    [{}, 'query=x&wg_include_query_plan&wg_skip_loader=true&wg_trace=true'],
  ])('reads headers and query parameters alike', (headers, queryString) => {
    expect(read(headers, queryString)).toMatchObject({ queryPlan: true, skipLoader: true, trace: { input: true, output: true } });
  });

  it('leaves out what is excluded, by either way', () => {
    const { trace } = read({ 'x-wg-trace': 'exclude_input, exclude_load_stats' }, 'wg_trace=exclude_output&wg_trace=exclude_planner_stats');
    expect(trace).toEqual({
      reading: true,
      planner: false,
      input: false,
      variables: true,
      output: false,
      load: false,
      predictable: false,
    });
  });
});
