import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseCapturedFetch } from '../../explain/captured-file.ts';
import { diffLines, type Golden, type GoldenInput, goldenFiles, parseGolden, printGolden } from '../../explain/golden.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK, printProblems } from '../output.ts';
import { type GoldenVerdict, printJunit } from './junit.ts';
import { audiencesOf, loadPolicy, unknownName } from './policy-source.ts';
import { NO_FILE, printBriefly, printVerdict } from './print-verdicts.ts';

export interface GoldenOptions {
  readonly config?: readonly string[];
  readonly dir: string;
  readonly update?: boolean;
  readonly junit?: string;
  readonly verbose?: boolean;
}

const REPLIES = 'replies';

export const DEFAULT_FOLDER = 'error-policy';

/** `candor errors test`: what every audience gets of every failure, compared with the files of the user's repository. */
export async function testPolicy(options: GoldenOptions, output: CliOutput): Promise<number> {
  const policy = await loadPolicy(options.config ?? []);
  const names = policy.ok ? [...policy.value.supergraph.subgraphs.keys()] : [];
  const replies = await readReplies(join(options.dir, REPLIES));
  const problems = [
    ...(policy.ok ? [] : policy.error),
    ...replies.problems,
    ...(policy.ok ? unknownSubgraphs(replies.captured, names) : []),
  ];
  if (!policy.ok || problems.length > 0) {
    printProblems(output, problems);
    return EXIT_FAILED;
  }
  const { loaded, supergraph, urls } = policy.value;
  const goldens = goldenFiles({
    config: loaded.config,
    audiences: audiencesOf(loaded),
    subgraphs: names,
    captured: replies.captured,
    schema: supergraph.publicSchema,
    urls,
  });
  try {
    return options.update === true ? await update(goldens, options, output) : await compare(goldens, options, output);
  } catch (error) {
    output.problem(`${options.dir}: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT_FAILED;
  }
}

async function update(goldens: readonly Golden[], { dir }: GoldenOptions, output: CliOutput): Promise<number> {
  let written = 0;
  for (const golden of goldens) {
    const path = join(dir, golden.file);
    const text = printGolden(golden);
    if ((await readText(path)) === text) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    output.out(`${path}: written\n`);
    written++;
  }
  output.out(`${countCases(goldens)} cases in ${filesOf(goldens)}, ${written} written.\n`);
  return EXIT_OK;
}

function filesOf({ length }: readonly Golden[]): string {
  return length === 1 ? '1 file' : `${length} files`;
}

function countCases(goldens: readonly Golden[]): number {
  return goldens.reduce((sum, { cases }) => sum + cases.length, 0);
}

async function compare(goldens: readonly Golden[], options: GoldenOptions, output: CliOutput): Promise<number> {
  const { dir, junit, verbose } = options;
  const verdicts: GoldenVerdict[] = [];
  for (const golden of goldens) verdicts.push(...(await judge(golden, dir)));
  if (junit !== undefined) {
    await mkdir(dirname(junit), { recursive: true });
    await writeFile(junit, printJunit(verdicts));
  }
  const failed = verdicts.filter(({ problem }) => problem !== null);
  output.out(verbose === true ? failed.map(printVerdict).join('') : printBriefly(failed));
  if (failed.length === 0) {
    output.out(`${verdicts.length} cases in ${filesOf(goldens)}: all as before.\n`);
    return EXIT_OK;
  }
  const isFirst = failed.length === verdicts.length && failed.every(({ problem }) => problem === NO_FILE);
  output.problem(
    isFirst
      ? `there is nothing to compare with yet; write the files with ${updateCommand(options)}, and keep them beside the configuration`
      : `${failed.length} of ${verdicts.length} cases differ; --verbose shows more; if that is what you want, run ${updateCommand(options)}`,
  );
  return EXIT_FAILED;
}

/** For the same configuration: with another one, the files would be written as if nobody had noticed. */
function updateCommand({ config = [], dir }: GoldenOptions): string {
  const files = config.map((file) => ` --config ${quoted(file)}`).join('');
  return `candor errors test${files}${dir === DEFAULT_FOLDER ? '' : ` --dir ${quoted(dir)}`} --update`;
}

/** For a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

async function judge(golden: Golden, dir: string): Promise<readonly GoldenVerdict[]> {
  const file = join(dir, golden.file);
  const text = await readText(file);
  const known = new Map(parseGolden(text ?? '').map(({ name, text: lines }) => [name, lines]));
  const present = golden.cases.map(({ name, text: now }): GoldenVerdict => {
    const before = known.get(name);
    known.delete(name);
    if (before === undefined) return { file, name, problem: text === null ? NO_FILE : 'is not in the file', diff: [] };
    return before === now
      ? { file, name, problem: null, diff: [] }
      : { file, name, problem: 'clients get something else', diff: diffLines(before, now) };
  });
  const gone = [...known.keys()].map(
    (name): GoldenVerdict => ({ file, name, problem: 'is in the file, but no such case exists', diff: [] }),
  );
  return [...present, ...gone];
}

interface Replies {
  readonly captured: GoldenInput['captured'];
  readonly problems: readonly string[];
}

async function readReplies(folder: string): Promise<Replies> {
  const captured: GoldenInput['captured'][number][] = [];
  const problems: string[] = [];
  for (const name of await namesIn(folder)) {
    const file = join(folder, name);
    const parsed = parseCapturedFetch((await readText(file)) ?? '');
    if (parsed.ok)
      captured.push({ name: `captured: ${name.replace(/\.json$/, '')}`, subgraph: parsed.value.subgraph, fetch: parsed.value });
    else problems.push(`${file}: ${parsed.error}`);
  }
  return { captured, problems };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  } catch {
    return []; // nobody has to capture replies
  }
}

function unknownSubgraphs(captured: GoldenInput['captured'], names: readonly string[]): readonly string[] {
  return captured.flatMap(({ name, subgraph }) => {
    const problem = unknownName('subgraph', subgraph, names);
    return problem === null ? [] : [`${name}: ${problem}`];
  });
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}
