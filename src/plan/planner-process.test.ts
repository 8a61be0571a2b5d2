import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlannerProcess } from './planner-process.ts';

/** Behaves as the text says; each process says which it is. */
const FAKE = `
exports.QueryPlanner = class {
  constructor(sdl) { if (sdl === 'broken') throw new Error('broken'); this.sdl = sdl; }
  plan(text) {
    if (text === 'throw') throw new Error('cannot be planned');
    if (text === 'abort') process.abort();
    if (text === 'hang') for (;;);
    return { text, sdl: this.sdl, pid: process.pid };
  }
};`;

let folder: string;
let module: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candor-planner-'));
  module = join(folder, 'fake.cjs');
  await writeFile(module, FAKE);
});
afterAll(() => rm(folder, { recursive: true }));

const pidOf = (planned: unknown): unknown => JSON.parse(JSON.stringify(planned)).value.pid;

describe('createPlannerProcess', () => {
  it('plans in one process that is not this one', async () => {
    const planner = createPlannerProcess('sdl', { module });
    const [first, second] = await Promise.all([planner.plan('a'), planner.plan('b')]);
    expect(first).toMatchObject({ ok: true, value: { text: 'a', sdl: 'sdl' } });
    expect(second).toMatchObject({ ok: true, value: { text: 'b' } });
    expect(pidOf(first)).toBe(pidOf(second));
    expect(pidOf(first)).not.toBe(process.pid);
  });

  it('makes errors of all that can go wrong, and plans the next operation', async () => {
    const planner = createPlannerProcess('sdl', { module, timeLimitMs: 2_000 });
    const planned = await Promise.all(['throw', 'abort', 'a', 'hang', 'b'].map((text) => planner.plan(text)));
    expect(planned).toMatchObject([
      { ok: false, error: 'cannot be planned' },
      { ok: false, error: 'the planner ended its process over this operation' },
      { ok: true, value: { text: 'a' } },
      { ok: false, error: 'planning took longer than 2000 ms' },
      { ok: true, value: { text: 'b' } },
    ]);
  });

  it('fails where the process cannot even start', async () => {
    for (const planner of [createPlannerProcess('broken', { module }), createPlannerProcess('sdl', { module: join(folder, 'none.cjs') })])
      expect(await planner.plan('a')).toEqual({ ok: false, error: 'the planner ended its process over this operation' });
  });

  it('plans with the real package', async () => {
    const planned = await createPlannerProcess('type Query { a: Int }').plan('{nope}');
    expect(planned).toMatchObject({ ok: false, error: expect.stringContaining("Field 'nope' not found in type 'Query'") });
  });
});
