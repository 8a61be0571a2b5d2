/** Texts for the clipboard. Credentials are left out. */
import type { FetchExchange, SiteResult, SubgraphReply } from '../../errors/model.ts';
import { PUBLIC } from '../../errors/policy/compile.ts';
import { printCapturedFetch } from '../../explain/captured-file.ts';
import { printJson } from '../../shared/json.ts';
import { isSecretHeader, redactRequestBody } from '../trace/redaction.ts';
import type { Copies, SentView } from './wire.ts';

export interface CopyFacts {
  readonly exchange: FetchExchange;
  /** The first site that failed; null for none. */
  readonly place: SiteResult | null;
  /** Whether it was the operation's only fetch. */
  readonly isAlone: boolean;
  readonly sent: SentView;
  readonly audience: string;
  readonly operationName: string | null;
  /** As the user named it. */
  readonly configFile: string;
}

const MAX_BODY = 65_536;
/** Says nothing about the failure. */
const BORING: ReadonlySet<string> = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length']);

export function makeCopies(facts: CopyFacts): Copies {
  return { curl: curlOf(facts), golden: goldenOf(facts), explain: explainOf(facts) };
}

/** Safe inside a POSIX shell whatever it holds. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function curlOf({ exchange, sent }: CopyFacts): string {
  const hidden = sent.headers.filter(({ isHidden }) => isHidden).map(({ name }) => name);
  const shown = sent.headers.filter(({ isHidden, name }) => !isHidden && name !== 'accept-encoding');
  const lines = [
    `curl -sS -i ${quote(sent.url)}`,
    ...shown.map(({ name, value }) => `-H ${quote(`${name}: ${value}`)}`),
    `--data-raw ${quote(printJson(redactRequestBody(exchange.requestBody)))}`,
  ];
  const comment = hidden.length === 0 ? '' : `# left out: ${hidden.join(', ')}\n`;
  return `${comment}${lines.join(' \\\n  ')}\n`;
}

/** Headers of the reply that tell something and are no secrets. */
function replyHeaders({ reply }: FetchExchange): readonly (readonly [name: string, value: string])[] {
  if (reply.kind === 'failure') return [];
  return Object.entries(reply.headers).flatMap(([name, value]) =>
    BORING.has(name) || isSecretHeader(name) ? [] : [[name, [value].flat().join(', ')] as const],
  );
}

/** The first place of the fetch, as `--path` and captured replies name it: `["employees",0]`. */
function pathOf({ site }: SiteResult): readonly (string | number)[] {
  if (site.kind !== 'root') return site.path.map((segment) => (segment === '@' ? 0 : segment));
  const [key, second] = site.rootKeys;
  const responseKey = key === undefined || second !== undefined ? undefined : site.shape.field(key)?.responseKey;
  return responseKey === undefined ? [] : [responseKey];
}

function explainOf({ exchange, place, audience, operationName, configFile }: CopyFacts): string {
  const { reply, subgraph, operationType } = exchange;
  const path = place === null ? [] : pathOf(place);
  const options = [
    `--config ${quote(configFile)}`,
    `--subgraph ${quote(subgraph)}`,
    ...(operationType === 'mutation' ? ['--operation-type mutation'] : []),
    ...(operationName === null ? [] : [`--operation-name ${quote(operationName)}`]),
    ...(path.length > 0 ? [`--path ${quote(JSON.stringify(path))}`] : []),
    ...(place === null || place.site.kind === 'root' ? [] : [`--entities ${place.places.count}`]),
    ...(audience === PUBLIC ? [] : [`--audience ${quote(audience)}`]),
  ];
  if (reply.kind === 'failure') return command([...options, `--failure ${reply.failure}`]);
  const headers = replyHeaders(exchange).map(([name, value]) => `--header ${quote(`${name}: ${value}`)}`);
  const body = reply.body.slice(0, MAX_BODY);
  return `printf %s ${quote(body)} | ${command([...options, `--status ${reply.status}`, ...headers, '--body -'])}`;
}

function command(options: readonly string[]): string {
  return `candor errors explain \\\n  ${options.join(' \\\n  ')}\n`;
}

/** A captured reply, for the folder of golden tests. */
function goldenOf({ exchange, place, isAlone }: CopyFacts): string {
  const { reply, subgraph, operationType } = exchange;
  const path = place === null ? [] : pathOf(place);
  const shown: SubgraphReply =
    reply.kind === 'failure'
      ? reply
      : {
          kind: 'response',
          status: reply.status,
          headers: Object.fromEntries(replyHeaders(exchange)),
          body: reply.body.slice(0, MAX_BODY),
          attempts: reply.attempts,
          durationMs: reply.durationMs,
        };
  return printCapturedFetch({
    subgraph,
    reply: shown,
    operationType,
    alone: isAlone,
    ...(path.length > 0 && { path }),
    ...(place !== null && place.site.kind !== 'root' && { entities: true, count: place.places.count }),
  });
}
