/** The command line as users run it: compiled, in a process of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isRecord, type JsonRecord } from './script.ts';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Compiles `src` and gives the path of the command's script.
 *
 * Tests run in parallel and cannot share `dist`, which somebody may be building at the same moment. They share a folder that is named by
 * what was compiled: it appears complete or not at all, and nobody changes it. Rejects when a source has a syntax error.
 */
export async function buildRouter(): Promise<string> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const hash = await hashSources();
    const folder = join(BUILDS, hash);
    const script = join(folder, 'dist', 'cli', 'index.js');
    if (existsSync(script)) return script;
    const making = await compileSources();
    // Sources that were edited meanwhile are not what the name says.
    if ((await hashSources()) === hash) await rename(making, folder).catch(() => undefined);
    // Whoever comes second finds the place taken, by the same build.
    await rm(making, { recursive: true, force: true });
    if (existsSync(script)) return script;
  }
  throw new Error('no build: the sources changed while they were compiled, again and again');
}

const BUILDS = join(REPOSITORY, '.work', 'builds');
const MAX_ATTEMPTS = 5;

async function compileSources(): Promise<string> {
  await mkdir(BUILDS, { recursive: true });
  await removeOldBuilds(BUILDS);
  const making = await mkdtemp(join(BUILDS, 'making-'));
  await copyFile(join(REPOSITORY, 'package.json'), join(making, 'package.json'));
  const tsc = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
  // Types that do not fit are told by `npm run check:types`; leaving them out takes a sixth of the time.
  const options = ['-p', join(REPOSITORY, 'tsconfig.build.json'), '--noCheck', '--declaration', 'false', '--outDir', join(making, 'dist')];
  try {
    await promisify(execFile)(process.execPath, [tsc, ...options]);
  } catch (error) {
    await rm(making, { recursive: true });
    throw error;
  }
  return making;
}

/** Of all that decides what comes out: what `tsconfig.build.json` compiles, and the settings. */
async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(join(REPOSITORY, 'src'), { recursive: true })).toSorted();
  const compiled = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('inspector-ui'));
  for (const file of [...compiled.map((name) => join('src', name)), 'tsconfig.json', 'tsconfig.build.json', 'package.json'])
    hash.update(`${file}\0${await readFile(join(REPOSITORY, file), 'utf8')}\0`);
  return hash.digest('hex').slice(0, 16);
}

const MAX_BUILD_AGE_MS = 86_400_000;

async function removeOldBuilds(builds: string): Promise<void> {
  for (const name of await readdir(builds)) {
    const build = join(builds, name);
    const age = Date.now() - ((await stat(build).catch(() => null))?.mtimeMs ?? Date.now());
    if (age > MAX_BUILD_AGE_MS) await rm(build, { recursive: true, force: true });
  }
}

/** A running command. */
export class RunningCommand {
  /** Its log so far. */
  readonly lines: JsonRecord[] = [];
  /** Code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  stderr = '';
  readonly #child: ChildProcess;
  readonly #wakers = new Set<() => void>();
  #isOver = false;

  constructor(script: string, args: readonly string[], options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}) {
    const env = { ...process.env, ...options.env };
    this.#child = spawn(process.execPath, [script, ...args], { cwd: options.cwd ?? REPOSITORY, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      const texts = (rest + chunk.toString()).split('\n');
      rest = texts.pop() ?? '';
      for (const text of texts) if (text.startsWith('{')) this.#take(text);
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve) =>
      this.#child.once('close', (code, signal) => {
        this.#isOver = true;
        this.#wake();
        resolve(signal ?? code ?? 0);
      }),
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The log line, past or future, that says this and has these members, after `skip` others. Rejects when the command ends without. */
  async logged(message: string, members: JsonRecord = {}, skip = 0): Promise<JsonRecord> {
    for (;;) {
      const found = this.lines.filter((line) => line['msg'] === message && Object.entries(members).every(([k, v]) => line[k] === v))[skip];
      if (found !== undefined) return found;
      if (this.#isOver)
        throw new Error(`ended without "${message}":\n${this.lines.map((line) => JSON.stringify(line)).join('\n')}\n${this.stderr}`);
      await new Promise<void>((resolve) => this.#wakers.add(resolve));
    }
  }

  #take(text: string): void {
    const line: unknown = JSON.parse(text);
    if (isRecord(line)) this.lines.push(line);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
    this.#wakers.clear();
  }
}
