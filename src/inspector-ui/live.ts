/** The stream of failures. */
import type { EntriesEvent, EntryDetail, SnapshotEvent } from '../server/inspector/wire.ts';

interface LiveListener {
  onSnapshot(event: SnapshotEvent): void;
  onEntries(event: EntriesEvent): void;
  onState(state: 'live' | 'connecting'): void;
}

export type LoadedEntry =
  | { readonly kind: 'entry'; readonly entry: EntryDetail }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Relative, so that a proxy may put the page below another path. */
const BASE = 'errors';
const RETRY_MS = 2_000;

/** The browser connects again by itself, except after an answer that is no stream, as a proxy gives while the router starts. */
export function listenLive(listener: LiveListener): void {
  const source = new EventSource(`${BASE}/events`);
  source.addEventListener('open', () => listener.onState('live'));
  source.addEventListener('error', () => {
    listener.onState('connecting');
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listenLive(listener), RETRY_MS);
  });
  source.addEventListener('snapshot', ({ data }) => listener.onSnapshot(JSON.parse(data)));
  source.addEventListener('entries', ({ data }) => listener.onEntries(JSON.parse(data)));
}

/** Never rejects. */
export async function loadEntry(id: number): Promise<LoadedEntry> {
  try {
    const response = await fetch(`${BASE}/entries/${id}`);
    if (response.status === 404) return { kind: 'gone' };
    if (!response.ok) return { kind: 'unreachable', reason: `the router answered with status ${response.status}` };
    return { kind: 'entry', entry: await response.json() };
  } catch {
    return { kind: 'unreachable', reason: 'there is no connection to the router' };
  }
}

export async function clearEntries(): Promise<void> {
  await fetch(`${BASE}/entries`, { method: 'DELETE' }).catch(() => null);
}
