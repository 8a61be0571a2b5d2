import { writeFile } from 'node:fs/promises';
import { createSdlFetcher, graphSourceOf } from '../server/generation.ts';
import { composeDefinitions } from '../supergraph/load.ts';
import { printProblem } from '../supergraph/problem.ts';
import { loadConfigFiles } from './config-source.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK, printProblems } from './output.ts';

export interface ComposeOptions {
  /** A `graph.yaml`, which is a configuration that names subgraphs and nothing else. */
  readonly input: string;
  /** Standard output when left out. */
  readonly output?: string;
}

/** `candor compose`: writes the supergraph SDL of the subgraphs in a file. */
export async function compose(options: ComposeOptions, output: CliOutput): Promise<number> {
  const loaded = loadConfigFiles([options.input]);
  if (!loaded.ok) return failed(output, loaded.error);
  const { config } = loaded.value;
  const { subgraphs } = graphSourceOf(config);
  if (subgraphs === undefined) return failed(output, [`${options.input}: names a graph that is composed already; name subgraphs`]);
  const sdl = await composeDefinitions(subgraphs, createSdlFetcher(config, false));
  if (!sdl.ok) return failed(output, sdl.error.map(printProblem));
  const text = `${sdl.value.trimEnd()}\n`;
  if (options.output === undefined) {
    output.out(text);
    return EXIT_OK;
  }
  const problem = await writeText(options.output, text);
  if (problem !== null) return failed(output, [problem]);
  output.out(`${options.output}: the supergraph of ${subgraphs.map(({ name }) => name).join(', ')}\n`);
  return EXIT_OK;
}

function failed(output: CliOutput, problems: readonly string[]): number {
  printProblems(output, problems);
  return EXIT_FAILED;
}

async function writeText(file: string, text: string): Promise<string | null> {
  try {
    await writeFile(file, text);
    return null;
  } catch (error) {
    return `${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}
