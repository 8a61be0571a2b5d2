import type { ErrorLimits } from '../../config/keys/error-scrub.ts';
import type { JsonObject } from '../../shared/json.ts';

interface Count {
  readonly name: string;
  shown: number;
}

/**
 * Counts what one response shows of its errors (error-layer.md section 7.6).
 *
 * One error at one place counts one, inside a wrapper or not, shown or hidden: so no exposure option changes what is cut.
 */
export class ErrorQuota {
  readonly #perResponse: number;
  readonly #bySubgraph = new Map<string, Count>();
  /** Of the last one asked about: errors of one subgraph come in a row. */
  #last: Count | null = null;
  #shown = 0;
  #hidden = 0;

  constructor(perResponse: number | null) {
    this.#perResponse = perResponse ?? Infinity;
  }

  get shown(): number {
    return this.#shown;
  }

  get hidden(): number {
    return this.#hidden;
  }

  /** Whether one more may be shown; counts it either way. */
  admits(subgraph: string | null, limits: ErrorLimits): boolean {
    const count = this.#countOf(subgraph ?? '');
    if (this.#shown >= this.#perResponse || (limits.errorsPerSubgraph !== null && count.shown >= limits.errorsPerSubgraph)) {
      this.#hidden++;
      return false;
    }
    count.shown++;
    this.#shown++;
    return true;
  }

  #countOf(name: string): Count {
    if (this.#last?.name === name) return this.#last;
    let count = this.#bySubgraph.get(name);
    if (count === undefined) this.#bySubgraph.set(name, (count = { name, shown: 0 }));
    this.#last = count;
    return count;
  }

  hide(count: number): void {
    this.#hidden += count;
  }
}

/** The last error of a response in which something was cut, with the true count. */
export function truncationError({ shown, hidden }: ErrorQuota): JsonObject {
  const total = shown + hidden;
  return { message: `${hidden} of ${total} errors are not shown.`, extensions: { code: 'ERRORS_TRUNCATED', shown, total } };
}
