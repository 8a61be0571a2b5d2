import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { judge, readImports, readSourceTree } from './imports.ts';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

const violations = (file: string, text: string): (string | null)[] => readImports(file, text).map(judge);

describe('layers', () => {
  it('import only to the left', () => {
    const edges = readSourceTree(SRC);
    expect(edges.length).toBeGreaterThan(100);
    expect(edges.map(judge).filter((violation) => violation !== null)).toEqual([]);
  });
});

describe('judge', () => {
  it.each([
    ['errors/a.ts', "import { x } from '../execute/run.ts';", /errors.*imports .*execute/],
    ['plan/a.ts', "import type { X } from '../subgraph/port.ts';", /plan.*imports .*subgraph/],
    ['errors/rules/a.ts', "import { x } from '../../config/load.ts';", /only types/],
    ['execute/a.ts', "import { request } from 'undici';", /undici, whose door is subgraph/],
    ['plan/other.ts', "import { QueryPlanner } from '@graphql-hive/router-query-planner';", /door is plan\/planner.ts/],
    ['server/a.ts', "const p = await import('pino');", /door is server\/log.ts/],
    ['shared/a.ts', "export { x } from '../router.ts';", /shared.*imports/],
    ['server/b.ts', "import {\n  a,\n  b,\n} from '../cli/start.ts';", /server.*cli/],
  ])('names a planted violation in %s', (file, text, message) => {
    expect(violations(file, text)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['errors/a.ts', "import type { Config } from '../config/schema.ts';"],
    ['errors/policy/a.ts', "import { b } from '../rules/b.ts';"],
    ['cli/start.ts', "import { createRouter } from '../router.ts';"],
    ['subgraph/a.ts', "import { Pool } from 'undici';"],
  ])('lets %s pass', (file, text) => {
    expect(violations(file, text)).toEqual([null]);
  });
});
