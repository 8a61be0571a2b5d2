/** What a client asks of `dev_mode`: the same three headers and query parameters as Cosmo's (cosmo-reference.md 1.3). */
import type { GraphqlRequest } from '../../respond/model.ts';

export interface TraceRequest {
  readonly queryPlan: boolean;
  readonly skipLoader: boolean;
  /** Null: no trace. */
  readonly trace: TraceOptions | null;
}

export interface TraceOptions {
  /** Time for document, variables and validation, which are read in one step. */
  readonly reading: boolean;
  readonly planner: boolean;
  /** What was sent to subgraphs, but for the document when `variables` is false. */
  readonly input: boolean;
  readonly variables: boolean;
  readonly output: boolean;
  /** Times, status and attempts of fetches. */
  readonly load: boolean;
  /** All times are 1 ms, so that traces can be compared. */
  readonly predictable: boolean;
}

const NOTHING: TraceRequest = { queryPlan: false, skipLoader: false, trace: null };

export function readTraceRequest({ headers, queryString }: Pick<GraphqlRequest, 'headers' | 'queryString'>): TraceRequest {
  const search = queryString.includes('wg_') ? new URLSearchParams(queryString) : null;
  const read = (name: string): readonly string[] => wordsOf(headers[`x-wg-${name}`], search?.getAll(`wg_${name.replaceAll('-', '_')}`));
  const [queryPlan, skipLoader, trace] = [read('include-query-plan'), read('skip-loader'), read('trace')];
  if (queryPlan.length + skipLoader.length + trace.length === 0) return NOTHING;
  return { queryPlan: queryPlan.length > 0, skipLoader: skipLoader.length > 0, trace: trace.length > 0 ? optionsOf(new Set(trace)) : null };
}

/** The values given, without those that say no. A parameter without a value says yes. */
function wordsOf(header: string | readonly string[] | undefined, params: readonly string[] = []): readonly string[] {
  const texts = [...(header === undefined ? [] : [header].flat()), ...params.map((value) => (value === '' ? 'true' : value))];
  return texts
    .flatMap((text) => text.split(','))
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '' && word !== 'false' && word !== '0');
}

function optionsOf(words: ReadonlySet<string>): TraceOptions {
  const reading = ['exclude_parse_stats', 'exclude_normalize_stats', 'exclude_validate_stats'];
  return {
    reading: !reading.some((word) => words.has(word)),
    planner: !words.has('exclude_planner_stats'),
    input: !words.has('exclude_input'),
    variables: !words.has('exclude_raw_input_data'),
    output: !words.has('exclude_output'),
    load: !words.has('exclude_load_stats'),
    predictable: words.has('enable_predictable_debug_timings'),
  };
}
