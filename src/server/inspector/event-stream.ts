/** Live updates of the list, as server-sent events. */
import type { ServerResponse } from 'node:http';
import type { FailureBuffer } from './failure-buffer.ts';
import type { EntriesEvent, EntrySummary, SnapshotEvent } from './wire.ts';

export interface EventStreams {
  /** Sends everything that is known, then what comes; ends at once after `end`. The head has been written. */
  open(response: ServerResponse): void;
  announce(summary: EntrySummary): void;
  /** To everybody anew, after the list was cleared. */
  resend(): void;
  /** Ends all streams. Browsers come back by themselves, and find somebody again after `start`. */
  end(): void;
  start(): void;
}

/** So that a storm of failures is one event per moment and not one per failure. */
const BATCH_MS = 40;
const HEARTBEAT_MS = 15_000;
/** Who reads more slowly than this is let go, and gets a snapshot when it comes back. */
const MAX_BUFFERED_BYTES = 4_194_304;
const MAX_STREAMS = 32;

export function createEventStreams(buffer: FailureBuffer): EventStreams {
  const streams = new Set<ServerResponse>();
  let isEnded = false;
  let pending: EntrySummary[] = [];
  let batch: NodeJS.Timeout | null = null;
  let heartbeat: NodeJS.Timeout | null = null;

  function write(response: ServerResponse, text: string): void {
    if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
    else response.write(text);
  }

  function broadcast(text: string): void {
    for (const response of streams) write(response, text);
  }

  function flush(): void {
    batch = null;
    const oldestId = buffer.oldestId;
    const entries = pending.filter(({ id }) => id >= oldestId);
    const changed = new Set(pending.map(({ group }) => group));
    pending = [];
    const groups = [...changed].map((group) => ({ group, count: buffer.countOf(group) }));
    broadcast(printEvent('entries', { entries, groups, oldestId } satisfies EntriesEvent));
  }

  function snapshot(): string {
    return printEvent('snapshot', {
      entries: buffer.summaries,
      groups: buffer.groups,
    } satisfies SnapshotEvent);
  }

  function close(response: ServerResponse): void {
    streams.delete(response);
    if (streams.size > 0 || heartbeat === null) return;
    clearInterval(heartbeat);
    heartbeat = null;
  }

  return {
    open(response) {
      if (isEnded) {
        response.end();
        return;
      }
      const [oldest] = streams;
      if (streams.size >= MAX_STREAMS) oldest?.end();
      streams.add(response);
      response.once('close', () => close(response));
      heartbeat ??= setInterval(() => broadcast(':\n\n'), HEARTBEAT_MS).unref();
      write(response, `retry: 1000\n\n${snapshot()}`);
    },
    announce(summary) {
      if (streams.size === 0) return;
      pending.push(summary);
      batch ??= setTimeout(flush, BATCH_MS).unref();
    },
    resend() {
      pending = [];
      broadcast(snapshot());
    },
    start() {
      isEnded = false;
    },
    end() {
      isEnded = true;
      if (batch !== null) clearTimeout(batch);
      batch = null;
      pending = [];
      for (const response of streams) response.end();
    },
  };
}

function printEvent(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
