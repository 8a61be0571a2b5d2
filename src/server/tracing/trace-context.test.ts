import { describe, expect, it } from 'vitest';
import { printTraceContext, readTraceContext } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('readTraceContext', () => {
  it('takes what the client says, with its sampling decision', () => {
    expect(readTraceContext({ traceparent: `00-${TRACE}-${SPAN}-01` })).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      traceFlags: 1,
      isRemote: true,
    });
    expect(readTraceContext({ traceparent: `00-${TRACE}-${SPAN}-00` })?.traceFlags).toBe(0);
  });

  it('reads later versions as far as it knows them', () => {
    expect(readTraceContext({ traceparent: `01-${TRACE}-${SPAN}-03-more` })).toMatchObject({ traceId: TRACE, traceFlags: 1 });
  });

  it.each([
    undefined,
    '',
    'x',
    `00-${TRACE}-${SPAN}`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    [`00-${TRACE}-${SPAN}-01`],
  ])('takes %j for none', (traceparent) => {
    expect(readTraceContext({ traceparent })).toBeNull();
  });
});

describe('printTraceContext', () => {
  it('prints what was read', () => {
    const context = readTraceContext({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1,b=2' });
    expect(context === null ? [] : printTraceContext(context)).toEqual(['traceparent', `00-${TRACE}-${SPAN}-01`, 'tracestate', 'a=1,b=2']);
  });

  it('drops a state that is too long to pass on', () => {
    const context = readTraceContext({ traceparent: `00-${TRACE}-${SPAN}-00`, tracestate: `a=${'1'.repeat(600)}` });
    expect(context === null ? [] : printTraceContext(context)).toEqual(['traceparent', `00-${TRACE}-${SPAN}-00`]);
  });
});
