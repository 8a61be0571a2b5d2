/** The error layer at work: the steps that everybody shares, then the options that decided for one audience. */
import type { AudienceView, DraftView, EntryDetail, RuleStep, Stage } from '../server/inspector/wire.ts';
import { button, h } from './dom.ts';
import { jsonBlock } from './highlight.ts';

const STAGES: Readonly<Record<Stage['name'], string>> = {
  transport: 'Received',
  classify: 'Classified',
  ingest: 'Checked',
  locate: 'Placed',
};

const SUBJECTS: Readonly<Record<string, string>> = {
  nested: 'error inside the wrapper',
  entry: 'error of the subgraph',
  wrapper: 'wrapper of the fetch',
  failure: 'failed fetch',
  dependency: 'skipped fetch',
  value: 'value',
};

/** `current` is whose rules are shown. */
export function policySection({ stages, audiences }: EntryDetail): HTMLElement {
  const current = audiences.find(({ isActual }) => isActual) ?? audiences[0];
  const rules = h('div', { class: 'rules', attrs: { role: 'tabpanel', 'aria-label': 'Options that acted' } });
  const tabs = audiences.map((audience) => {
    const label = audience.isActual ? `${audience.name} (this client)` : audience.name;
    return button(label, () => choose(audience), { class: 'tab', attrs: { role: 'tab' } });
  });
  const choose = (audience: AudienceView): void => {
    rules.replaceChildren(...rulesOf(audience));
    tabs.forEach((each, i) => {
      each.setAttribute('aria-selected', String(audiences[i] === audience));
      each.tabIndex = audiences[i] === audience ? 0 : -1;
    });
  };
  if (current !== undefined) choose(current);
  return h('div', {}, h('ol', { class: 'timeline' }, ...stages.map(stageItem)), audiences.length > 1 && tabList(tabs), rules);
}

function stageItem({ name, result, details }: Stage): HTMLElement {
  return h(
    'li',
    {},
    h('span', { class: 'stage-name' }, STAGES[name]),
    h('div', {}, h('p', {}, result), ...details.map((detail) => h('p', { class: 'quiet' }, detail))),
  );
}

function tabList(tabs: readonly HTMLButtonElement[]): HTMLElement {
  const list = h('div', { class: 'tabs', attrs: { role: 'tablist', 'aria-label': 'Audience' } }, ...tabs);
  list.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.findIndex((each) => each === document.activeElement);
    if (step === undefined || at < 0) return;
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next?.click();
    next?.focus();
    event.preventDefault();
    event.stopPropagation();
  });
  return list;
}

function rulesOf({ matched, drafts, moreDrafts }: AudienceView): readonly HTMLElement[] {
  const facts = matched.map(({ name, kind, place }) =>
    h(
      'p',
      { class: 'matched' },
      kind === 'rule' ? 'Rule ' : `Catalogue ${kind === 'fallback' ? 'fallback ' : ''}`,
      h('b', {}, name),
      ' matched ',
      placeOf(place),
    ),
  );
  const more = moreDrafts > 0 ? [h('p', { class: 'quiet' }, `and ${moreDrafts} more errors, treated one by one`)] : [];
  return [...facts, ...drafts.map(draftOf), ...more];
}

function draftOf({ subject, index, steps, withheld }: DraftView): HTMLElement {
  const title = `${index === null ? '' : `errors[${index}], `}${SUBJECTS[subject] ?? subject}`;
  return h(
    'div',
    { class: 'draft' },
    h('h4', {}, title),
    h('ol', { class: 'steps' }, ...steps.map(stepItem)),
    withheld.length > 0 &&
      h(
        'ul',
        { class: 'withheld' },
        ...withheld.map(({ member, by, reason, place }) =>
          h('li', {}, h('del', {}, member), h('span', { class: 'quiet' }, ` ${reason}; ${by} `), placeOf(place)),
        ),
      ),
  );
}

function stepItem({ key, place, changes }: RuleStep): HTMLElement {
  return h(
    'li',
    {},
    h('span', { class: 'step-key' }, key, ' ', placeOf(place)),
    h(
      'span',
      { class: 'step-changes' },
      ...changes.map(({ member, action, value }) =>
        h('span', { class: `change change-${action}` }, h('b', {}, member), action === 'removed' ? ' removed' : h('code', {}, value)),
      ),
    ),
  );
}

function placeOf(place: string): HTMLElement {
  return h('span', { class: place === 'default' ? 'place place-default' : 'place' }, place);
}

/** What each audience reads, side by side. */
export function audienceSection(audiences: readonly AudienceView[]): HTMLElement {
  return h('div', { class: 'audiences' }, ...audiences.map(audienceCard));
}

function audienceCard({ name, isActual, status, errors, extensions }: AudienceView): HTMLElement {
  return h(
    'article',
    { class: isActual ? 'audience audience-actual' : 'audience', attrs: { 'aria-label': `Audience ${name}` } },
    h(
      'header',
      {},
      h('h4', {}, name),
      isActual && h('span', { class: 'badge' }, 'this client'),
      h('span', { class: 'quiet' }, `HTTP ${status}`),
    ),
    jsonBlock(errors),
    ...(extensions === null ? [] : [h('h4', {}, 'extensions'), jsonBlock(extensions)]),
  );
}
