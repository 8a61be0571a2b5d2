/** One HTTP exchange with nothing added: exactly the headers given, exactly the body received. */
import { request as send } from 'node:http';

export interface ExchangeRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

export interface ExchangeReply {
  readonly status: number;
  /** Lower-case names; values of repeated headers in order. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

export function exchange({ url, method = 'GET', headers = {}, body, signal }: ExchangeRequest): Promise<ExchangeReply> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request = send(url, { method, headers: { ...headers, ...length }, ...(signal === undefined ? {} : { signal }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const received = response.headersDistinct;
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(Object.entries(received).map(([name, values]) => [name, values ?? []])),
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

export interface Operation {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string;
}

/** A GraphQL operation as a JSON POST, the way most clients send it. */
export function postOperation(
  url: string,
  operation: Operation,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<ExchangeReply> {
  return exchange({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(operation),
    ...(signal === undefined ? {} : { signal }),
  });
}
