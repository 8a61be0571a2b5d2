/** What was sent to the subgraph, and what it replied. */
import type { EntryDetail, HeaderView, ReplyView } from '../server/inspector/wire.ts';
import { h } from './dom.ts';
import { graphqlBlock, jsonBlock, textBlock } from './highlight.ts';

/** What there is to say when an entry has no fetch of its own: it was skipped, or several may have brought the value. */
const NOT_SENT = 'Nothing: a field that this fetch requires is missing.';
const NOT_REPLIED = 'Nothing was asked, so nothing was replied.';
const UNKNOWN_FETCH = 'It is not known which fetch brought this value.';

export function sentSection({ kind, sent }: EntryDetail): HTMLElement {
  if (sent === null) return h('p', { class: 'quiet' }, kind === 'value' ? UNKNOWN_FETCH : NOT_SENT);
  const notes = [
    sent.attempts > 1 ? `${sent.attempts} attempts` : null,
    sent.shared > 0 ? `shared with ${sent.shared} other ${sent.shared === 1 ? 'caller' : 'callers'}` : null,
  ].filter((note) => note !== null);
  return h(
    'div',
    {},
    h('p', { class: 'line' }, h('b', {}, 'POST'), ' ', h('span', { class: 'mono' }, sent.url)),
    notes.length > 0 && h('p', { class: 'quiet' }, notes.join(', ')),
    headers(sent.headers),
    h('h4', {}, 'Document'),
    graphqlBlock(sent.query),
    ...(sent.variables === null ? [] : [h('h4', {}, 'Variables'), jsonBlock(sent.variables)]),
  );
}

const FAILURES: Readonly<Record<string, string>> = {
  unreachable: 'There was no connection, or it was reset before an answer began.',
  timeout: 'The answer did not come in time.',
  interrupted: 'The answer ended before it was complete.',
  too_large: 'The answer was larger than allowed.',
  circuit_open: 'The circuit breaker was open; nothing was sent.',
  rate_limited: 'The rate limiter refused the request; nothing was sent.',
};

export function replySection({ kind, reply }: EntryDetail): HTMLElement {
  if (reply === null) return h('p', { class: 'quiet' }, kind === 'value' ? UNKNOWN_FETCH : NOT_REPLIED);
  if (reply.kind === 'failure') {
    return h(
      'div',
      {},
      h('p', { class: 'line failure-line' }, FAILURES[reply.failure] ?? reply.failure),
      reply.status !== null && h('p', { class: 'quiet' }, `The head of a response had arrived, with status ${reply.status}.`),
      reply.cause !== null && textBlock({ text: reply.cause, length: reply.cause.length }),
      h('p', { class: 'quiet' }, reply.wasSent ? 'The subgraph may have seen the request.' : 'The subgraph has not seen the request.'),
    );
  }
  const isGood = reply.status >= 200 && reply.status <= 299;
  return h(
    'div',
    {},
    h('p', { class: isGood ? 'line' : 'line failure-line' }, h('b', {}, `HTTP ${reply.statusLine}`)),
    headers(reply.headers),
    h('h4', {}, 'Body', h('span', { class: 'quiet' }, ` ${reply.body.length} characters`)),
    bodyOf(reply),
  );
}

function bodyOf({ body, pretty }: ReplyView & { readonly kind: 'response' }): HTMLElement {
  if (body.length === 0) return h('p', { class: 'quiet' }, 'empty');
  return pretty === null ? textBlock(body) : jsonBlock(pretty);
}

function headers(views: readonly HeaderView[]): HTMLElement {
  const rows = views.map(({ name, value, isHidden }) => [h('dt', {}, name), h('dd', isHidden ? { class: 'quiet' } : {}, value)]);
  const count = `${views.length} ${views.length === 1 ? 'header' : 'headers'}`;
  return h('details', { class: 'headers' }, h('summary', {}, count), h('dl', {}, ...rows.flat()));
}
