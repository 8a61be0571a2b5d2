import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPLOYEE_PLACES,
  entityExchange,
  entitySite,
  httpReply,
  placesOf,
  rootExchange,
  sampleExchange,
  sampleShape,
  transportFailure,
} from '../../../test/support/sample-exchange.ts';
import { sampleConfig } from '../../../test/support/sample-policy.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, printJson } from '../../shared/json.ts';
import { placeErrors } from '../locate.ts';
import type { FetchExchange, PlacedError, SubgraphReply } from '../model.ts';
import { applyErrorPolicy } from './apply.ts';
import { compileErrorPolicy, type ErrorPolicy } from './compile.ts';
import type { PolicyObserver } from './observer.ts';

type Block = Readonly<Record<string, unknown>>;

const policyOf = (block: Block = {}): ErrorPolicy =>
  compileErrorPolicy(sampleConfig({ subgraph_error_propagation: { error_ids: false, ...block } }));

const place = (...exchanges: FetchExchange[]): readonly PlacedError[] =>
  exchanges.flatMap((exchange) => placeErrors(exchange, { profile: 'none' }));

function show(policy: ErrorPolicy, errors: readonly PlacedError[], audience = 'public', observer?: PolicyObserver) {
  let ids = 0;
  const facts = { audience, operationName: null, nextErrorId: () => `id${++ids}` };
  return applyErrorPolicy(policy, errors, observer === undefined ? facts : { ...facts, observer });
}

/** What a client parses; by a standard parser, as clients do. */
const read = (policy: ErrorPolicy, errors: readonly PlacedError[]): JsonObject[] => JSON.parse(printJson(show(policy, errors).errors));

const sent = (...errors: JsonValue[]) => rootExchange(httpReply(200, printJson({ errors })));

describe('applyErrorPolicy', () => {
  it('puts a wrapper where the first of its errors stood, and keeps the order of everything else', () => {
    const policy = policyOf({ rules: [{ when: { code: 'PASS' }, mode: 'pass-through' }] });
    const pass = { message: 'p', extensions: { code: 'PASS' } };
    const errors = read(policy, place(rootExchange(transportFailure('timeout')), sent(pass, { message: 'w' }, pass, { message: 'w' })));
    expect(errors.map(({ message }) => message)).toEqual([
      "Failed to fetch from Subgraph 'employees', Reason: request timed out.",
      'p',
      "Failed to fetch from Subgraph 'employees'.",
      'p',
    ]);
  });

  it('wraps per fetch, not per subgraph', () => {
    expect(read(policyOf(), place(sent({ message: 'a' }), sent({ message: 'b' })))).toHaveLength(2);
  });

  it('gives ids by original error and tells them for the log', () => {
    const exchange = entityExchange(httpReply(200, { errors: [{ message: 'm', path: ['_entities', 0] }] }));
    const { ids } = show(policyOf({ error_ids: true }), place(exchange));
    expect([...ids]).toEqual([[exchange.classified.errors[0], 'id1']]);
  });

  it('tells what the catalogue does not know and what the scrubber found', () => {
    const policy = policyOf({ catalogue: { codes: { K: { from: [{ code: 'KNOWN' }] } } } });
    const { undeclared, scrubbed } = show(
      policy,
      place(sent({ message: 'password=x', extensions: { code: 'KNOWN' } }, { message: 'm', extensions: { code: 'X' } })),
    );
    expect(undeclared).toEqual([{ code: 'X', subgraph: 'employees' }]);
    expect(scrubbed).toEqual([{ detector: 'secrets', subgraph: 'employees' }]);
  });

  it('counts truly what it cuts, over subgraphs and fetches', () => {
    const policy = policyOf({ limits: { errors_per_response: 3, errors_per_subgraph: 2 } });
    const many = Array.from({ length: 4 }, () => ({ message: 'm' }));
    const errors = read(policy, place(sent(...many), entityExchange(httpReply(200, { errors: many }))));
    expect(errors.at(-1)).toEqual({
      message: '5 of 8 errors are not shown.',
      extensions: { code: 'ERRORS_TRUNCATED', shown: 3, total: 8 },
    });
    expect(errors).toHaveLength(3);
  });

  it('costs one look-up where nothing failed', () => {
    const policy = policyOf();
    expect(show(policy, [])).toBe(show(policy, []));
  });
});

const jsonValue = fc.jsonValue({ maxDepth: 3 }).map((value): JsonValue => JSON.parse(JSON.stringify(value)));
const anyPath = fc.array(
  fc.oneof(fc.constantFrom('_entities', 'me', 'name', 'employees', 'notes', '@', '__proto__'), fc.nat(5), jsonValue),
  {
    maxLength: 5,
  },
);
/** Representation 0 stands at several places. */
const path = fc.oneof(
  anyPath,
  fc.constantFrom(['notes'], []).chain((known) => anyPath.map((rest) => ['_entities', 0, ...known, ...rest])),
);
const extensions = fc.oneof(
  jsonValue,
  fc.dictionary(fc.constantFrom('code', 'http', 'serviceName', 'statusCode', 'errorId', 'a', '__proto__', 'constructor'), jsonValue, {
    maxKeys: 4,
  }),
);
const entry = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      { message: fc.oneof(fc.string(), jsonValue), path, extensions, custom: jsonValue, locations: jsonValue },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: jsonValue },
);
const reply = fc.oneof(
  fc
    .record({ status: fc.constantFrom(200, 403, 500), errors: fc.array(entry, { maxLength: 4 }) })
    .map(({ status, errors }) => httpReply(status, JSON.stringify({ errors }))),
  fc
    .record({
      status: fc.constantFrom(200, 204, 418, 503),
      body: fc.oneof(fc.constantFrom('', '{}', '<html>', '{"data":{}}', '{"errors":{}}'), fc.string()),
    })
    .map(({ status, body }) => httpReply(status, body)),
  fc.constantFrom(transportFailure('timeout'), transportFailure('too_large', { status: 200 }), transportFailure('unreachable')),
);
/** One list of entities that stand at two places of the plan. */
const twoSites = (each: SubgraphReply): FetchExchange =>
  sampleExchange(each, [
    { site: entitySite(), places: EMPLOYEE_PLACES },
    {
      site: entitySite({ id: 2, path: ['me'], kind: 'entity', shape: sampleShape({ notes: null }, 'Me') }),
      places: placesOf([[['me']], []]),
    },
  ]);
const exchanges = fc.array(
  fc.tuple(fc.constantFrom(rootExchange, entityExchange, twoSites), reply).map(([make, each]) => make(each)),
  { maxLength: 3 },
);

/** Options that decide what is exposed, never what there is. */
const exposure = fc.record(
  {
    enabled: fc.boolean(),
    omit_locations: fc.boolean(),
    omit_extensions: fc.boolean(),
    attach_service_name: fc.boolean(),
    propagate_status_codes: fc.boolean(),
    default_extension_code: fc.constantFrom('', 'D'),
    allow_all_extension_fields: fc.boolean(),
    allowed_extension_fields: fc.constantFrom([], ['code'], ['a', 'code']),
    allowed_fields: fc.constantFrom([], ['custom']),
    failure_codes: fc.boolean(),
    error_ids: fc.boolean(),
    attach_origin: fc.boolean(),
    attach_retry_hints: fc.boolean(),
    attach_mutation_outcome: fc.boolean(),
    message: fc.constantFrom(null, '{inner} at {field_path}'),
    redacted_message: fc.constantFrom(null, 'no'),
    scrub: fc.constantFrom({}, { emails: 'redact' }, { secrets: 'off' }),
  },
  { requiredKeys: [] },
);
const mode = fc.constantFrom('wrapped', 'pass-through');
const rules = fc.subarray([
  { when: { coordinate: 'Employee.notes' }, redacted_message: 'of an employee' },
  { when: { code: 'K' }, omit_extensions: true },
]);

const outline = (errors: readonly JsonObject[]) => errors.map((error) => error['path'] ?? null);

describe('every policy', () => {
  it('never throws, and gives every error a message and no path that is not one', () => {
    fc.assert(
      fc.property(exchanges, exposure, mode, (made, block, chosen) => {
        for (const error of read(policyOf({ ...block, mode: chosen }), place(...made))) {
          expect(typeof error['message']).toBe('string');
          const shown = error['path'];
          if (shown === undefined) continue;
          expect(
            isJsonArray(shown) && shown.length > 0 && shown.every((segment) => typeof segment === 'string' || Number.isInteger(segment)),
          ).toBe(true);
          expect(printJson(shown)).not.toMatch(/"@"|"_entities"/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('shows the same number, order and paths of errors whatever it exposes', () => {
    fc.assert(
      fc.property(exchanges, exposure, exposure, mode, (made, one, other, chosen) => {
        const placed = place(...made);
        expect(outline(read(policyOf({ ...one, mode: chosen }), placed))).toEqual(
          outline(read(policyOf({ ...other, mode: chosen }), placed)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('loses nothing and invents nothing', () => {
    fc.assert(
      fc.property(exchanges, (made) => {
        const placed = place(...made);
        const expected = placed.reduce((sum, error) => sum + (error.kind === 'graphql' ? error.places.count : 1), 0);
        const passed = read(policyOf({ mode: 'pass-through' }), placed);
        expect(passed).toHaveLength(expected);
        const wrapped = read(policyOf(), placed).reduce((sum, error) => sum + (innerOf(error)?.length ?? 1), 0);
        expect(wrapped).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('shows the same whether or not it is observed, and then works out every place of an error anew', () => {
    const observer = { judged: () => {}, began: () => {}, applied: () => {} };
    const everything = {
      error_ids: true,
      audiences: [{ name: 'friend', when: { header: { name: 'x-friend', equals: 'yes' } }, mode: 'pass-through', attach_request: true }],
      catalogue: { codes: { KNOWN: { from: [{ code: 'K' }], message: 'known' } } },
      limits: { errors_per_response: 5, message_bytes: 20 },
    };
    const profile = fc.constantFrom('none' as const, 'cosmo' as const);
    const audience = fc.constantFrom('public', 'friend');
    const parts = fc.subarray(Object.entries(everything)).map(Object.fromEntries);
    fc.assert(
      fc.property(exchanges, exposure, mode, rules, parts, profile, audience, fc.boolean(), (made, ...chosen) => {
        const [block, shown, listed, more, compatibility, reader, rewrite] = chosen;
        const propagation = { ...block, ...more, mode: shown, rules: listed, rewrite_paths: rewrite };
        const policy = compileErrorPolicy(sampleConfig({ compatibility, subgraph_error_propagation: propagation }));
        const placed = made.flatMap((exchange) => placeErrors(exchange, { profile: compatibility }));
        const [short, long] = [show(policy, placed, reader), show(policy, placed, reader, observer)];
        expect(printJson(short.errors)).toBe(printJson(long.errors));
        expect([...short.ids.values()]).toEqual([...long.ids.values()]);
        expect(short.undeclared).toEqual(long.undeclared);
      }),
      { numRuns: 1000 },
    );
  });

  it('notes an error once, at however many places and sites it stands', () => {
    const policy = policyOf({
      rules: [{ when: { code: 'X' }, mode: 'pass-through' }],
      catalogue: { codes: { K: { from: [{ code: 'KNOWN' }] } } },
    });
    const error = { message: 'password=x', path: ['_entities', 0] };
    const { scrubbed, undeclared } = show(
      policy,
      place(twoSites(httpReply(200, { errors: [error, { message: 'm', extensions: { code: 'X' } }] }))),
    );
    expect(scrubbed).toEqual([{ detector: 'secrets', subgraph: 'products' }]);
    expect(undeclared).toEqual([
      { code: null, subgraph: 'products' },
      { code: 'X', subgraph: 'products' },
    ]);
  });

  it('is deterministic', () => {
    fc.assert(
      fc.property(exchanges, exposure, mode, (made, block, chosen) => {
        const policy = policyOf({ ...block, mode: chosen });
        expect(printJson(show(policy, place(...made)).errors)).toBe(printJson(show(policy, place(...made)).errors));
      }),
      { numRuns: 100 },
    );
  });

  it('bounds what a hostile reply can make of it', () => {
    const errors = Array.from({ length: 500 }, () => ({
      message: 'é'.repeat(3000),
      custom: 'x'.repeat(9000),
      extensions: { code: 'c'.repeat(9000), a: 'x'.repeat(9000) },
    }));
    const exchange = rootExchange(httpReply(200, JSON.stringify({ errors })));
    for (const chosen of ['wrapped', 'pass-through']) {
      const policy = policyOf({ mode: chosen, allow_all_extension_fields: true, allowed_fields: ['custom'] });
      expect(printJson(show(policy, place(exchange)).errors).length).toBeLessThan(100 * (2048 + 2 * 8192 + 500));
    }
  });
});

function innerOf(error: JsonObject): readonly JsonValue[] | null {
  const shown = error['extensions'];
  const inner = isJsonObject(shown) ? shown['errors'] : undefined;
  return isJsonArray(inner) ? inner : null;
}
