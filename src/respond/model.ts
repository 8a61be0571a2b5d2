/** What the server hands in and gets back: all that HTTP needs, nothing of GraphQL's inside. */
import type { Cancellation } from '../shared/cancellation.ts';

export type ResponseMediaType = 'application/json' | 'application/graphql-response+json';

/** A GraphQL request whose transport has been dealt with; members have the right types, the query is not parsed yet. */
export interface GraphqlRequest {
  readonly method: 'GET' | 'POST';
  readonly query: string | null;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
  readonly extensions: Readonly<Record<string, unknown>> | null;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly mediaType: ResponseMediaType;
  readonly requestId: string;
  /** The socket's peer. */
  readonly remoteAddress: string;
  /** Of the URL, without the question mark, whatever the method. */
  readonly queryString: string;
  /** Aborted when the client goes away. */
  readonly signal: Cancellation;
}

/** Ready to write. */
export interface RouterResponse {
  readonly status: number;
  /** Lower-case names; a name may occur several times. `content-type` included, `content-length` not. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Never rejects. */
export type GraphqlHandler = (request: GraphqlRequest) => Promise<RouterResponse>;
