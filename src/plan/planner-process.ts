/**
 * The planner package in a process of its own: a panic in native code ends that process and not the router, and planning that takes too
 * long can be ended at all.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { err, ok, type Result } from '../shared/result.ts';

export interface PlannerProcess {
  /** What the package's `plan` gives for a text; an error when it throws, takes too long or ends its process. Never rejects. */
  plan(text: string): Promise<Result<unknown, string>>;
}

export interface PlannerProcessOptions {
  readonly timeLimitMs?: number;
  /** The process ends after being idle for so long; the next operation starts another. */
  readonly idleMs?: number;
  /** The module that exports `QueryPlanner`. */
  readonly module?: string;
}

const TIME_LIMIT_MS = 10_000;
const IDLE_MS = 30_000;

/** Runs in the process: one supergraph first, then one operation after another. */
const PROGRAM = `
const { QueryPlanner } = require(process.argv[1]);
let planner;
process.on('message', (message) => {
  if (message.sdl !== undefined) {
    planner = new QueryPlanner(message.sdl);
    return;
  }
  try {
    process.send({ plan: planner.plan(message.text, null, new Set(), 0) });
  } catch (error) {
    process.send({ error: String(error instanceof Error ? error.message : error) });
  }
});
process.on('disconnect', () => process.exit());
`;

/** A planner that starts its process when it is first needed, plans one operation at a time, and never keeps the router running. */
export function createPlannerProcess(sdl: string, options: PlannerProcessOptions = {}): PlannerProcess {
  const { timeLimitMs = TIME_LIMIT_MS, idleMs = IDLE_MS, module = createRequire(import.meta.url).resolve(PACKAGE) } = options;
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const start = (): ChildProcess => {
    const started = spawn(process.execPath, ['-e', PROGRAM, module], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'json',
    });
    started.on('exit', () => {
      if (child === started) child = null;
    });
    // Without listener it would be thrown; whoever waits for an answer hears of it.
    started.on('error', () => {});
    started.send({ sdl }, () => {});
    return started;
  };
  const stop = (): void => {
    child?.kill('SIGKILL');
    child = null;
  };
  const run = async (text: string): Promise<Result<unknown, string>> => {
    clearTimeout(idle);
    child ??= start();
    const answer = await ask(child, text, timeLimitMs);
    if (answer.ended) stop();
    hold(child, false);
    idle = setTimeout(stop, idleMs).unref();
    return answer.result;
  };
  return {
    plan(text) {
      const planning = last.then(() => run(text));
      last = planning;
      return planning;
    },
  };
}

const PACKAGE = '@graphql-hive/router-query-planner';

interface Answer {
  readonly result: Result<unknown, string>;
  /** The process is gone, or of no more use. */
  readonly ended: boolean;
}

function ask(child: ChildProcess, text: string, timeLimitMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const finish = (result: Result<unknown, string>, ended: boolean): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onExit);
      resolve({ result, ended });
    };
    const onMessage = (message: unknown): void => finish(readAnswer(message), false);
    const onExit = (): void => finish(err('the planner ended its process over this operation'), true);
    const timer = setTimeout(() => finish(err(`planning took longer than ${timeLimitMs} ms`), true), timeLimitMs);
    hold(child, true);
    child.on('message', onMessage).on('exit', onExit).on('error', onExit);
    child.send({ text }, (error) => {
      if (error !== null) onExit();
    });
  });
}

function readAnswer(message: unknown): Result<unknown, string> {
  if (typeof message !== 'object' || message === null) return err('the planner answered nothing');
  if ('error' in message) return err(String(message.error));
  return 'plan' in message ? ok(message.plan) : err('the planner answered nothing');
}

/** A process that nobody waits for must not keep the router from ending. */
function hold(child: ChildProcess | null, isWaitedFor: boolean): void {
  if (isWaitedFor) child?.ref();
  else child?.unref();
  if (isWaitedFor) child?.channel?.ref();
  else child?.channel?.unref();
}
