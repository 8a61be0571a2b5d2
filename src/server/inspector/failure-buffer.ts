import type { EntryDetail, EntrySummary, GroupCount } from './wire.ts';

export interface BufferLimits {
  readonly maxEntries: number;
  /** Of the details as JSON text. */
  readonly maxBytes: number;
}

export interface FailureBuffer {
  add(entry: EntryDetail): EntrySummary;
  /** JSON text; null for an entry that is gone. */
  detail(id: number): string | null;
  /** Oldest first. */
  readonly summaries: readonly EntrySummary[];
  readonly groups: readonly GroupCount[];
  countOf(group: string): number;
  readonly oldestId: number;
  readonly bytes: number;
  clear(): void;
}

interface Kept {
  readonly summary: EntrySummary;
  readonly detail: string;
  readonly bytes: number;
}

/** Counts of groups outlive their entries; so many of them are kept. */
const MAX_GROUPS = 1_000;

/** The latest failures, as text, so that what they take is known: the oldest go when there are too many or they are too long. */
export function createFailureBuffer({ maxEntries, maxBytes }: BufferLimits): FailureBuffer {
  let kept: Kept[] = [];
  let bytes = 0;
  let nextId = 1;
  const counts = new Map<string, number>();

  function makeRoom(): void {
    let gone = 0;
    while (gone < kept.length - 1 && (kept.length - gone > maxEntries || bytes > maxBytes)) bytes -= kept[gone++]?.bytes ?? 0;
    if (gone > 0) kept = kept.slice(gone);
  }

  return {
    add(entry) {
      const summary = { ...summaryOf(entry), id: nextId++ };
      const text = JSON.stringify({ ...entry, ...summary });
      // One entry alone must not break the bound either.
      const detail = text.length <= maxBytes / 4 ? text : JSON.stringify({ ...withoutBulk(entry), ...summary });
      kept.push({ summary, detail, bytes: detail.length });
      bytes += detail.length;
      makeRoom();
      const count = (counts.get(summary.group) ?? 0) + 1;
      counts.delete(summary.group); // to the end: the group that was silent for longest goes first
      counts.set(summary.group, count);
      const [oldest] = counts.keys();
      if (counts.size > MAX_GROUPS && oldest !== undefined) counts.delete(oldest);
      return summary;
    },
    detail: (id) => kept.find(({ summary }) => summary.id === id)?.detail ?? null,
    get summaries() {
      return kept.map(({ summary }) => summary);
    },
    get groups() {
      return [...counts].map(([group, count]) => ({ group, count }));
    },
    countOf: (group) => counts.get(group) ?? 0,
    get oldestId() {
      return kept[0]?.summary.id ?? nextId;
    },
    get bytes() {
      return bytes;
    },
    clear() {
      kept = [];
      bytes = 0;
      counts.clear();
    },
  };
}

function summaryOf(entry: EntrySummary): EntrySummary {
  const { id, group, time, subgraph, code, kind, status, message, operationName, operationType, path, durationMs, requestId } = entry;
  return { id, group, time, subgraph, code, kind, status, message, operationName, operationType, path, durationMs, requestId };
}

function withoutBulk(entry: EntryDetail): EntryDetail {
  const audiences = entry.audiences.map((audience) => ({
    ...audience,
    drafts: [],
    moreDrafts: audience.drafts.length + audience.moreDrafts,
  }));
  return { ...entry, plan: null, stages: [], audiences, copies: { curl: null, golden: null, explain: null } };
}
