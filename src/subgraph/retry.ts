import type { SubgraphTraffic } from '../config/keys/traffic-shaping.ts';
import type { SubgraphReply } from '../errors/model.ts';
import { retryAfterSeconds } from '../errors/retry-after.ts';
import { unreachable } from '../shared/assert.ts';
import { isInRanges } from './status-range.ts';

type RetrySettings = SubgraphTraffic['retry'];

/** What a retry depends on beside the reply. */
export interface RetrySituation {
  /** Attempts made so far. */
  readonly attempts: number;
  /** Since the first attempt began. */
  readonly elapsedMs: number;
  /** The connection was reused and brought no byte: most likely its other end was just closing it. */
  readonly stale: boolean;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * The pause before a query is sent again, or null when it is not: out of retries, or nothing that a retry might mend.
 *
 * `Retry-After` decides the pause when it is there; a stale connection needs none; otherwise it is random, up to a limit that doubles from
 * `interval`, so that many routers do not come back at the same moment. No pause begins that would end later than `max_duration` after the
 * first attempt began: so long a client waits for a subgraph that is down. The caller keeps the deadline. Mutations never come here.
 */
export function retryDelayMs(settings: RetrySettings, reply: SubgraphReply, situation: RetrySituation): number | null {
  if (!settings.enabled || situation.attempts > settings.maxAttempts || !isRetryable(settings, reply)) return null;
  const delayMs = pauseMs(settings, reply, situation);
  return situation.elapsedMs + delayMs <= settings.maxDurationMs ? delayMs : null;
}

function pauseMs(settings: RetrySettings, reply: SubgraphReply, { stale, attempts, random }: RetrySituation): number {
  const asked = reply.kind === 'response' ? retryAfterSeconds(reply) : null;
  if (asked !== null) return asked * 1000;
  return stale ? 0 : settings.intervalMs * 2 ** (attempts - 1) * random();
}

function isRetryable(settings: RetrySettings, reply: SubgraphReply): boolean {
  if (reply.kind === 'response') {
    if (isInRanges(reply.status, settings.statuses)) return true;
    return settings.expression === 'always' && (reply.status < 200 || reply.status > 299);
  }
  switch (reply.failure) {
    case 'unreachable':
    case 'timeout':
    case 'interrupted':
      return true;
    // It would be as large again.
    case 'too_large':
    case 'circuit_open':
    case 'rate_limited':
    case 'cancelled':
      return false;
    default:
      return unreachable(reply.failure);
  }
}
