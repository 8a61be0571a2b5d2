/** What the HTTP server needs of the router behind it, and what it says about every request it served. */
import type { GraphqlRequest, ResponseMediaType, RouterResponse } from '../respond/model.ts';
import type { CorsSettings } from './cors.ts';
import type { RequestRefusal } from './graphql-request.ts';
import type { InspectorRoutes } from './inspector-port.ts';
import type { PlaygroundTab } from './playground.ts';

/** The part of the configuration that HTTP obeys; may change with every reload. */
export interface ServerSettings {
  readonly graphqlPath: string;
  /** Null when there is no playground. */
  readonly playgroundPath: string | null;
  /** None: one that suits every graph. */
  readonly playgroundTabs: readonly PlaygroundTab[];
  readonly healthPath: string;
  readonly readinessPath: string;
  readonly livenessPath: string;
  readonly maxBodyBytes: number;
  /** For the whole request, its body included. */
  readonly requestTimeoutMs: number;
  /** 0 for no cap. */
  readonly maxConcurrentRequests: number;
  readonly cors: CorsSettings;
}

/** Everything that a request needs, replaced as a whole: a request keeps the one it met at the door. */
export interface ServerState {
  readonly settings: ServerSettings;
  /** Makes the answer to a request that is not executed. */
  refuse(refusal: RequestRefusal, mediaType: ResponseMediaType): RouterResponse;
  /** Null until there is a graph to ask. */
  readonly service: GraphqlService | null;
  /** Null outside `dev_mode`. */
  readonly inspector: InspectorRoutes | null;
}

export interface GraphqlService {
  /** Never rejects. `deadline` is the `performance.now()` at which the answer must be there. */
  handle(request: GraphqlRequest, deadline: number): Promise<ServedRequest>;
}

export interface ServedRequest {
  readonly response: RouterResponse;
  readonly facts: RequestFacts;
}

/** For log and metrics: the unmasked truth about one request. */
export interface RequestFacts {
  readonly operationName: string | null;
  readonly operationType: string | null;
  /** Subgraphs that were asked. */
  readonly subgraphs: readonly string[];
  /** Codes of the errors as they were before any policy, each once. */
  readonly codes: readonly string[];
  readonly errorCount: number;
  readonly errorIds: readonly string[];
  /** Whether the execution of an identical request that was open at the time made the answer. */
  readonly shared: boolean;
}

export const NO_FACTS: RequestFacts = {
  operationName: null,
  operationType: null,
  subgraphs: [],
  codes: [],
  errorCount: 0,
  errorIds: [],
  shared: false,
};

/** One served GraphQL request. */
export interface RequestRecord {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  /** 499 when the client had gone. */
  readonly status: number;
  readonly durationMs: number;
  readonly clientName: string | null;
  readonly clientVersion: string | null;
  readonly facts: RequestFacts;
}
