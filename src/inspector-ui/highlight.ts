/** Colours for GraphQL and JSON. Tokens become spans with text, never markup. */
import type { Clipped } from '../server/inspector/wire.ts';
import { h } from './dom.ts';

interface Token {
  readonly text: string;
  readonly kind: string;
  readonly start: number;
}

type Range = readonly [start: number, end: number];

const GRAPHQL =
  /(#[^\n]*)|("""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*")|(\$\w+)|(@\w+)|(\b(?:query|mutation|subscription|fragment|on)\b)|(\.\.\.)|(-?\b\d[\w.]*)|(\w+)|([\s\S])/g;
const GRAPHQL_KINDS = ['comment', 'string', 'variable', 'directive', 'keyword', 'punctuation', 'number', 'name', 'punctuation'];
const JSON_TEXT = /("(?:[^"\\]|\\.)*")(?=\s*:)|("(?:[^"\\]|\\.)*")|(-?\b\d[\w.+-]*)|(\b(?:true|false|null)\b)|([^"\w-]+|[\s\S])/g;
const JSON_KINDS = ['key', 'string', 'number', 'keyword', 'punctuation'];

function* tokens(text: string, pattern: RegExp, kinds: readonly string[]): Iterable<Token> {
  for (const match of text.matchAll(pattern)) {
    const at = match.findIndex((group, i) => i > 0 && group !== undefined);
    yield { text: match[0], kind: kinds[at - 1] ?? 'punctuation', start: match.index };
  }
}

export function graphqlBlock(clipped: Clipped, marks: readonly Range[] = []): HTMLElement {
  const pre = h('pre', { class: 'code', attrs: { tabindex: '0' } });
  const isMarked = (start: number, end: number): boolean => marks.some(([from, to]) => start >= from && end <= to);
  let open: { readonly element: HTMLElement; readonly end: number } | null = null;
  for (const { text, kind, start } of tokens(clipped.text, GRAPHQL, GRAPHQL_KINDS)) {
    const end = start + text.length;
    if (open !== null && start >= open.end) open = null;
    if (open === null && isMarked(start, end)) {
      const element = h('mark', { title: 'This field failed' });
      pre.append(element);
      open = { element, end: marks.find(([from, to]) => start >= from && end <= to)?.[1] ?? end };
    }
    (open?.element ?? pre).append(kind === 'name' || /^\s+$/.test(text) ? text : h('span', { class: `t-${kind}` }, text));
  }
  return withRest(pre, clipped);
}

export function jsonBlock(clipped: Clipped): HTMLElement {
  const pre = h('pre', { class: 'code', attrs: { tabindex: '0' } });
  for (const { text, kind } of tokens(clipped.text, JSON_TEXT, JSON_KINDS)) {
    pre.append(kind === 'punctuation' ? text : h('span', { class: `t-${kind}` }, text));
  }
  return withRest(pre, clipped);
}

export function textBlock(clipped: Clipped): HTMLElement {
  return withRest(h('pre', { class: 'code', attrs: { tabindex: '0' } }, clipped.text), clipped);
}

/** Says when a text was cut. Pretty texts are longer than what they stand for. */
function withRest(pre: HTMLElement, { text, length }: Clipped): HTMLElement {
  if (text.length < length) pre.append(h('span', { class: 't-cut' }, `\n… ${length - text.length} more characters`));
  return pre;
}
