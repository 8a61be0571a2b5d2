/** The router as tests see it: the real one, in this process, on a free port. The only test file that knows how it is started. */
import type { JsonRecord } from './script.ts';

export interface RouterSetup {
  /** Keys of `router.config.yaml`, as JSON. Listener and graph are set here. */
  readonly config: JsonRecord;
  readonly sdlFiles: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
}

export interface RunningRouter {
  /** The GraphQL endpoint. */
  readonly url: string;
  readonly origin: string;
  /** Log lines so far. */
  readonly logs: readonly JsonRecord[];
  close(): Promise<void>;
}

export async function startRouter({ config, sdlFiles, urls }: RouterSetup): Promise<RunningRouter> {
  throw new Error(`not yet: ${JSON.stringify([config, sdlFiles, urls])}`);
}
