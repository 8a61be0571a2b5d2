import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { readingProblem } from '../../config/load.ts';
import type { SubgraphReply, TransportFailure } from '../../errors/model.ts';
import { httpReply, transportFailure } from '../../explain/captured-fetch.ts';
import { explain } from '../../explain/explain.ts';
import type { ResponsePath } from '../../shared/path.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK, printProblems } from '../output.ts';
import { audiencesOf, loadPolicy, type UsablePolicy, unknownName } from './policy-source.ts';
import { printAsJson, printExplanation } from './print-explanation.ts';

export interface ExplainOptions {
  readonly config?: readonly string[];
  readonly subgraph: string;
  readonly status?: number;
  readonly header?: readonly string[];
  readonly body?: string;
  readonly failure?: TransportFailure['failure'];
  readonly path?: ResponsePath;
  readonly entities?: number;
  readonly operationType: 'query' | 'mutation';
  readonly operationName?: string;
  readonly audience: string;
  readonly json?: boolean;
}

/** `candor errors explain`: the real pipeline on a captured reply, stage by stage. */
export async function explainReply(options: ExplainOptions, output: CliOutput): Promise<number> {
  const policy = await loadPolicy(options.config ?? []);
  const reply = await readReply(options);
  const problems = [...(policy.ok ? nameProblems(options, policy.value) : policy.error), ...(reply.ok ? [] : [reply.error])];
  if (!policy.ok || !reply.ok || problems.length > 0) {
    printProblems(output, problems);
    return EXIT_FAILED;
  }
  const { loaded, supergraph, urls } = policy.value;
  const { subgraph, path, entities, operationType, operationName, audience } = options;
  const explanation = explain({
    config: loaded.config,
    source: loaded,
    fetch: {
      subgraph,
      reply: reply.value,
      operationType,
      ...(path !== undefined && { path }),
      ...(entities !== undefined && { count: entities, entities: true }),
    },
    audience,
    operationName: operationName ?? null,
    schema: supergraph.publicSchema,
    urls,
  });
  output.out(options.json === true ? printAsJson(explanation) : printExplanation(explanation));
  return EXIT_OK;
}

function nameProblems({ subgraph, audience }: ExplainOptions, { loaded, supergraph }: UsablePolicy): readonly string[] {
  return [unknownName('subgraph', subgraph, supergraph.subgraphs.keys()), unknownName('audience', audience, audiencesOf(loaded))].flatMap(
    (problem) => problem ?? [],
  );
}

async function readReply({ failure, body, status, header }: ExplainOptions): Promise<Result<SubgraphReply, string>> {
  if (failure !== undefined) return ok(transportFailure(failure, status ?? null));
  if (body === undefined)
    return err('name the reply with --body FILE (- for standard input), or say why there is none with --failure KIND');
  const headers = new Map<string, string[]>();
  for (const line of header ?? []) {
    const colon = line.indexOf(':');
    if (colon < 1) return err(`--header ${line}: write name and value as 'name: value'`);
    const name = line.slice(0, colon).trim().toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  if (!headers.has('content-type')) headers.set('content-type', ['application/json']);
  const content = await readBody(body);
  return content.ok ? ok(httpReply(status ?? 200, Object.fromEntries([...headers].map(joinSingle)), content.value)) : content;
}

/** A header that came once is a text. */
function joinSingle([name, values]: [string, readonly string[]]): [string, string | readonly string[]] {
  const [only, second] = values;
  return [name, only !== undefined && second === undefined ? only : values];
}

async function readBody(file: string): Promise<Result<string, string>> {
  try {
    return ok(file === '-' ? await text(process.stdin) : await readFile(file, 'utf8'));
  } catch (error) {
    return err(`${file}: ${readingProblem(error)}`);
  }
}
