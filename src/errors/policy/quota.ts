import type { ErrorLimits } from '../../config/keys/error-scrub.ts';
import type { JsonObject } from '../../shared/json.ts';

/**
 * Counts what one response shows of its errors (error-layer.md section 7.6).
 *
 * One error at one place counts one, inside a wrapper or not, shown or hidden: so no exposure option changes what is cut.
 */
export class ErrorQuota {
  readonly #perResponse: number;
  readonly #bySubgraph = new Map<string, number>();
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
    const name = subgraph ?? '';
    const count = this.#bySubgraph.get(name) ?? 0;
    if (this.#shown >= this.#perResponse || count >= (limits.errorsPerSubgraph ?? Infinity)) {
      this.#hidden++;
      return false;
    }
    this.#bySubgraph.set(name, count + 1);
    this.#shown++;
    return true;
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
