/** The command line as users run it: compiled, in a process of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isRecord, type JsonRecord } from './script.ts';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Compiles `src` into a folder that only the caller uses, and gives the path of the command's script.
 *
 * Tests run in parallel, so they cannot share `dist`, which somebody may be building at the same moment.
 */
export async function buildRouter(name: string): Promise<string> {
  const folder = join(REPOSITORY, '.work', name, 'dist');
  await mkdir(folder, { recursive: true });
  await copyFile(join(REPOSITORY, 'package.json'), join(folder, '..', 'package.json'));
  const tsc = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
  // It writes what it can also when types do not fit; those are told by `npm run check:types`.
  await promisify(execFile)(process.execPath, [tsc, '-p', join(REPOSITORY, 'tsconfig.build.json'), '--outDir', folder]).catch(
    () => undefined,
  );
  return join(folder, 'cli', 'index.js');
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
