/** A captured reply in a file: what `candor errors test` reads and the inspector copies. */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, ownProperty, parseJson, printJson } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { type CapturedFetch, httpReply, TRANSPORT_FAILURES, transportFailure } from './captured-fetch.ts';

const KEYS = ['subgraph', 'status', 'headers', 'body', 'failure', 'path', 'entities', 'operationType', 'alone'];

/**
 * `{ "subgraph": "products", "status": 502, "headers": { … }, "body": "<html>…" }`, or `"failure": "timeout"` in place of status, headers
 * and body. A body that is no string is sent as its JSON text. `path`, `entities` (how many were asked for), `operationType` and `alone` as
 * for `candor errors explain`. The error is a sentence.
 */
export function parseCapturedFetch(text: string): Result<CapturedFetch, string> {
  const parsed = parseJson(text);
  if (!parsed.ok) return err(`is no JSON: ${parsed.error}`);
  const file = parsed.value;
  if (!isJsonObject(file)) return err('is no JSON object');
  const unknown = Object.keys(file).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return err(`has the unknown key ${unknown}; there are ${KEYS.join(', ')}`);
  const { subgraph, operationType = 'query', entities, alone } = file;
  if (typeof subgraph !== 'string') return err('names no subgraph');
  if (operationType !== 'query' && operationType !== 'mutation') return err('has an operationType that is neither query nor mutation');
  const reply = replyOf(file);
  if (!reply.ok) return reply;
  const path = pathOf(file['path']);
  if (path === null) return err('has a path that is no list of keys and indices');
  return ok({
    subgraph,
    operationType,
    reply: reply.value,
    ...(path !== undefined && { path }),
    ...(typeof entities === 'number' && { entities: true, count: entities }),
    ...(typeof alone === 'boolean' && { alone }),
  });
}

function replyOf(file: JsonObject): Result<CapturedFetch['reply'], string> {
  const { failure, status, body = '', headers } = file;
  if (failure !== undefined) {
    const known = TRANSPORT_FAILURES.find((each) => each === failure);
    return known === undefined
      ? err(`has an unknown failure; there are ${TRANSPORT_FAILURES.join(', ')}`)
      : ok(transportFailure(known, typeof status === 'number' ? status : null));
  }
  if (typeof status !== 'number') return err('has neither a status nor a failure');
  const given: [string, string][] = isJsonObject(headers)
    ? Object.keys(headers).flatMap((name): [string, string][] => {
        const value = ownProperty(headers, name);
        return typeof value === 'string' ? [[name, value]] : [];
      })
    : [['content-type', 'application/json']];
  return ok(httpReply(status, Object.fromEntries(given), typeof body === 'string' ? body : printJson(body)));
}

function pathOf(value: JsonValue | undefined): ResponsePath | undefined | null {
  if (value === undefined) return undefined;
  if (!isJsonArray(value)) return null;
  const path = value.filter((segment) => typeof segment === 'string' || typeof segment === 'number');
  return path.length === value.length ? path : null;
}

/** The text of such a file. */
export function printCapturedFetch({ subgraph, reply, path, count, operationType, alone }: CapturedFetch): string {
  const what =
    reply.kind === 'failure'
      ? { failure: reply.failure, status: reply.status }
      : { status: reply.status, headers: { ...reply.headers }, body: reply.body };
  return `${JSON.stringify({ subgraph, ...what, path, entities: count, operationType, alone }, null, 2)}\n`;
}
