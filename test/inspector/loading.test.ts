import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSourceTree } from '../architecture/imports.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
const TOOLS = /^(?:server\/(?:inspector|trace)|inspector-ui)\//;

describe('the tools of dev_mode', () => {
  it('are imported by nobody but each other, except dynamically where dev_mode begins', () => {
    const edges = readSourceTree(SRC).filter(
      ({ file, specifier, typeOnly }) => !typeOnly && !TOOLS.test(file) && /\/(?:inspector|trace|inspector-ui)\//.test(specifier),
    );
    expect(edges.map(({ file }) => file)).toEqual(['server/dev-mode.ts', 'server/dev-mode.ts']);
    const text = readFileSync(join(SRC, 'server/dev-mode.ts'), 'utf8');
    for (const { specifier } of edges) expect(text).toContain(`await import('${specifier}')`);
  });
});
