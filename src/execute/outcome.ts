/** What came of an operation, before any policy decides who may see which part of it. */
import type { FetchExchange, PlacedError } from '../errors/model.ts';

export interface ExecutionOutcome {
  /** JSON text of `data`; null when a null bubbled up to the root. */
  readonly data: string | null;
  /** Plan order, then the subgraph's order, then completion in depth-first order. */
  readonly errors: readonly PlacedError[];
  /** Further errors of which only the number is known: too many to keep, or to read. */
  readonly unlistedErrors: number;
  /** Every request that was made, in plan order. */
  readonly exchanges: readonly FetchExchange[];
  /** Whether any fetch returned usable data. */
  readonly delivered: boolean;
  /** Whether all data that the client asked for is there: false when an error removed some. */
  readonly complete: boolean;
  /** The client went away; nobody will read this. */
  readonly cancelled: boolean;
  /** A bug of ours, for the log: the outcome holds no data then. */
  readonly bug: { readonly cause: unknown } | null;
}
