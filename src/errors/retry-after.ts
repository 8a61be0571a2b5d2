import type { HttpReply } from './model.ts';

const MIN_SECONDS = 1;
const MAX_SECONDS = 3600;

/**
 * Seconds that a reply asks to wait, clamped to 1 to 3600 (error-layer.md section 13.5); null when it asks for none.
 *
 * A date counts from the reply's own `date` header, so that no clock is needed here.
 */
export function retryAfterSeconds(reply: HttpReply): number | null {
  const value = firstHeader(reply, 'retry-after')?.trim();
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return clampRetrySeconds(Number(value));
  const until = Date.parse(value);
  const from = Date.parse(firstHeader(reply, 'date') ?? '');
  return Number.isNaN(until) || Number.isNaN(from) ? null : clampRetrySeconds((until - from) / 1000);
}

/** Whole seconds between 1 and 3600. */
export function clampRetrySeconds(seconds: number): number {
  return Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, Math.ceil(seconds)));
}

function firstHeader(reply: HttpReply, name: string): string | undefined {
  const value = Object.hasOwn(reply.headers, name) ? reply.headers[name] : undefined;
  return typeof value === 'object' ? value[0] : value;
}
