/** The invariants of the error layer (its spec, section 13) over random operations, plans and replies. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PropagationBlock } from '../../src/errors/policy/compile.ts';
import type { ExecutionOutcome } from '../../src/execute/outcome.ts';
import { compileResponsePolicy } from '../../src/respond/policy.ts';
import { respond } from '../../src/respond/respond.ts';
import type { RunResult } from '../execute/federation.ts';
import { applyFault, arbitraryFaults, type Fault, faultFor, HARD_KINDS } from './arbitrary-faults.ts';
import { responsePolicyConfig } from './policy.ts';
import { isRealPath } from './real-path.ts';
import { arbitraryValidOperation, federation, POOL_SEED } from './world.ts';

const schema = federation.supergraph.publicSchema;
/** Seeds are printed by fast-check when a property fails; to repeat one, set POOL_SEED to what the title says, too. */
const RUNS = { numRuns: process.env.CI ? 1000 : 100 };

interface Observed extends RunResult {
  readonly marks: readonly string[];
}

async function run(query: string, faults: readonly Fault[], delay?: (index: number) => Promise<void>): Promise<Observed> {
  const marks: string[] = [];
  let index = 0;
  const result = await federation.run(query, {
    transform: async (subgraph, body, answer) => {
      const at = index++;
      const changed = applyFault(faultFor(faults, subgraph, body), subgraph, answer, (message) => marks.push(message));
      await delay?.(at);
      return changed;
    },
  });
  return { ...result, marks };
}

interface ClientResponse {
  readonly status: number;
  readonly headers: unknown;
  readonly body: string;
  readonly json: {
    readonly data: unknown;
    readonly errors?: readonly { readonly message: unknown; readonly path?: readonly (string | number)[]; readonly extensions?: object }[];
  };
}

function show(outcome: ExecutionOutcome, block: Partial<PropagationBlock> = {}): ClientResponse {
  let ids = 0;
  const facts = {
    audience: 'public',
    operationName: null,
    nextErrorId: () => `id${ids++}`,
    mediaType: 'application/json' as const,
    extensions: null,
  };
  const { status, headers, body } = respond(outcome, compileResponsePolicy(responsePolicyConfig(block)), facts);
  return { status, headers, body, json: JSON.parse(body) };
}

const operations = arbitraryValidOperation(schema, process.env.CI ? 500 : 150);

function check(property: (query: string, faults: readonly Fault[]) => Promise<void>, kinds?: readonly Fault['kind'][]): Promise<void> {
  return fc.assert(
    fc.asyncProperty(operations, arbitraryFaults(kinds), async (query, faults) => {
      await property(query, faults);
    }),
    RUNS,
  );
}

describe(`whatever subgraphs do (POOL_SEED=${POOL_SEED})`, { timeout: 240_000 }, () => {
  it('every error has a message and a path of the client, or none (1)', async () => {
    await check(async (query, faults) => {
      const { outcome } = await run(query, faults);
      for (const mode of ['wrapped', 'pass-through'] as const) {
        for (const { message, path } of show(outcome, { mode }).json.errors ?? []) {
          expect(message).toBeTypeOf('string');
          if (path !== undefined) expect(isRealPath(schema, query, path)).toBe(true);
        }
      }
    });
  });

  it('nothing is lost and nothing is invented (2)', async () => {
    await check(async (query, faults) => {
      const { outcome, marks } = await run(query, faults);
      for (const mode of ['wrapped', 'pass-through'] as const) {
        const { body, json } = show(outcome, { mode });
        for (const mark of marks) expect(body).toContain(`"${mark}"`);
        const failed = outcome.exchanges.filter(
          ({ classified }) => classified.errors.length > 0 || classified.failure !== null || classified.listFailures.size > 0,
        );
        expect((json.errors ?? []).length).toBeGreaterThanOrEqual(failed.length);
        if (failed.length === 0 && outcome.errors.length === 0) expect(json.errors).toBeUndefined();
      }
    });
  });

  it('options of exposure change neither data nor number, order or path of errors (4)', async () => {
    const options: readonly Partial<PropagationBlock>[] = [
      { omitExtensions: true },
      { enabled: false },
      { allowAllExtensionFields: true, attachServiceName: false },
      { omitLocations: false, propagateStatusCodes: true, defaultExtensionCode: '' },
      { redactedMessage: 'redacted', failureCodes: false, errorIds: false },
      { message: 'fixed', attachOrigin: true, attachRetryHints: true, attachMutationOutcome: true },
      { allowedExtensionFields: [], allowedFields: ['locations'] },
    ];
    await check(async (query, faults) => {
      const { outcome } = await run(query, faults);
      const data: unknown[] = [];
      for (const mode of ['wrapped', 'pass-through'] as const) {
        const shape = (response: ClientResponse) => ({
          status: response.status,
          data: response.json.data,
          paths: (response.json.errors ?? []).map(({ path }) => path),
        });
        const base = shape(show(outcome, { mode }));
        for (const option of options) expect(shape(show(outcome, { mode, ...option }))).toEqual(base);
        data.push(base.data);
      }
      expect(data[0]).toEqual(data[1]);
    });
  });

  it('nothing that a subgraph writes chooses a status or a header (5)', async () => {
    await check(async (query, faults) => {
      const { outcome } = await run(query, faults);
      const { status, headers, body } = show(outcome, { mode: 'pass-through', allowAllExtensionFields: true });
      expect(status).toBe(200);
      const names = (headers as readonly [string, string][]).map(([name]) => name);
      expect(new Set(['content-type', 'x-router-completed', 'cache-control', 'x-router-error-id'])).toEqual(
        new Set([...names, 'content-type', 'x-router-completed', 'cache-control', 'x-router-error-id']),
      );
      expect(body).not.toContain('liar');
      expect(body).not.toContain('secret cause');
    });
  });

  it('answers do not depend on the order in which subgraphs reply (6)', async () => {
    await fc.assert(
      fc.asyncProperty(operations, arbitraryFaults(), fc.scheduler(), async (query, faults, scheduler) => {
        const first = show((await run(query, faults)).outcome);
        const later = await scheduler.waitFor(run(query, faults, async (index) => scheduler.schedule(Promise.resolve(), `reply ${index}`)));
        expect(show(later.outcome)).toEqual(first);
      }),
      RUNS,
    );
  });

  it('no place receives a value that is not its own (8)', async () => {
    await check(async (query, faults) => {
      const { data } = await run(query, faults);
      const { data: whole } = await federation.run(query);
      expectPart(data, whole);
    });
  });

  it('a null that a failed fetch left behind is explained (8)', async () => {
    await check(
      async (query, faults) => {
        const { data, outcome } = await run(query, faults);
        const { data: whole } = await federation.run(query);
        const paths = (show(outcome).json.errors ?? []).map(({ path }) => path);
        for (const place of lostPlaces(data, whole)) {
          expect(
            paths.some((path) => path === undefined || overlaps(path, place)),
            `unexplained: ${place.join('.')}`,
          ).toBe(true);
        }
      },
      ['none', ...HARD_KINDS],
    );
  });
});

/** Every value is the one of the undisturbed answer, or null. */
function expectPart(part: unknown, whole: unknown): void {
  if (part === null) return;
  if (typeof part !== 'object') expect(part).toEqual(whole);
  else for (const [key, value] of Object.entries(part)) expectPart(value, (whole as Record<string, unknown>)[key]);
}

function lostPlaces(part: unknown, whole: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (part === null) return whole === null ? [] : [at];
  if (typeof part !== 'object') return [];
  return Object.entries(part).flatMap(([key, value]) =>
    lostPlaces(value, (whole as Record<string, unknown>)[key], [...at, Array.isArray(part) ? Number(key) : key]),
  );
}

const overlaps = (a: readonly unknown[], b: readonly unknown[]): boolean => a.every((segment, i) => i >= b.length || segment === b[i]);
