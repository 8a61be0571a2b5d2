/** Golden cases: what a client reads, by configuration and reply. One file per rule, for people as much as for the test. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { entityExchange, httpReply, rootExchange, transportFailure } from '../../../test/support/sample-exchange.ts';
import { sampleConfig } from '../../../test/support/sample-policy.ts';
import { type JsonObject, type JsonValue, printJson } from '../../shared/json.ts';
import { placeErrors } from '../locate.ts';
import type { FetchExchange, OperationType, PlacedError, SubgraphReply, TransportFailure, ValueProblem } from '../model.ts';
import { applyErrorPolicy } from '../policy/apply.ts';
import { compileErrorPolicy } from '../policy/compile.ts';

/** One case of a `.cases.yaml` file. */
interface Case {
  readonly name: string;
  /** `subgraph_error_propagation`; error ids are off unless a case is about them. */
  readonly config?: Record<string, unknown>;
  readonly compatibility?: 'none' | 'cosmo';
  readonly audience?: string;
  readonly operation?: OperationType;
  readonly operation_name?: string;
  /** The subgraph's `errors`, sent with `status` (200) and `headers`. */
  readonly errors?: JsonValue;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Instead of `errors`: the whole body, or a failure of the transport. */
  readonly body?: string;
  readonly failure?: TransportFailure['failure'];
  /** Whether the transport had sent the request. */
  readonly sent?: boolean;
  /** `root`: employees answers `{ me { … } }`. `entities`: products adds to the items of `employees`. */
  readonly fetch?: 'root' | 'entities' | 'skipped';
  /** Instead of a fetch: a value at `me.name`. */
  readonly value?: ValueProblem;
  readonly expect: JsonValue;
}

const FOLDER = new URL('.', import.meta.url);
const KINDS = ['allowed', 'denied', 'inherited', 'overridden', 'hostile'];

const readCases = (file: string): readonly Case[] => parse(readFileSync(new URL(file, FOLDER), 'utf8'));

describe.each(readdirSync(FOLDER).filter((file) => file.endsWith('.cases.yaml')))('%s', (file) => {
  const cases = readCases(file);

  it('has a case of every kind', () => {
    const names = cases.map(({ name }) => name.split(':')[0]);
    for (const kind of KINDS) expect(names).toContain(kind);
  });

  it.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
    expect(play(each)).toEqual(each.expect);
  });
});

describe('the folder', () => {
  it('has cases for every rule', () => {
    const files = readdirSync(FOLDER);
    const rules = files.filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !['index.ts', 'rule.ts', 'reserved.ts'].includes(file),
    );
    expect(rules.filter((file) => !files.includes(file.replace(/\.ts$/, '.cases.yaml')))).toEqual([]);
  });
});

function play(each: Case): JsonValue {
  const { compatibility = 'none', audience = 'public', operation_name: operationName = null } = each;
  const policy = compileErrorPolicy(
    configOf(each.config ?? {}, compatibility),
    new Map([['employees', 'http://employees.internal:4001/graphql']]),
  );
  let ids = 0;
  const placed = placedErrors(each);
  const { errors } = applyErrorPolicy(policy, placed, { audience, operationName, nextErrorId: () => `id${++ids}` });
  // As clients read it: printed and parsed again.
  return JSON.parse(printJson(errors));
}

function configOf(block: Record<string, unknown>, compatibility: string) {
  return sampleConfig({
    compatibility,
    subgraph_error_propagation: { ...(compatibility === 'none' && { error_ids: false }), ...block },
  });
}

function placedErrors(each: Case): readonly PlacedError[] {
  const { operation = 'query' } = each;
  if (each.value !== undefined)
    return [{ kind: 'value', operationType: operation, path: ['me', 'name'], problem: each.value, subgraph: 'employees' }];
  const exchange = exchangeOf(each);
  const [site] = exchange.sites;
  if (each.fetch === 'skipped' && site !== undefined) return [{ kind: 'dependency', site: site.site, path: ['employees', 1, 'notes'] }];
  return placeErrors(exchange, { profile: each.compatibility ?? 'none' });
}

function exchangeOf(each: Case): FetchExchange {
  const { compatibility: profile = 'none', operation: operationType = 'query' } = each;
  const make = (each.fetch ?? 'root') === 'root' ? rootExchange : entityExchange;
  return make(replyOf(each), { profile, operationType });
}

function replyOf({ status = 200, headers, errors, body, failure, sent }: Case): SubgraphReply {
  if (failure !== undefined) return transportFailure(failure, sent === undefined ? {} : { sent });
  const members: JsonObject = errors === undefined ? {} : { errors };
  return httpReply(status, body ?? printJson(members), { 'content-type': 'application/json', ...headers });
}
