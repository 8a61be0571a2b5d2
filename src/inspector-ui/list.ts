/** The list on the left: one option per group. */
import { h, setText } from './dom.ts';
import { type Group, operationOf, printAge } from './groups.ts';

interface FailureList {
  show(groups: readonly Group[], openKey: string | null): void;
  /** Moves the focus to the group at hand. */
  focus(): void;
  updateAges(): void;
}

interface Row {
  readonly element: HTMLElement;
  readonly update: (group: Group, isOpen: boolean) => void;
  readonly updateAge: () => void;
}

/** More would help nobody: a filter does. */
const MAX_ROWS = 200;

export function createFailureList(host: HTMLElement, more: HTMLElement, onOpen: (key: string) => void): FailureList {
  const rows = new Map<string, Row>();
  let order: readonly string[] = [];
  let activeKey: string | null = null;

  function activate(key: string | undefined, focus: boolean): void {
    if (key === undefined) return;
    activeKey = key;
    for (const [each, { element }] of rows) element.tabIndex = each === key ? 0 : -1;
    const element = rows.get(key)?.element;
    if (!focus || element === undefined) return;
    element.focus();
    element.scrollIntoView({ block: 'nearest' });
  }

  host.addEventListener('focusin', ({ target }) => {
    const focused = [...rows].find(([, { element }]) => element === target);
    if (focused !== undefined) activate(focused[0], false);
  });
  host.addEventListener('keydown', (event) => {
    const at = order.indexOf(activeKey ?? '');
    const target = { ArrowDown: Math.min(at + 1, order.length - 1), ArrowUp: Math.max(at - 1, 0), Home: 0, End: order.length - 1 }[
      event.key
    ];
    if (target !== undefined) activate(order[target], true);
    else if ((event.key === 'Enter' || event.key === ' ') && activeKey !== null) onOpen(activeKey);
    else return;
    event.preventDefault();
  });

  function rowFor(group: Group): Row {
    const known = rows.get(group.key);
    if (known !== undefined) return known;
    const { key } = group;
    const row = createRow(group, () => {
      activate(key, true);
      onOpen(key);
    });
    rows.set(key, row);
    return row;
  }

  return {
    show(groups, openKey) {
      const shown = groups.slice(0, MAX_ROWS);
      const keys = new Set(shown.map(({ key }) => key));
      for (const [key, { element }] of rows) {
        if (keys.has(key)) continue;
        element.remove();
        rows.delete(key);
      }
      shown.forEach((group, i) => {
        const row = rowFor(group);
        row.update(group, group.key === openKey);
        if (host.children[i] !== row.element) moveTo(host, row.element, i);
      });
      order = shown.map(({ key }) => key);
      if (activeKey === null || !keys.has(activeKey)) activate(order[0], false);
      else activate(activeKey, false);
      setText(more, groups.length > MAX_ROWS ? `${groups.length - MAX_ROWS} more groups; filter to find them` : '');
    },
    focus: () => activate(activeKey ?? order[0], true),
    updateAges() {
      for (const { updateAge } of rows.values()) updateAge();
    },
  };
}

/** Moving an element takes its focus away, so it is given back. */
function moveTo(host: HTMLElement, element: HTMLElement, index: number): void {
  const hadFocus = document.activeElement === element;
  host.insertBefore(element, host.children[index] ?? null);
  if (hadFocus) element.focus({ preventScroll: true });
}

function createRow(group: Group, onClick: () => void): Row {
  const count = h('span', { class: 'count' });
  const age = h('time', { class: 'age' });
  const message = h('span', { class: 'row-message' });
  const where = h('span', { class: 'row-where' });
  const { subgraph, code } = group.latest;
  const element = h(
    'li',
    { class: 'row', attrs: { role: 'option', tabindex: '-1' }, on: { click: onClick } },
    h(
      'span',
      { class: 'row-head' },
      h('span', { class: 'subgraph' }, subgraph),
      h('span', { class: 'code-name' }, code === 'none' ? '' : code),
      age,
    ),
    message,
    h('span', { class: 'row-foot' }, where, count),
  );
  let time = 0;
  const updateAge = (): void => setText(age, printAge(Date.now() - time));
  return {
    element,
    updateAge,
    update({ latest, count: times }, isOpen) {
      ({ time } = latest);
      setText(message, latest.message);
      setText(where, [operationOf(latest), latest.path].filter((text) => text !== null).join(' · '));
      setText(count, times === 1 ? '' : `×${times}`);
      element.setAttribute('aria-selected', String(isOpen));
      element.dataset['kind'] = latest.kind;
      updateAge();
    },
  };
}
