import { describe, expect, it } from 'vitest';
import { createLog, type LogOptions } from './log.ts';

function setUp(options: LogOptions) {
  const lines: string[] = [];
  const log = createLog(options, { write: (line) => lines.push(line) });
  return { log, lines };
}

describe('createLog', () => {
  it('writes one JSON object per line, with fields beside the message', () => {
    const { log, lines } = setUp({ level: 'info', format: 'json' });
    log.warn({ subgraph: 'a' }, 'subgraph timed out');
    expect(JSON.parse(lines[0] ?? '')).toEqual({ level: 'warn', time: expect.any(String), subgraph: 'a', msg: 'subgraph timed out' });
    expect(lines[0]?.endsWith('\n')).toBe(true);
  });

  it('prints lines for people when asked', () => {
    const { log, lines } = setUp({ level: 'info', format: 'pretty' });
    log.info({ port: 3002 }, 'router is ready');
    expect(lines[0]).toContain('router is ready');
    expect(() => JSON.parse(lines[0] ?? '')).toThrow();
  });

  it('leaves out what is below the level, and follows a change', () => {
    const { log, lines } = setUp({ level: 'error', format: 'json' });
    log.info({}, 'quiet');
    log.configure({ level: 'debug', format: 'json' });
    log.debug({}, 'loud');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('loud');
  });

  it('tells what an error was', () => {
    const { log, lines } = setUp({ level: 'info', format: 'json' });
    log.error({ error: new Error('because') }, 'failed');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error: { message: 'because', stack: expect.any(String) } });
  });

  it('tells whether a level is written', () => {
    const { log } = setUp({ level: 'error', format: 'json' });
    expect([log.writes('error'), log.writes('warn')]).toEqual([true, false]);
    log.configure({ level: 'info', format: 'json' });
    expect([log.writes('info'), log.writes('debug')]).toEqual([true, false]);
  });
});
