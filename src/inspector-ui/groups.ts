/** The list as people read it: groups of alike failures, newest first. Pure. */
import type { EntriesEvent, EntrySummary, SnapshotEvent } from '../server/inspector/wire.ts';

export interface Failures {
  /** Oldest first. */
  readonly entries: readonly EntrySummary[];
  /** Of the groups of these entries, at least. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface Group {
  readonly key: string;
  /** The newest one. */
  readonly latest: EntrySummary;
  /** Newest first; those that the router still knows. */
  readonly entries: readonly EntrySummary[];
  /** All that happened. */
  readonly count: number;
}

/** Null: any. */
export interface Filter {
  readonly subgraph: string | null;
  readonly code: string | null;
  readonly operation: string | null;
}

export const NO_FAILURES: Failures = { entries: [], counts: new Map() };
const ANONYMOUS = '(anonymous)';

export function fromSnapshot({ entries, groups }: SnapshotEvent): Failures {
  return { entries, counts: new Map(groups.map(({ group, count }) => [group, count])) };
}

export function withEntries(known: Failures, { entries, groups, oldestId }: EntriesEvent): Failures {
  const last = known.entries.at(-1)?.id ?? 0;
  const kept = known.entries.filter(({ id }) => id >= oldestId);
  const next = [...kept, ...entries.filter(({ id }) => id > last)];
  const counts = new Map(known.counts);
  for (const { group, count } of groups) counts.set(group, count);
  // A group that is gone is told anew when it comes back.
  const there = new Set(next.map(({ group }) => group));
  for (const group of counts.keys()) if (!there.has(group)) counts.delete(group);
  return { entries: next, counts };
}

export function operationOf({ operationName }: EntrySummary): string {
  return operationName ?? ANONYMOUS;
}

export function groupFailures({ entries, counts }: Failures, filter: Filter): readonly Group[] {
  const byKey = new Map<string, EntrySummary[]>();
  for (const entry of entries.toReversed()) {
    if (!isWanted(entry, filter)) continue;
    const known = byKey.get(entry.group);
    if (known === undefined) byKey.set(entry.group, [entry]);
    else known.push(entry);
  }
  return [...byKey].flatMap(([key, members]) => {
    const [latest] = members;
    if (latest === undefined) return [];
    // Entries that are gone cannot be asked for their operation, so with that filter only the known ones count.
    const count = filter.operation === null ? Math.max(counts.get(key) ?? 0, members.length) : members.length;
    return [{ key, latest, entries: members, count }];
  });
}

function isWanted(entry: EntrySummary, { subgraph, code, operation }: Filter): boolean {
  return (
    (subgraph === null || entry.subgraph === subgraph) &&
    (code === null || entry.code === code) &&
    (operation === null || operationOf(entry) === operation)
  );
}

/** Every value once, sorted. */
export function choices(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted((a, b) => a.localeCompare(b));
}

/** `now`, `12 s`, `3 min`, `2 h`, `4 d`. */
export function printAge(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

export function printDuration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
