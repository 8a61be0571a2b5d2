/** Every guide, command by command: what it shows is what its readers get. `UPDATE_GUIDES=1` writes what they get into the guides. */
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRouter } from '../support/built-router.ts';
import { GuideRunner, normalised, readGuide, readGuideFile, withOutputs } from '../support/doc-commands.ts';

const GUIDES = [
  'what-your-clients-see',
  'hide-everything',
  'show-staff-more',
  'map-codes',
  'keep-details-in-the-log',
  'coming-from-krakend',
];

let script: string;
beforeAll(async () => {
  script = await buildRouter('guides-build');
}, 120_000);

describe.each(GUIDES)('%s', (name) => {
  let runner: GuideRunner;
  beforeAll(async () => {
    runner = await GuideRunner.open(name, script);
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
