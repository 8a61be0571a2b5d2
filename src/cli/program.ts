import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { isJsonObject, parseJson } from '../shared/json.ts';
import { check } from './check.ts';
import { compose } from './compose.ts';
import { CONFIG_OPTION } from './config-source.ts';
import { addErrorsCommand } from './errors/command.ts';
import { generate } from './generate.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK, EXIT_USAGE } from './output.ts';
import { start } from './start.ts';

/**
 * Runs a command line without its first two words (`node`, the script) and gives the exit code. Never rejects.
 *
 * A router that listens to signals calls `releaseSignals`, which hands on those that came before.
 */
export async function runProgram(argv: readonly string[], output: CliOutput, releaseSignals: () => void): Promise<number> {
  let code = EXIT_OK;
  const program = createProgram(output, releaseSignals, (result) => (code = result));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    output.problem(`this is a bug of candor: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT_FAILED;
  }
}

function createProgram(output: CliOutput, releaseSignals: () => void, exit: (code: number) => void): Command {
  const program = new Command('candor')
    .description('A GraphQL federation router that never loses, misplaces or leaks an error.')
    .version(readVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.out(text),
      writeErr: (text) => output.problem(usageProblem(text.trimEnd())),
    });
  program
    .command('start')
    .description('run the router until SIGTERM or SIGINT; SIGHUP reloads')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: ConfigOptions) => exit(await start(config ?? [], output, releaseSignals)));
  program
    .command('check')
    .description('tell everything that is wrong with configuration and graph')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: ConfigOptions) => exit(await check(config ?? [], output)));
  program
    .command('compose')
    .description('compose subgraphs into a supergraph SDL')
    .requiredOption('-i, --input <file>', 'graph.yaml that names the subgraphs')
    .option('-o, --output <file>', 'file to write; standard output when left out')
    .action(async (options: { readonly input: string; readonly output?: string }) => exit(await compose(options, output)));
  addErrorsCommand(program, output, exit);
  program
    .command('generate')
    .description('write the files that come from code: JSON Schema and reference pages')
    .option('--check', 'write nothing, fail when a file differs')
    .action(async (options: { readonly check?: boolean }) => exit(await generate({ check: options.check === true }, output)));
  return program;
}

/** Commander's complaints as one line; its help, which is what it says when no command was given, as it is. */
function usageProblem(text: string): string {
  return text.startsWith('Usage:') ? `a command is missing\n\n${text}` : text.replace(/^error: /, '').replaceAll('\n', ' ');
}

interface ConfigOptions {
  readonly config?: readonly string[];
}

/** From the package, which stands two folders above this file whether compiled or not. */
function readVersion(): string {
  const parsed = parseJson(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return parsed.ok && isJsonObject(parsed.value) && typeof parsed.value['version'] === 'string' ? parsed.value['version'] : 'unknown';
}
