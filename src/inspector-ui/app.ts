/** The error inspector's page. */
import type { EntryDetail } from '../server/inspector/wire.ts';
import { detailView, pagerView } from './detail.ts';
import { byId, h, setText } from './dom.ts';
import { createFilterBar } from './filter-bar.ts';
import { type Failures, fromSnapshot, type Group, groupFailures, NO_FAILURES, withEntries } from './groups.ts';
import { createFailureList } from './list.ts';
import { clearEntries, listenLive, loadEntry } from './live.ts';
import { connectThemeToggle } from './theme.ts';

/** The opened failure. */
interface Opened {
  readonly entry: EntryDetail;
  readonly pager: HTMLElement;
}

const AGE_MS = 5_000;

let failures: Failures = NO_FAILURES;
let groups: readonly Group[] = [];
let opened: Opened | null = null;
let isStale = false;

const list = createFailureList(byId('list'), byId('more'), (key) => {
  const id = groups.find((group) => group.key === key)?.latest.id;
  if (id !== undefined) void open(id, true);
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
  list.show(groups, opened?.entry.group ?? null);
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  setText(byId('total'), total === 0 ? 'no failures' : `${total} ${total === 1 ? 'failure' : 'failures'}`);
  byId('empty').hidden = failures.entries.length > 0;
  byId('no-match').hidden = groups.length > 0 || failures.entries.length === 0;
  if (opened !== null) updatePager(opened);
}

async function open(id: number, movesFocus: boolean): Promise<void> {
  const entry = await loadEntry(id);
  if (entry === null) {
    byId('detail').replaceChildren(h('p', { class: 'placeholder' }, 'This failure is gone: newer ones took its place.'));
    return;
  }
  opened = { entry, pager: h('div') };
  updatePager(opened);
  byId('detail').replaceChildren(detailView(entry, opened.pager, close));
  byId('detail').scrollTop = 0;
  document.body.dataset['view'] = 'detail';
  if (location.hash !== `#${id}`) history.replaceState(null, '', `#${id}`);
  if (movesFocus) byId('detail-title').focus({ preventScroll: true });
  refresh();
}

function updatePager({ entry, pager }: Opened): void {
  const members = failures.entries.filter(({ group }) => group === entry.group).toReversed();
  const at = members.findIndex(({ id }) => id === entry.id);
  const move = (step: number): void => {
    const next = members[at + step];
    if (next !== undefined) void open(next.id, false);
  };
  pager.replaceChildren(members.length > 1 && at >= 0 ? pagerView({ at: at + 1, of: members.length, move }) : '');
}

function close(): void {
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
  if (Number.isInteger(id) && id > 0 && opened?.entry.id !== id) void open(id, false);
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
