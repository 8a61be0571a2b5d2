#!/usr/bin/env node
/** The `candor` command. Everything else is loaded from inside a function, so that signals are heard from the first moment. */
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { holdSignals } from './held-signals.ts';
import { type CliOutput, processOutput } from './output.ts';

/** Runs a command line without its first two words (`node`, the script) and gives the exit code. Never rejects. */
export async function runCli(argv: readonly string[], output: CliOutput = processOutput): Promise<number> {
  const release = argv[0] === 'start' ? holdSignals() : () => undefined;
  const { runProgram } = await import('./program.ts');
  const code = await runProgram(argv, output, release);
  release();
  return code;
}

/** Whether this file is what node was started with, through a link or not. */
function isMain(): boolean {
  const script = process.argv[1];
  return script !== undefined && existsSync(script) && realpathSync(script) === fileURLToPath(import.meta.url);
}

/** Whoever reads the output of a command may stop reading, as `head` does. A router must not stop for that. */
function endQuietly(error: Error): void {
  if (process.argv[2] !== 'start' && 'code' in error && error.code === 'EPIPE') process.exit();
  throw error;
}

if (isMain()) process.stdout.on('error', endQuietly);
if (isMain()) process.exitCode = await runCli(process.argv.slice(2));
