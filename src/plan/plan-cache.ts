/** Remembers plans by canonical text, and keeps slow or dangerous planning away from this process. */
import { LRUCache } from 'lru-cache';
import type { CanonicalOperation } from '../operation/model.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { QueryPlan } from './nodes.ts';
import type { PlanFailure, Planner } from './planner.ts';

export type Planning = Result<QueryPlan, PlanFailure>;

export interface PlanCache {
  /**
   * The plan for an operation: at once when it is known or quick to make, else a promise that never rejects.
   *
   * A failure is remembered like a plan. Operations of one text share one planning, but not their selection: response keys may differ.
   */
  plan(operation: CanonicalOperation): Planning | Promise<Planning>;
}

const NOTHING_TO_PLAN: Planning = ok({ root: null });
const OVERLOADED: Planning = err({ kind: 'overloaded', message: 'too many operations are waiting to be planned' });

/** Planning takes time with the square of the text at worst, and of the depth: up to this it takes some milliseconds. */
const MAX_QUICK_LENGTH = 4_000;
const DEEP = '}fragment ';
/** Operations that wait for the planner's process, which takes one at a time. */
const MAX_WAITING = 100;
const MAX_CACHED_LENGTH = 131_072;
const AVERAGE_LENGTH = 8_192;

export function createPlanCache(planner: Planner, size: number): PlanCache {
  const max = Math.max(1, size);
  const known = new LRUCache<string, Planning>({ max, maxSize: max * AVERAGE_LENGTH + MAX_CACHED_LENGTH });
  const pending = new Map<string, Promise<Planning>>();
  const gate = createGate(1, MAX_WAITING);
  const remember = (text: string, planning: Planning): Planning => {
    if (text.length <= MAX_CACHED_LENGTH) known.set(text, planning, { size: text.length });
    return planning;
  };
  const planSlowly = async (operation: CanonicalOperation): Promise<Planning> => {
    try {
      return remember(operation.text, await gate.run(() => planner.planAsync(operation)));
    } finally {
      pending.delete(operation.text);
    }
  };
  return {
    plan(operation) {
      const { text } = operation;
      if (text === '') return NOTHING_TO_PLAN;
      const ready = known.get(text) ?? pending.get(text);
      if (ready !== undefined) return ready;
      if (!planner.isFragile && text.length <= MAX_QUICK_LENGTH && !text.includes(DEEP)) return remember(text, planner.plan(operation));
      if (gate.isFull()) return OVERLOADED;
      const planning = planSlowly(operation);
      pending.set(text, planning);
      return planning;
    },
  };
}

interface Gate {
  isFull(): boolean;
  run<T>(action: () => Promise<T>): Promise<T>;
}

/** Lets `width` actions run at a time; others wait in order. */
function createGate(width: number, depth: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    isFull: () => waiting.length >= depth,
    async run(action) {
      // Whoever finishes hands its place over, so that nobody slips in between.
      if (running < width) running++;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await action();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running--;
        else next();
      }
    },
  };
}
