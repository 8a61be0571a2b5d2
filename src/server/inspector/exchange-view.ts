/** What was sent to a subgraph and what came back, without credentials. */
import { inspect } from 'node:util';
import type { FetchExchange, SubgraphReply } from '../../errors/model.ts';
import { printStatus } from '../../errors/status-text.ts';
import { isJsonObject, ownProperty, parseJson } from '../../shared/json.ts';
import { HIDDEN, redactHeader, redactPrinted, redactText, redactValue } from '../trace/redaction.ts';
import { clipJson, clipPretty, clipText } from './clip.ts';
import type { Clipped, HeaderView, ReplyView, SentView } from './wire.ts';

/** Where a subgraph is and which headers requests to it carry: names and values in turn. */
export interface Destination {
  readonly url: string;
  readonly headers: readonly string[];
}

const MAX_HEADERS = 60;
const MAX_HEADER_LENGTH = 1_024;

export function viewSent(exchange: FetchExchange, destination: Destination, secretHeaders: readonly string[], shared: number): SentView {
  const parsed = parseJson(exchange.requestBody);
  const body = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {};
  const query = ownProperty(body, 'query');
  const variables = ownProperty(body, 'variables');
  const headers: HeaderView[] = [];
  for (let i = 0; i + 1 < destination.headers.length; i += 2)
    headers.push(viewHeader(destination.headers[i] ?? '', destination.headers[i + 1] ?? '', secretHeaders));
  return {
    url: destination.url,
    headers: headers.slice(0, MAX_HEADERS),
    query: clipText(typeof query === 'string' ? redactPrinted(query) : HIDDEN),
    variables: variables === undefined ? null : clipJson(redactValue(variables)),
    attempts: exchange.reply.attempts,
    shared,
  };
}

export function viewReply(reply: SubgraphReply): ReplyView {
  if (reply.kind === 'failure') {
    const { failure, status, sent, cause } = reply;
    return { kind: 'failure', failure, status, wasSent: sent, cause: causeOf(cause) };
  }
  const headers = Object.entries(reply.headers).map(([name, value]) => viewHeader(name, value, []));
  return {
    kind: 'response',
    status: reply.status,
    statusLine: printStatus(reply.status),
    headers: headers.slice(0, MAX_HEADERS),
    body: clipText(reply.body),
    pretty: prettyBody(reply.body),
  };
}

/** Null where the body is no JSON: then it is shown as it came. */
function prettyBody(body: string): Clipped | null {
  return parseJson(body).ok ? clipPretty(body) : null;
}

function viewHeader(name: string, value: string | readonly string[], secretHeaders: readonly string[]): HeaderView {
  const shown = redactHeader(name, value, secretHeaders);
  return { name, value: [shown].flat().join(', ').slice(0, MAX_HEADER_LENGTH), isHidden: shown === HIDDEN };
}

function causeOf(cause: unknown): string | null {
  if (cause === null || cause === undefined) return null;
  return redactText((cause instanceof Error ? cause.message : inspect(cause, { depth: 1 })).slice(0, MAX_HEADER_LENGTH));
}
