/** Every guide, command by command: what it shows is what its readers get. `UPDATE_GUIDES=1` writes what they get into the guides. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRouter } from '../support/built-router.ts';
import { type CommandHost, openCommandHost } from '../support/command-host.ts';
import { GuideRunner, normalised, readGuide, readGuideFile, withOutputs } from '../support/doc-commands.ts';

const GUIDES = [
  'composition',
  'guides/what-your-clients-see',
  'guides/hide-everything',
  'guides/show-staff-more',
  'guides/map-codes',
  'guides/keep-details-in-the-log',
  'guides/coming-from-krakend',
];

let script: string;
let host: CommandHost;
let folder: string;
beforeAll(async () => {
  script = await buildRouter();
  folder = await mkdtemp(join(tmpdir(), 'guides-'));
  host = await openCommandHost(join(folder, 'candor'));
}, 120_000);
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

it('let readers save every file under a name of its own', async () => {
  const guides = await Promise.all([...GUIDES, 'guides/run-in-production'].map(readGuideFile));
  const names = guides.flatMap(({ markdown }) => readGuide(markdown)).flatMap((step) => (step.kind === 'file' ? [step.name] : []));
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

describe.each(GUIDES)('%s', (name) => {
  let runner: GuideRunner;
  beforeAll(async () => {
    runner = await GuideRunner.open(name, script, host);
  });
  afterAll(() => runner.close());

  it('shows what its commands print', async () => {
    const { path, markdown } = await readGuideFile(name);
    const outputs: string[] = [];
    const differences: string[] = [];
    for (const step of readGuide(markdown)) {
      if (step.kind === 'file') {
        await runner.save(step);
        continue;
      }
      const output = await runner.run(step.command);
      const isSame = normalised(output) === normalised(step.output);
      outputs.push(isSame ? step.output : output);
      if (!isSame) differences.push(`$ ${step.command}\n${output}--- but the guide says\n${step.output}`);
    }
    expect(outputs.length).toBeGreaterThan(2);
    if (process.env['UPDATE_GUIDES'] === '1') await writeFile(path, withOutputs(markdown, outputs));
    else expect(differences.join('\n')).toBe('');
  }, 120_000);
});
