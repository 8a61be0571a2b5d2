/** Faults on request: the header `x-fault` makes a demo subgraph misbehave before GraphQL sees the request. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the header may say; `html`, `empty`, `bad-json` and `not-graphql` take another status than 200 as `html=418`. */
export const FAULT_KINDS = ['refuse', 'reset', 'status', 'html', 'empty', 'bad-json', 'not-graphql', 'slow', 'cut'] as const;

type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** A status code, or milliseconds for `slow`; null when the header gives none. */
  readonly amount: number | null;
}

type ImmediateFault = Fault & { readonly kind: Exclude<FaultKind, 'refuse' | 'slow'> };

const DIRECTIVE = /^(?:[\w-]+:)?(?<kind>[a-z-]+)(?:=(?<amount>\d{1,6}))?$/;

/** What a header asks of a subgraph; a reader who mistyped it is told what can be written. */
export type FaultRequest =
  | { readonly kind: 'none' }
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'unknown'; readonly message: string };

/**
 * The fault that `header` asks of `subgraph`, which is one of `subgraphs`: the first directive that is meant for it or for everyone. One that
 * cannot be read is answered by whom it is meant for, and by everyone when that cannot be told.
 *
 * `products:html, slow=300` makes `products` answer HTML and everybody else slow. `none`, and no directive at all, ask for nothing.
 */
export function parseFault(header: string, subgraph: string, subgraphs: readonly string[]): FaultRequest {
  let fault: Fault | null = null;
  for (const directive of header.split(',').map((part) => part.trim())) {
    if (directive === '' || directive === 'none') continue;
    const addressee = /^([\w-]+):/.exec(directive)?.[1] ?? subgraph;
    if (addressee !== subgraph && subgraphs.includes(addressee)) continue; // also when it is mistyped
    const groups = DIRECTIVE.exec(directive)?.groups;
    const kind = FAULT_KINDS.find((known) => known === groups?.['kind']);
    if (groups === undefined || kind === undefined || addressee !== subgraph)
      return { kind: 'unknown', message: unknownFault(directive, subgraphs) };
    fault ??= { kind, amount: groups['amount'] === undefined ? null : Number(groups['amount']) };
  }
  return fault === null ? { kind: 'none' } : { kind: 'fault', fault };
}

function unknownFault(directive: string, subgraphs: readonly string[]): string {
  const known = `The faults are ${FAULT_KINDS.join(', ')} and none`;
  return `x-fault: cannot read '${directive}'. ${known}; write products:html, status=503 or slow=300. The subgraphs are ${subgraphs.join(', ')}.`;
}

/** Carries out a fault. True: the request has been dealt with. False (`slow`): GraphQL shall answer it now. */
export async function applyFault(fault: Fault, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  // A server that has accepted a connection cannot refuse it any more; hanging up unread comes closest.
  const { kind, amount } = fault;
  if (kind === 'refuse') {
    hangUp(request);
    return true;
  }
  if (kind === 'slow') {
    await delay(amount ?? 1000, undefined, { ref: false });
    return false;
  }
  await drain(request);
  misbehave({ kind, amount }, request, response);
  return true;
}

function misbehave(fault: ImmediateFault, request: IncomingMessage, response: ServerResponse): void {
  switch (fault.kind) {
    case 'reset':
      return hangUp(request);
    case 'status':
      return answer(response, fault.amount ?? 500, 'text/plain', 'something is wrong here');
    case 'html':
      return answer(response, fault.amount ?? 200, 'text/html', '<!doctype html><title>Sign in</title><h1>Please sign in</h1>');
    case 'empty':
      return answer(response, fault.amount ?? 200, 'application/json', '');
    case 'bad-json':
      return answer(response, fault.amount ?? 200, 'application/json', '{"data":{"employees":[');
    case 'not-graphql':
      return answer(response, fault.amount ?? 200, 'application/json', '{"error":"invalid appliance"}');
    case 'cut':
      return cutShort(response);
  }
}

/** Tells the reader of the demo what is wrong with the header, as a GraphQL error. */
export async function refuseFault(message: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await drain(request);
  answer(response, 400, 'application/json', JSON.stringify({ errors: [{ message, extensions: { code: 'UNKNOWN_FAULT' } }] }));
}

async function drain(request: IncomingMessage): Promise<void> {
  for await (const chunk of request) void chunk;
}

/** Ends the connection with a TCP reset. */
function hangUp(request: IncomingMessage): void {
  if (request.socket instanceof Socket) request.socket.resetAndDestroy();
}

function answer(response: ServerResponse, status: number, contentType: string, body: string): void {
  // Node refuses to write a status outside this range, and 1xx is no answer.
  const sendable = status >= 200 && status <= 599 ? status : 500;
  response.writeHead(sendable, { 'content-type': contentType });
  response.end(body);
}

/** Announces more than it sends, then closes. */
function cutShort(response: ServerResponse): void {
  const body = '{"data":{"employees":[{"id":1},';
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length + 1000 });
  response.write(body, () => response.socket?.end());
}
