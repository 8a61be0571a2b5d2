import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generatedFiles } from '../config/generate.ts';
import { errorsPage } from '../errors/catalogue-page.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK } from './output.ts';

/** `candor generate`: writes the files that come from code, or with `--check` only tells which ones differ. */
export async function generate(options: { readonly check: boolean }, output: CliOutput): Promise<number> {
  let different = 0;
  for (const { path, content } of [...generatedFiles(), errorsPage()]) {
    if ((await readText(path)) === content) continue;
    different++;
    if (options.check) {
      output.problem(`${path}: differs from what the code says; run npm run generate`);
    } else {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      output.out(`${path}: written\n`);
    }
  }
  return options.check && different > 0 ? EXIT_FAILED : EXIT_OK;
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}
