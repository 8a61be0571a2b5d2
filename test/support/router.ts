/** The router as tests see it: the real one, in this process, on a free port. The only test file that knows how it is started. */
import { createRouter } from '../../src/index.ts';
import { isRecord, type JsonRecord } from './script.ts';

export interface RouterSetup {
  /** Keys of `router.config.yaml`, as JSON. Listeners and graph are set here. */
  readonly config: JsonRecord;
  readonly sdlFiles: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
}

export interface RunningRouter {
  /** The GraphQL endpoint. */
  readonly url: string;
  readonly origin: string;
  /** Null unless the configuration asks for metrics. */
  readonly metricsUrl: string | null;
  /** Log lines so far, oldest first. */
  readonly logs: readonly JsonRecord[];
  /** Puts a generation of the same configuration in place of the present one. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Why a router did not start: lines for people. */
export class StartFailure extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Starts a router. Rejects with `StartFailure` when configuration or graph are refused. */
export async function startRouter(setup: RouterSetup): Promise<RunningRouter> {
  const logs: JsonRecord[] = [];
  const logSink = { write: (line: string) => void logs.push(readLine(line)) };
  const started = await createRouter({ config: completed(setup), logSink });
  if (!started.ok) throw new StartFailure(started.error);
  const router = started.value;
  return {
    url: `${router.url}/graphql`,
    origin: router.url,
    metricsUrl: router.metricsUrl,
    logs,
    reload: async () => {
      const problems = await router.reload();
      if (problems.length > 0) throw new StartFailure(problems);
    },
    close: () => router.shutdown(),
  };
}

function completed({ config, sdlFiles, urls }: RouterSetup): JsonRecord {
  return {
    telemetry: { metrics: { prometheus: { enabled: false } } },
    shutdown_delay: '1ms',
    grace_period: '1ms',
    ...config,
    listen_addr: '127.0.0.1:0',
    subgraphs: Object.entries(sdlFiles).map(([name, file]) => ({ name, routing_url: urls[name], schema: { file } })),
  };
}

/** In `dev_mode` the lines are for people. */
function readLine(line: string): JsonRecord {
  if (!line.startsWith('{')) return { msg: line };
  const parsed: unknown = JSON.parse(line);
  return isRecord(parsed) ? parsed : {};
}
