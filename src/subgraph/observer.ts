import type { OperationType, SubgraphReply } from '../errors/model.ts';

/**
 * What metrics and logs see of the transport. Every method is optional and called synchronously; it must not throw.
 *
 * It is told before any policy runs: what a client may learn never changes what is counted (DESIGN rule 4).
 */
export interface SubgraphObserver {
  /** One request to a subgraph is over, all of its attempts included. */
  onExchange?(event: ExchangeEvent): void;
  /** An attempt failed and another one follows after `delayMs`. */
  onRetry?(event: RetryEvent): void;
  onBreakerChange?(event: BreakerEvent): void;
}

export interface ExchangeEvent {
  readonly subgraph: string;
  readonly operationType: OperationType;
  readonly reply: SubgraphReply;
  /** How many further callers got the same reply by single flight. */
  readonly shared: number;
}

export interface RetryEvent {
  readonly subgraph: string;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** The kind of failure, or the status that asks for a retry. */
  readonly reason: string | number;
  readonly delayMs: number;
}

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerEvent {
  readonly subgraph: string;
  readonly state: BreakerState;
}
