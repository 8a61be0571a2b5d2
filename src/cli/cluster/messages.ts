/** What the primary and its workers say to each other. Both are the same program, so a known `kind` vouches for the rest. */
import type { Problems } from '../../router.ts';
import type { MetricValues } from '../../server/metrics.ts';

export type FromPrimary =
  | { readonly kind: 'reload' | 'read_metrics'; readonly question: number }
  /** `notice`: whether `shutdown_notice` is kept. */
  | { readonly kind: 'shut_down'; readonly notice: boolean }
  /** No connection is on its way to this worker any more. */
  | { readonly kind: 'may_end' };

export type FromWorker =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'cannot_start'; readonly problems: Problems }
  | { readonly kind: 'reloaded'; readonly question: number; readonly problems: Problems }
  | { readonly kind: 'metrics'; readonly question: number; readonly values: MetricValues }
  /** It serves no more, and waits to be let go. */
  | { readonly kind: 'stopped'; readonly values: MetricValues }
  | { readonly kind: 'ending' };

const FROM_PRIMARY: ReadonlySet<unknown> = new Set<FromPrimary['kind']>(['reload', 'read_metrics', 'shut_down', 'may_end']);
const FROM_WORKER: ReadonlySet<unknown> = new Set<FromWorker['kind']>([
  'ready',
  'cannot_start',
  'reloaded',
  'metrics',
  'stopped',
  'ending',
]);

export function isFromPrimary(message: unknown): message is FromPrimary {
  return hasKind(message) && FROM_PRIMARY.has(message.kind);
}

export function isFromWorker(message: unknown): message is FromWorker {
  return hasKind(message) && FROM_WORKER.has(message.kind);
}

function hasKind(message: unknown): message is { readonly kind: unknown } {
  return typeof message === 'object' && message !== null && 'kind' in message;
}
