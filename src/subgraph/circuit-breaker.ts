import type { SubgraphTraffic } from '../config/keys/traffic-shaping.ts';
import type { BreakerState } from './observer.ts';

/** `neutral` for what says nothing about the subgraph: the client went away. */
export type BreakerVerdict = 'success' | 'failure' | 'neutral';

/** What an attempt was let through with; a verdict that comes after the breaker changed its state is of no interest any more. */
export type BreakerPermit = number;

const BUCKETS = 10;

interface Bucket {
  /** Which slice of time it counts. */
  slice: number;
  total: number;
  failed: number;
}

/**
 * Stops asking a subgraph that keeps failing (config.md, `circuit_breaker`).
 *
 * Closed: opens when, within the rolling window, there were at least `request_threshold` attempts and at least
 * `error_threshold_percentage` of them failed. Open: refuses until `sleep_window` is over. Half open: lets one attempt
 * through at a time; success closes it, failure opens it again, a neutral end lets the next attempt try.
 *
 * It allocates nothing per attempt. Its verdicts come from the transport alone, so no exposure setting can change them.
 */
export class CircuitBreaker {
  readonly #options: SubgraphTraffic['circuitBreaker'];
  readonly #now: () => number;
  readonly #onChange: (state: BreakerState) => void;
  readonly #buckets: readonly Bucket[] = Array.from({ length: BUCKETS }, () => ({ slice: -1, total: 0, failed: 0 }));
  #state: BreakerState = 'closed';
  #permit: BreakerPermit = 0;
  #probing = false;
  #openedAt = 0;

  constructor(options: SubgraphTraffic['circuitBreaker'], now: () => number, onChange: (state: BreakerState) => void) {
    this.#options = options;
    this.#now = now;
    this.#onChange = onChange;
  }

  /** A permit for one attempt, to be given back with `report`; null when nothing may be sent. */
  acquire(): BreakerPermit | null {
    if (this.#state === 'open' && this.#now() >= this.#openedAt + this.#options.sleepWindowMs) this.#change('half_open');
    if (this.#state === 'open' || this.#probing) return null;
    this.#probing = this.#state === 'half_open';
    return this.#permit;
  }

  report(permit: BreakerPermit, verdict: BreakerVerdict): void {
    if (permit !== this.#permit) return;
    if (this.#state === 'closed') this.#count(verdict);
    else if (verdict === 'neutral') this.#probing = false;
    else if (verdict === 'success') this.#change('closed');
    else this.#open();
  }

  /** Whole seconds until an attempt may be let through, at least 1. */
  retryAfterSeconds(): number {
    return Math.max(1, Math.ceil((this.#openedAt + this.#options.sleepWindowMs - this.#now()) / 1000));
  }

  #count(verdict: BreakerVerdict): void {
    if (verdict === 'neutral') return;
    const slice = Math.floor((this.#now() * BUCKETS) / this.#options.rollingDurationMs);
    // The bucket of this slice of time; its last use was at least one window ago unless it counts this very slice.
    const bucket = this.#buckets[slice % BUCKETS];
    if (bucket === undefined) return;
    if (bucket.slice !== slice) {
      bucket.slice = slice;
      bucket.total = 0;
      bucket.failed = 0;
    }
    bucket.total++;
    if (verdict === 'success') return;
    bucket.failed++;
    if (this.#isTooMuch(slice)) this.#open();
  }

  #isTooMuch(slice: number): boolean {
    let total = 0;
    let failed = 0;
    for (const bucket of this.#buckets) {
      if (bucket.slice <= slice - BUCKETS) continue;
      total += bucket.total;
      failed += bucket.failed;
    }
    return total >= this.#options.requestThreshold && failed * 100 >= this.#options.errorThresholdPercentage * total;
  }

  #open(): void {
    this.#openedAt = this.#now();
    this.#change('open');
  }

  #change(state: BreakerState): void {
    this.#state = state;
    this.#permit++;
    this.#probing = false;
    for (const bucket of this.#buckets) bucket.slice = Number.NEGATIVE_INFINITY;
    this.#onChange(state);
  }
}
