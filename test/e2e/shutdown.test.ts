import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runUntilSignal } from '../../src/cli/start.ts';
import { deferred, Load, type Stage, startSmallStage } from './stage.ts';

/** The process as the command sees it, without ending this one. */
class FakeSignals extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

async function setUp(config: object = {}) {
  const gate = deferred();
  const stage = await startSmallStage(
    async () => {
      await gate.promise;
      return { value: 'x' };
    },
    { grace_period: '10s', ...config },
  );
  const signals = new FakeSignals();
  const ended = runUntilSignal(stage.router, signals);
  return { stage, gate, signals, ended };
}

describe('SIGTERM', () => {
  it('lets requests in flight finish and then ends well', async () => {
    const { stage, gate, signals, ended } = await setUp();
    const answer = stage.post('{ value }');
    await stage.subgraph.arrived(1);
    signals.emit('SIGTERM');
    await stage.logged('shutting down');
    await expect(stage.post('{ value }')).rejects.toThrow();
    gate.resolve();
    const { body, headers } = await answer;
    expect(body).toEqual({ data: { value: 'x' } });
    expect(headers.get('connection')).toBe('close');
    expect(await ended).toBe(0);
    expect(signals.eventNames()).toEqual([]);
    await stage.subgraph.close();
  });

  it('cuts off what takes longer than the grace period, and says so', async () => {
    const { stage, gate, signals, ended } = await setUp({ grace_period: '20ms' });
    const answer = stage.post('{ value }').catch(() => 'cut off');
    await stage.subgraph.arrived(1);
    signals.emit('SIGINT');
    expect(await ended).toBe(0);
    expect(await answer).toBe('cut off');
    expect(await stage.logged('requests were cut off at the end of the grace period')).toMatchObject({ level: 'warn', requests: 1 });
    gate.resolve();
    await stage.subgraph.close();
  });

  it('ends at once when it comes twice', async () => {
    const { stage, gate, signals, ended } = await setUp();
    const answer = stage.post('{ value }');
    await stage.subgraph.arrived(1);
    signals.emit('SIGINT');
    signals.emit('SIGTERM');
    expect(signals.exits).toEqual([1]);
    gate.resolve();
    await Promise.all([answer, ended]);
    await stage.subgraph.close();
  });
});

const ready = (stage: Stage): Promise<Response> => fetch(`${stage.router.url}/health/ready`);

describe('notice of a shutdown', () => {
  it('is given on SIGTERM: not ready at once, and yet everybody is served', async () => {
    const { stage, gate, signals, ended } = await setUp({ shutdown_notice: '1h', shutdown_delay: '2h' });
    gate.resolve();
    expect((await ready(stage)).status).toBe(200);
    signals.emit('SIGTERM');
    const readiness = await ready(stage);
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toEqual({ status: 'draining' });
    const { body, headers } = await stage.post('{ value }');
    expect(body).toEqual({ data: { value: 'x' } });
    expect(headers.get('connection')).toBe('close');
    await stage.router.shutdown(); // cuts it short
    expect(await ended).toBe(0);
    await expect(ready(stage)).rejects.toThrow();
    await stage.subgraph.close();
  });

  it('ends by itself', async () => {
    const { stage, gate, signals, ended } = await setUp({ shutdown_notice: '20ms' });
    gate.resolve();
    signals.emit('SIGTERM');
    expect(await ended).toBe(0);
    await stage.subgraph.close();
  });

  it('takes nothing from the grace period', async () => {
    const { stage, gate, signals, ended } = await setUp({ shutdown_notice: '1h', grace_period: '10s', shutdown_delay: '10s' });
    gate.resolve();
    signals.emit('SIGTERM');
    expect(await ended).toBe(0);
    await stage.subgraph.close();
  });

  it('is cut short by an exception: nobody knows the state then', async () => {
    const { stage, gate, signals, ended } = await setUp({ shutdown_notice: '1h', shutdown_delay: '2h' });
    gate.resolve();
    signals.emit('SIGTERM');
    await stage.logged('shutting down');
    signals.emit('uncaughtException', new Error('because'));
    expect(await ended).toBe(1);
    await stage.subgraph.close();
  });

  it('is not given on SIGINT: somebody waits at a terminal', async () => {
    const { stage, gate, signals, ended } = await setUp({ shutdown_notice: '1h', shutdown_delay: '2h' });
    gate.resolve();
    signals.emit('SIGINT');
    expect(await ended).toBe(0);
    await stage.subgraph.close();
  });
});

describe('a bug', () => {
  it('that is a rejection is logged, and nobody notices', async () => {
    const { stage, gate, signals, ended } = await setUp();
    signals.emit('unhandledRejection', new Error('because'));
    expect(await stage.logged('unexpected rejection')).toMatchObject({ level: 'error', error: { message: 'because' } });
    gate.resolve();
    expect((await stage.post('{ value }')).body).toEqual({ data: { value: 'x' } });
    signals.emit('SIGTERM');
    expect(await ended).toBe(0);
    await stage.subgraph.close();
  });

  it('that is an exception ends the process, after its requests', async () => {
    const { stage, gate, signals, ended } = await setUp();
    const answer = stage.post('{ value }');
    await stage.subgraph.arrived(1);
    signals.emit('uncaughtException', new Error('because'));
    gate.resolve();
    expect((await answer).body).toEqual({ data: { value: 'x' } });
    expect(await ended).toBe(1);
    await stage.subgraph.close();
  });
});

describe('a signal after an exception', () => {
  it('is the first one, so that requests in flight still finish', async () => {
    const { stage, gate, signals, ended } = await setUp();
    const answer = stage.post('{ value }');
    await stage.subgraph.arrived(1);
    signals.emit('uncaughtException', new Error('because'));
    signals.emit('SIGTERM');
    expect(signals.exits).toEqual([]);
    gate.resolve();
    expect((await answer).body).toEqual({ data: { value: 'x' } });
    expect(await ended).toBe(1);
    await stage.subgraph.close();
  });
});

describe('SIGHUP', () => {
  it('reloads', async () => {
    const { stage, gate, signals, ended } = await setUp();
    signals.emit('SIGHUP');
    await stage.logged('reload applied');
    gate.resolve();
    expect((await stage.post('{ value }')).body).toEqual({ data: { value: 'x' } });
    signals.emit('SIGTERM');
    await ended;
    await stage.subgraph.close();
  });
});

describe('a rolling restart under load', () => {
  it('loses no request', async () => {
    const stages = [await startSmallStage(() => ({ value: 'x' })), await startSmallStage(() => ({ value: 'x' }), { grace_period: '10s' })];
    const [next, first] = stages;
    let current = first;
    // What a load balancer does: it sends to whom it knows to be ready.
    const load = new Load(8, async () => expect((await current?.post('{ value }'))?.body).toEqual({ data: { value: 'x' } }));
    await load.more(100);
    current = next;
    await first?.router.shutdown();
    await load.more(100);
    await load.stop();
    await Promise.all(stages.map((stage) => stage.close()));
  });
});
