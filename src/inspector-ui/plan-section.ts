/** The plan as a tree, with the failed fetch marked. */
import type { PlanFetch, PlanView } from '../server/inspector/wire.ts';
import { h } from './dom.ts';
import { printDuration } from './groups.ts';
import { graphqlBlock } from './highlight.ts';

const STATES = { ok: 'answered', failed: 'failed', skipped: 'skipped', not_sent: 'not sent' } as const;

export function planSection(plan: PlanView | null): HTMLElement {
  return plan === null
    ? h('p', { class: 'quiet' }, 'Left out: this failure was too large to keep whole.')
    : h('div', { class: 'plan' }, planNode(plan, spanOf(plan)));
}

function planNode(node: PlanView, totalMs: number): HTMLElement {
  if (node.kind === 'fetch') return fetchNode(node, totalMs);
  const label = { sequence: 'one after another', parallel: 'side by side', condition: `if ${node.label ?? ''}` }[node.kind];
  const nodes = node.nodes.map((child) => h('li', {}, planNode(child, totalMs)));
  return h('div', { class: `plan-group plan-${node.kind}` }, h('p', { class: 'plan-label' }, label), h('ol', {}, ...nodes));
}

function fetchNode(fetch: PlanFetch, totalMs: number): HTMLElement {
  const { subgraph, paths, fields, state, isSubject, status, durationMs } = fetch;
  const where = paths.filter((path) => path !== '').join(', ');
  const facts = [status === null ? null : String(status), durationMs === null ? null : printDuration(durationMs)];
  return h(
    'details',
    { class: 'fetch', attrs: { 'data-state': state, ...(isSubject && { 'data-subject': '' }) } },
    h(
      'summary',
      {},
      h('span', { class: 'fetch-state' }, STATES[state]),
      h('span', { class: 'subgraph' }, subgraph),
      h('span', { class: 'fetch-facts' }, facts.filter((fact) => fact !== null).join(' · ')),
      h('span', { class: 'fetch-fields' }, fields.join(', '), where === '' ? null : h('span', { class: 'quiet' }, ` at ${where}`)),
      durationMs === null ? null : timeBar(fetch, totalMs),
    ),
    graphqlBlock(fetch.operation),
  );
}

/** An SVG, since inline styles are forbidden. */
function timeBar({ startMs, durationMs }: PlanFetch, totalMs: number): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'time-bar');
  svg.setAttribute('viewBox', '0 0 100 4');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  const scale = totalMs > 0 ? 100 / totalMs : 0;
  bar.setAttribute('x', String((startMs ?? 0) * scale));
  bar.setAttribute('width', String(Math.max(1, (durationMs ?? 0) * scale)));
  bar.setAttribute('height', '4');
  svg.append(bar);
  return svg;
}

/** Milliseconds until the last fetch had its reply. */
function spanOf(node: PlanView): number {
  if (node.kind === 'fetch') return (node.startMs ?? 0) + (node.durationMs ?? 0);
  return Math.max(0, ...node.nodes.map(spanOf));
}
