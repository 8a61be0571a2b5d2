/** In which order a busy router works: what has begun is finished before much more is begun. */

export interface Admission {
  /** Calls `begin` now, or later when much is under way already; then `end` has to be called once. */
  admit(begin: () => void): void;
  /** A request that was admitted has its answer, for which `answerLength` characters were made: 0 when it shared another's. */
  end(answerLength: number): void;
  /** Whether requests wait for their turn. */
  readonly isBusy: boolean;
}

/**
 * Answers under way that nobody has to wait for, in characters. For each about twelve times its length is allocated until it is
 * written, and together that should fit into the young generation (16 MB): whatever outlives that is copied, moved and collected slowly, which
 * costs more than the work itself.
 */
const FREE_LENGTH = 384_000;

/** Recent requests that the mean takes into account, roughly. */
const MEMORY = 32;

const MIN_FREE = 2;
const MAX_FREE = 1_000;

/**
 * Beyond as many requests as fit, each turn of the event loop begins one: replies that have arrived come first, and nothing ever waits
 * while there is time. So requests queue up as untouched as possible instead of half done.
 */
export function createAdmission(nextTurn: (callback: () => void) => void = setImmediate): Admission {
  let waiting: (() => void)[] = [];
  let first = 0;
  let isTurning = false;
  let underWay = 0;
  let meanLength = 0;
  let free = MAX_FREE;

  function begin(start: () => void): void {
    underWay++;
    start();
  }

  function turn(): void {
    do {
      const next = waiting[first];
      waiting[first++] = idle;
      if (next !== undefined) begin(next);
    } while (first < waiting.length && underWay < free);
    if (first < waiting.length) nextTurn(turn);
    else isTurning = false;
    if (first === waiting.length || first > MAX_FREE) {
      waiting = waiting.slice(first);
      first = 0;
    }
  }

  return {
    admit: (start) => {
      if (!isTurning && underWay < free) {
        begin(start);
        return;
      }
      waiting.push(start);
      if (isTurning) return;
      isTurning = true;
      nextTurn(turn);
    },
    end: (answerLength) => {
      underWay--;
      meanLength += (answerLength - meanLength) / MEMORY;
      free = Math.min(MAX_FREE, Math.max(MIN_FREE, FREE_LENGTH / meanLength));
    },
    get isBusy() {
      return isTurning;
    },
  };
}

function idle(): void {
  // In place of what has begun, so that the queue does not hold on to it.
}
