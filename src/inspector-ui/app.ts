/** The error inspector's page. */
import type { EntrySummary } from '../server/inspector/wire.ts';
import { detailView, missingView } from './detail.ts';
import { byId, h, setText } from './dom.ts';
import { createFilterBar } from './filter-bar.ts';
import { type Failures, fromSnapshot, type Group, groupFailures, NO_FAILURES, withEntries } from './groups.ts';
import { createFailureList } from './list.ts';
import { clearEntries, type LoadedEntry, listenLive, loadEntry } from './live.ts';
import { createPager } from './pager.ts';
import { connectThemeToggle } from './theme.ts';

/** The opened failure. */
interface Opened {
  readonly id: number;
  /** Null for one that neither the router nor the list knows. */
  readonly group: string | null;
}

const AGE_MS = 5_000;

let failures: Failures = NO_FAILURES;
let groups: readonly Group[] = [];
let opened: Opened | null = null;
let isStale = false;
/** Rises with everything that is opened or closed: an answer that comes after a later one was asked for is too late. */
let turns = 0;

const list = createFailureList(byId('list'), byId('more'), (key) => {
  const id = groups.find((group) => group.key === key)?.latest.id;
  if (id !== undefined) void open(id, true);
});
const pager = createPager((step) => {
  const { members, at } = siblings();
  const next = members[at + step];
  if (next !== undefined) void open(next.id, false);
});
const filters = createFilterBar(() => refresh());

/** Once per frame, however many failures come. */
function refresh(): void {
  if (isStale) return;
  isStale = true;
  requestAnimationFrame(render);
}

function render(): void {
  isStale = false;
  filters.offer(failures.entries);
  groups = groupFailures(failures, filters.current);
  list.show(groups, opened?.group ?? null);
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  setText(byId('total'), total === 0 ? 'no failures' : `${total} ${total === 1 ? 'failure' : 'failures'}`);
  byId('empty').hidden = failures.entries.length > 0;
  byId('no-match').hidden = groups.length > 0 || failures.entries.length === 0;
  updatePager();
}

async function open(id: number, movesFocus: boolean): Promise<void> {
  const turn = ++turns;
  const loaded = await loadEntry(id);
  if (turn !== turns) return;
  const { activeElement } = document;
  const known = failures.entries.find((entry) => entry.id === id);
  opened = { id, group: (loaded.kind === 'entry' ? loaded.entry : known)?.group ?? null };
  updatePager();
  byId('detail').replaceChildren(viewOf(loaded));
  byId('detail').scrollTop = 0;
  document.body.dataset['view'] = 'detail';
  if (location.hash !== `#${id}`) history.replaceState(null, '', `#${id}`);
  if (movesFocus) byId('detail-title').focus({ preventScroll: true });
  else if (activeElement instanceof HTMLElement && pager.element.contains(activeElement)) activeElement.focus(); // moving it took the focus away
  refresh();
}

function viewOf(loaded: LoadedEntry): HTMLElement {
  if (loaded.kind === 'entry') return detailView(loaded.entry, pager.element, close);
  const isGone = loaded.kind === 'gone';
  const why = isGone ? 'is gone: newer ones took its place, or the list was cleared' : `could not be loaded: ${loaded.reason}`;
  return missingView(`This failure ${why}.`, pager.element, close);
}

/** The failures that are like the opened one, newest first, and where it is among them: -1 when it is gone. */
function siblings(): { readonly members: readonly EntrySummary[]; readonly at: number } {
  const members = failures.entries.filter(({ group }) => group === opened?.group).toReversed();
  return { members, at: members.findIndex(({ id }) => id === opened?.id) };
}

function updatePager(): void {
  const { members, at } = siblings();
  pager.update(at + 1, members.length);
}

function close(): void {
  turns++;
  if (opened === null) return;
  opened = null;
  delete document.body.dataset['view'];
  history.replaceState(null, '', location.pathname);
  showPlaceholder();
  render();
  list.focus();
}

function showPlaceholder(): void {
  const keys = h(
    'p',
    {},
    h('kbd', {}, '↑'),
    ' ',
    h('kbd', {}, '↓'),
    ' move  ',
    h('kbd', {}, 'Enter'),
    ' opens  ',
    h('kbd', {}, 'Esc'),
    ' returns',
  );
  byId('detail').replaceChildren(h('div', { class: 'placeholder' }, h('p', {}, 'Choose a failure to see what happened.'), h('br'), keys));
}

function openFromAddress(): void {
  const id = Number(location.hash.slice(1));
  if (Number.isInteger(id) && id > 0 && opened?.id !== id) void open(id, false);
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') close();
});
byId('clear').addEventListener('click', () => void clearEntries());
window.addEventListener('hashchange', openFromAddress);
setInterval(() => list.updateAges(), AGE_MS);
showPlaceholder();
connectThemeToggle(byId('theme'));
listenLive({
  onSnapshot(event) {
    failures = fromSnapshot(event);
    refresh();
  },
  onEntries(event) {
    failures = withEntries(failures, event);
    refresh();
  },
  onState(state) {
    byId('state').dataset['state'] = state;
    setText(byId('state'), state === 'live' ? 'live' : 'connecting …');
  },
});
openFromAddress();
