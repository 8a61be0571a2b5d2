/** Colours for GraphQL and JSON. Tokens become spans with text, never markup. */
import type { Clipped } from '../server/inspector/wire.ts';
import { h } from './dom.ts';
import { graphqlTokens, jsonTokens } from './tokens.ts';

type Range = readonly [start: number, end: number];

export function graphqlBlock(clipped: Clipped, marks: readonly Range[] = []): HTMLElement {
  const pre = h('pre', { class: 'code', attrs: { tabindex: '0' } });
  let open: { readonly element: HTMLElement; readonly end: number } | null = null;
  for (const { text, kind, start } of graphqlTokens(clipped.text)) {
    const end = start + text.length;
    if (open !== null && start >= open.end) open = null;
    const mark: Range | undefined = open === null ? marks.find(([from, to]) => start >= from && end <= to) : undefined;
    if (mark !== undefined) {
      const element = h('mark', { title: 'This field failed' });
      pre.append(element);
      open = { element, end: mark[1] };
    }
    (open?.element ?? pre).append(kind === 'name' || /^\s+$/.test(text) ? text : h('span', { class: `t-${kind}` }, text));
  }
  return withRest(pre, clipped);
}

export function jsonBlock(clipped: Clipped): HTMLElement {
  const pre = h('pre', { class: 'code', attrs: { tabindex: '0' } });
  for (const { text, kind } of jsonTokens(clipped.text)) {
    pre.append(kind === 'punctuation' ? text : h('span', { class: `t-${kind}` }, text));
  }
  return withRest(pre, clipped);
}

export function textBlock(clipped: Clipped): HTMLElement {
  return withRest(h('pre', { class: 'code', attrs: { tabindex: '0' } }, clipped.text), clipped);
}

/** Says when a text was cut. */
function withRest(pre: HTMLElement, { text, length }: Clipped): HTMLElement {
  if (text.length < length) pre.append(h('span', { class: 't-cut' }, `\n… ${length - text.length} more characters`));
  return pre;
}
