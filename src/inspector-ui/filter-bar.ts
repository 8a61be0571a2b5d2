/** The three filters above the list. */
import type { EntrySummary } from '../server/inspector/wire.ts';
import { h } from './dom.ts';
import { choices, type Filter, operationOf } from './groups.ts';

interface FilterBar {
  readonly current: Filter;
  /** Offers what occurs in these entries. */
  offer(entries: readonly EntrySummary[]): void;
}

interface Choice {
  readonly value: string | null;
  offer(values: readonly string[]): void;
}

export function createFilterBar(onChange: () => void): FilterBar {
  const subgraph = createChoice('filter-subgraph', onChange);
  const code = createChoice('filter-code', onChange);
  const operation = createChoice('filter-operation', onChange);
  return {
    get current() {
      return { subgraph: subgraph.value, code: code.value, operation: operation.value };
    },
    offer(entries) {
      subgraph.offer(entries.map((entry) => entry.subgraph));
      code.offer(entries.map((entry) => entry.code));
      operation.offer(entries.map(operationOf));
    },
  };
}

/** The first option, which has no value, stands for any. */
function createChoice(id: string, onChange: () => void): Choice {
  const found = document.getElementById(id);
  if (!(found instanceof HTMLSelectElement)) throw new Error(`the page has no select #${id}`);
  const select = found;
  let offered = '';
  select.addEventListener('change', () => {
    select.classList.toggle('in-use', select.value !== '');
    onChange();
  });
  return {
    get value() {
      return select.value === '' ? null : select.value;
    },
    offer(values) {
      const wanted = choices(select.value === '' ? values : [...values, select.value]);
      const key = JSON.stringify(wanted);
      if (key === offered) return;
      offered = key;
      const { value } = select;
      const [any] = select.options;
      select.replaceChildren(...(any === undefined ? [] : [any]), ...wanted.map((each) => h('option', { attrs: { value: each } }, each)));
      select.value = value;
    },
  };
}
