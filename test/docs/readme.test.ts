/** What the README shows: its first query, on the demo as `npm start` runs it, and its configuration. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEMO_NAMES, schemaPath } from '../../subgraphs/server.ts';
import { startDemo } from '../../subgraphs/start.ts';
import { REPOSITORY } from '../support/built-router.ts';
import { loaded } from '../support/config.ts';
import { normalised } from '../support/doc-commands.ts';
import { postOperation } from '../support/exchange.ts';
import { startRouter } from '../support/router.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const markdown = await readFile(join(REPOSITORY, 'README.md'), 'utf8');

describe('the README', () => {
  it('has a first query that is answered as it shows', async () => {
    const example = /^curl .*?-H 'x-fault: (?<fault>[^']+)'.*?-d '(?<body>[^']+)'\n```\n+```json\n(?<answer>.*?)^```$/ms.exec(
      markdown,
    )?.groups;
    const { fault = '', body = '{}', answer = '{}' } = example ?? {};
    expect(fault).not.toBe('');
    const demo = await startDemo({ employees: 0, family: 0, hobbies: 0, products: 0 });
    cleanups.push(() => demo.close());
    const {
      subgraphs: _subgraphs,
      listen_addr: _address,
      ...config
    } = parse(await readFile(join(REPOSITORY, 'router.config.yaml'), 'utf8'));
    const router = await startRouter({
      config: { ...config, log_level: 'silent' },
      sdlFiles: Object.fromEntries(DEMO_NAMES.map((name) => [name, fileURLToPath(schemaPath(name))])),
      urls: demo.urls,
    });
    cleanups.push(() => router.close());
    const reply = await postOperation(router.url, JSON.parse(body), { 'x-fault': fault });
    expect(JSON.parse(normalised(reply.body))).toEqual(JSON.parse(normalised(answer)));
  });

  it('has a configuration that loads', () => {
    const yaml = /^```yaml\n(?<text>.*?)^```$/ms.exec(markdown)?.groups?.['text'] ?? '';
    const { config, warnings } = loaded(yaml);
    expect(config.graph).toMatchObject({ subgraphs: [{ name: 'employees' }, { name: 'products' }] });
    expect(warnings).toEqual([]);
  });
});
