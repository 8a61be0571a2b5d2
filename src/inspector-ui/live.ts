/** The stream of failures. */
import type { EntriesEvent, EntryDetail, SnapshotEvent } from '../server/inspector/wire.ts';

export interface LiveListener {
  onSnapshot(event: SnapshotEvent): void;
  onEntries(event: EntriesEvent): void;
  onState(state: 'live' | 'connecting'): void;
}

/** Relative, so that a proxy may put the page below another path. */
const BASE = 'errors';

/** The browser connects again by itself. */
export function listenLive(listener: LiveListener): void {
  const source = new EventSource(`${BASE}/events`);
  source.addEventListener('open', () => listener.onState('live'));
  source.addEventListener('error', () => listener.onState('connecting'));
  source.addEventListener('snapshot', ({ data }) => listener.onSnapshot(JSON.parse(data)));
  source.addEventListener('entries', ({ data }) => listener.onEntries(JSON.parse(data)));
}

/** Null when it is gone. */
export async function loadEntry(id: number): Promise<EntryDetail | null> {
  const response = await fetch(`${BASE}/entries/${id}`).catch(() => null);
  return response?.ok === true ? response.json() : null;
}

export async function clearEntries(): Promise<void> {
  await fetch(`${BASE}/entries`, { method: 'DELETE' }).catch(() => null);
}
