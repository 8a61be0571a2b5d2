/** W3C trace context: `traceparent` and `tracestate` as headers. */
import { createTraceState, type SpanContext } from '@opentelemetry/api';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
// What the specification asks to be passed on at least.
const MAX_STATE_LENGTH = 512;

/** The client's span, or null when it names none or none that is valid. */
export function readTraceContext(headers: Headers): SpanContext | null {
  const parent = headers['traceparent'];
  if (typeof parent !== 'string') return null;
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(parent.trim()) ?? [];
  if (version === '' || version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (isZero(traceId) || isZero(spanId)) return null;
  const state = headers['tracestate'];
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(typeof state === 'string' && state.length <= MAX_STATE_LENGTH && { traceState: createTraceState(state) }),
  };
}

/** Header names and values in turn, for a request below this span. */
export function printTraceContext({ traceId, spanId, traceFlags, traceState }: SpanContext): readonly string[] {
  const lines = ['traceparent', `00-${traceId}-${spanId}-${(traceFlags & 1) === 1 ? '01' : '00'}`];
  const state = traceState?.serialize() ?? '';
  if (state !== '') lines.push('tracestate', state);
  return lines;
}

function isZero(hex: string): boolean {
  return /^0+$/.test(hex);
}
