/** One failure, from the client's operation to what each audience reads. */
import type { EntryDetail } from '../server/inspector/wire.ts';
import { copyText, showText } from './copy.ts';
import { button, h } from './dom.ts';
import { replySection, sentSection } from './exchange-section.ts';
import { operationOf, printDuration } from './groups.ts';
import { graphqlBlock, jsonBlock } from './highlight.ts';
import { planSection } from './plan-section.ts';
import { audienceSection, policySection } from './policy-section.ts';

export function detailView(entry: EntryDetail, pager: HTMLElement, onBack: () => void): HTMLElement {
  const { operation, plan, audiences } = entry;
  return h(
    'article',
    { class: 'detail', attrs: { 'aria-labelledby': 'detail-title' } },
    topOf(pager, onBack),
    h(
      'header',
      { class: 'detail-head' },
      h(
        'p',
        { class: 'eyebrow' },
        h('span', { class: 'subgraph' }, entry.subgraph),
        h('span', { class: 'code-name' }, entry.code === 'none' ? entry.kind : entry.code),
      ),
      h('h2', { attrs: { id: 'detail-title', tabindex: '-1' } }, entry.message),
      facts(entry),
      actions(entry),
    ),
    h(
      'div',
      { class: 'pair' },
      section(1, 'The client asked', operationBody(operation)),
      section(2, 'The router planned', planSection(plan)),
    ),
    h(
      'div',
      { class: 'pair' },
      section(3, 'The subgraph was sent', sentSection(entry)),
      section(4, 'The subgraph replied', replySection(entry)),
    ),
    section(5, 'The error layer decided', policySection(entry)),
    section(6, audiences.length === 1 ? 'The client reads' : 'Each audience reads', audienceSection(audiences)),
  );
}

/** In the place of a failure that cannot be shown. */
export function missingView(why: string, pager: HTMLElement, onBack: () => void): HTMLElement {
  return h(
    'article',
    { class: 'detail' },
    topOf(pager, onBack),
    h('p', { class: 'placeholder', attrs: { id: 'detail-title', tabindex: '-1' } }, why),
  );
}

function topOf(pager: HTMLElement, onBack: () => void): HTMLElement {
  return h('div', { class: 'detail-top' }, button('← Failures', onBack, { class: 'plain back' }), pager);
}

function section(number: number, title: string, body: HTMLElement): HTMLElement {
  const id = `section-${number}`;
  return h(
    'section',
    { class: 'card', attrs: { 'aria-labelledby': id } },
    h('h3', { attrs: { id } }, h('span', { class: 'number', attrs: { 'aria-hidden': 'true' } }, String(number)), title),
    body,
  );
}

function operationBody({ document, marks, variables }: EntryDetail['operation']): HTMLElement {
  return h('div', {}, graphqlBlock(document, marks), ...(variables === null ? [] : [h('h4', {}, 'Variables'), jsonBlock(variables)]));
}

function facts(entry: EntryDetail): HTMLElement {
  const { durationMs, attempts, errorCount, path } = entry;
  const pairs: readonly (readonly [string, string | null])[] = [
    ['when', new Date(entry.time).toLocaleTimeString()],
    ['operation', `${entry.operationType} ${operationOf(entry)}`],
    ['kind', entry.kind.replaceAll('_', ' ')],
    ['status', entry.status === null ? null : String(entry.status)],
    ['took', durationMs === null ? null : printDuration(durationMs)],
    ['attempts', attempts !== null && attempts > 1 ? String(attempts) : null],
    ['errors', errorCount > 1 ? String(errorCount) : null],
    ['path', path],
    ['request', entry.requestId],
  ];
  const shown = pairs.flatMap(([name, value]) => (value === null ? [] : [h('div', {}, h('dt', {}, name), h('dd', {}, value))]));
  return h('dl', { class: 'facts' }, ...shown);
}

const GOLDEN_HINT = ' Save it as error-policy/replies/NAME.json and run: candor errors test --update';
const EXPLAIN_NOTE = 'Runs the same code on this reply, step by step. Change the configuration and run it again.';

function actions({ copies }: EntryDetail): HTMLElement | null {
  const { curl, golden, explain } = copies;
  if (curl === null && golden === null && explain === null) return null;
  return h(
    'div',
    { class: 'actions', attrs: { role: 'group', 'aria-label': 'Actions' } },
    curl !== null && button('Copy as curl', () => void copyText(curl, 'as curl')),
    golden !== null && button('Copy as golden test', () => void copyText(golden, 'as golden test', GOLDEN_HINT)),
    explain !== null && button('Open in explain', () => showText('Open in explain', explain, EXPLAIN_NOTE, 'the command')),
  );
}
