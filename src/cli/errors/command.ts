/** `candor errors …`: tools to read, test and trust an error policy (error-layer.md section 11). */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { TRANSPORT_FAILURES } from '../../explain/captured-fetch.ts';
import { isJsonArray, parseJson } from '../../shared/json.ts';
import type { ResponsePath } from '../../shared/path.ts';
import { CONFIG_OPTION, collect } from '../config-source.ts';
import type { CliOutput } from '../output.ts';
import { type ExplainOptions, explainReply } from './explain.ts';
import { type PolicyOptions, showPolicy } from './policy.ts';
import { type SignOptions, signHeader } from './sign.ts';
import { DEFAULT_FOLDER, type GoldenOptions, testPolicy } from './test-policy.ts';

/** Adds the command with its subcommands; `exit` takes each one's exit code. */
export function addErrorsCommand(program: Command, output: CliOutput, exit: (code: number) => void): void {
  const errors = program.command('errors').description('read, test and trust an error policy');
  addExplain(errors, output, exit);
  addPolicy(errors, output, exit);
  addTest(errors, output, exit);
  addSign(errors, output, exit);
}

function addExplain(errors: Command, output: CliOutput, exit: (code: number) => void): void {
  errors
    .command('explain')
    .description('show what clients get of a captured reply, and why')
    .option(...CONFIG_OPTION)
    .requiredOption('-s, --subgraph <name>', 'the subgraph that answered')
    .option('--status <code>', 'HTTP status of the reply', parseStatus)
    .option('--header <line>', "header of the reply, as 'name: value'; repeatable", collect)
    .option('--body <file>', 'file with the body of the reply; - reads standard input')
    .addOption(new Option('--failure <kind>', 'there was no reply, because of this').choices(TRANSPORT_FAILURES))
    .option(
      '--path <json>',
      'where the fetch stands in the response, such as \'["employees",0]\'; "@" stands for the first place of a list',
      parsePath,
    )
    .option('--entities <count>', 'how many entities were asked for', parseCount)
    .addOption(new Option('--operation-type <type>', 'what the fetch was for').choices(['query', 'mutation']).default('query'))
    .option('--operation-name <name>', "name of the client's operation")
    .option('--audience <name>', 'who reads the response', 'public')
    .option('--json', 'print JSON')
    .action(async (options: ExplainOptions) => exit(await explainReply(options, output)));
}

function addPolicy(errors: Command, output: CliOutput, exit: (code: number) => void): void {
  errors
    .command('policy')
    .description('show every effective setting and the file and line it comes from')
    .option(...CONFIG_OPTION)
    .option('-s, --subgraph <name>', 'for errors of this subgraph')
    .option('--audience <name>', 'for this audience')
    .option('--json', 'print JSON')
    .action((options: PolicyOptions) => exit(showPolicy(options, output)));
}

function addTest(errors: Command, output: CliOutput, exit: (code: number) => void): void {
  errors
    .command('test')
    .description('compare what each audience gets of each failure with files in your repository')
    .option(...CONFIG_OPTION)
    .option('--dir <folder>', 'folder of the golden files and of captured replies', DEFAULT_FOLDER)
    .option('--update', 'write the golden files')
    .option('--junit <file>', 'write a JUnit report')
    .option('--verbose', 'show of every case that differs what stands around the difference')
    .action(async (options: GoldenOptions) => exit(await testPolicy(options, output)));
}

function addSign(errors: Command, output: CliOutput, exit: (code: number) => void): void {
  errors
    .command('sign')
    .description('print the value of the signed header of an audience')
    .option(...CONFIG_OPTION)
    .requiredOption('--audience <name>', 'whom the header shall prove')
    .option('--at <time>', 'time of the signature, ISO 8601 (default: now)')
    .action((options: SignOptions) => exit(signHeader(options, output, Date.now())));
}

function parseStatus(text: string): number {
  const status = Number(text);
  if (!Number.isInteger(status) || status < 100 || status > 599) throw new InvalidArgumentError('expected 100 to 599');
  return status;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('expected a number of entities');
  return count;
}

function parsePath(text: string): ResponsePath {
  const parsed = parseJson(text);
  const segments = parsed.ok && isJsonArray(parsed.value) ? parsed.value : null;
  const path = segments?.filter((segment) => typeof segment === 'string' || typeof segment === 'number');
  if (path === undefined || path.length !== segments?.length) throw new InvalidArgumentError('expected a JSON list of keys and indices');
  return path;
}
