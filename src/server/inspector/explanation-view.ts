/** What the error layer made of a failure, stage by stage and audience by audience: the explanation of `src/explain`, cut to size. */
import type { RouterConfig } from '../../config/schema.ts';
import type { FetchExchange, IngestedError, PlacedError, SubgraphReply } from '../../errors/model.ts';
import { PUBLIC } from '../../errors/policy/compile.ts';
import { originalOf } from '../../errors/policy/original.ts';
import { printStatus } from '../../errors/status-text.ts';
import type { ExecutionOutcome } from '../../execute/outcome.ts';
import { explainOutcome } from '../../explain/explain.ts';
import type { ExplainedDraft, ExplainedError, ExplainedExchange, Explanation } from '../../explain/model.ts';
import { type ConfigSource, printSource } from '../../explain/setting-sources.ts';
import type { ResponseMediaType } from '../../respond/model.ts';
import type { ResponsePolicy } from '../../respond/policy.ts';
import { printJson } from '../../shared/json.ts';
import type { ResponsePath } from '../../shared/path.ts';
import { clipJson } from './clip.ts';
import type { AudienceView, DraftView, Matched, Stage } from './wire.ts';

/** What an explanation needs of the running router and of the request. */
export interface ExplainFacts {
  readonly config: RouterConfig;
  readonly source: ConfigSource | null;
  readonly policy: ResponsePolicy;
  readonly outcome: ExecutionOutcome;
  readonly operationName: string | null;
  readonly mediaType: ResponseMediaType;
  /** Whom the client belongs to. */
  readonly audience: string;
  /** Ids of the answer that was sent, by original error. */
  readonly errorIds: ReadonlyMap<object, string>;
}

export interface ExplanationView {
  readonly stages: readonly Stage[];
  readonly audiences: readonly AudienceView[];
}

const MAX_DETAILS = 12;
const MAX_DRAFTS = 8;
const MAX_VALUE = 400;
const ID = '<id>';

/** `errors` are those of one entry, and limits on the whole response count them alone. `exchange` is null when nothing was sent. */
export function viewExplanation(exchange: FetchExchange | null, errors: readonly PlacedError[], facts: ExplainFacts): ExplanationView {
  const names = [PUBLIC, ...facts.policy.errors.audiences.map(({ name }) => name)];
  const explained = names.map((name) => explainFor(name, errors, facts));
  const [first] = explained;
  const at = exchange === null ? -1 : facts.outcome.exchanges.indexOf(exchange);
  return {
    stages: [
      transportStage(exchange?.reply ?? null),
      ...classifyStages(first?.exchanges[at], exchange?.classified.errors ?? []),
      locateStage(first?.placed ?? [], first?.notExplained ?? 0, exchange),
    ],
    audiences: explained.map((explanation) => viewAudience(explanation, facts.audience)),
  };
}

function explainFor(audience: string, errors: readonly PlacedError[], facts: ExplainFacts): Explanation {
  const { config, source, policy, outcome, operationName, mediaType, errorIds } = facts;
  const nextErrorId = audience === facts.audience ? givenIds(errors, errorIds) : () => ID;
  // What the data is does not matter here, only whether there is any.
  const light = { ...outcome, errors, unlistedErrors: unlistedWith(errors), data: outcome.data === null ? null : '{}' };
  return explainOutcome({ config, source, policy, outcome: light, audience, operationName, mediaType, nextErrorId });
}

/** How many errors of the same reply were too many to be kept; `errors` are those of one entry. */
export function unlistedWith([first]: readonly PlacedError[]): number {
  return first?.kind === 'graphql' || first?.kind === 'failure' ? first.exchange.classified.unlistedErrors : 0;
}

/** The ids that the client got, in the order in which the policy asks for them. */
function givenIds(errors: readonly PlacedError[], ids: ReadonlyMap<object, string>): () => string {
  const given = [...new Set(errors.map(originalOf))].flatMap((original) => ids.get(original) ?? []);
  let next = 0;
  return () => given[next++] ?? ID;
}

function viewAudience({ audience, response, placed, drafts, notTraced }: Explanation, actual: string): AudienceView {
  return {
    name: audience,
    isActual: audience === actual,
    status: response.status,
    errors: clipJson(response.errors),
    extensions: response.extensions === null ? null : clipJson(response.extensions),
    matched: matchedOf(placed),
    drafts: drafts.slice(0, MAX_DRAFTS).map(viewDraft),
    moreDrafts: Math.max(0, drafts.length - MAX_DRAFTS) + notTraced,
  };
}

function matchedOf(placed: readonly ExplainedError[]): readonly Matched[] {
  const matched = new Map<string, Matched>();
  for (const { rules, catalogue } of placed) {
    for (const { rule, source } of rules) matched.set(rule, { name: rule, kind: 'rule', place: printSource(source) });
    if (catalogue === null) continue;
    const kind = catalogue.declared ? 'catalogue' : 'fallback';
    matched.set(`${kind} ${catalogue.code}`, { name: catalogue.code, kind, place: printSource(catalogue.source) });
  }
  return [...matched.values()].slice(0, MAX_DETAILS);
}

function viewDraft({ subject, index, steps, withheld }: ExplainedDraft): DraftView {
  return {
    subject,
    index,
    steps: steps.map(({ key, source, changes }) => ({
      key,
      place: printSource(source),
      changes: changes.map(({ member, action, value }) => ({ member, action, value: clipValue(printJson(value)) })),
    })),
    withheld: withheld.slice(0, MAX_DETAILS).map(({ member, by, reason, source }) => ({ member, by, reason, place: printSource(source) })),
  };
}

function clipValue(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function transportStage(reply: SubgraphReply | null): Stage {
  if (reply === null) return { name: 'transport', result: 'Nothing was sent: a field that the fetch requires is missing.', details: [] };
  const attempts = reply.attempts > 1 ? [`${reply.attempts} attempts; the last one counts`] : [];
  if (reply.kind === 'failure') {
    const seen = reply.sent ? 'the subgraph may have seen the request' : 'the subgraph has not seen the request';
    return { name: 'transport', result: `No complete HTTP response: ${reply.failure.replaceAll('_', ' ')}.`, details: [seen, ...attempts] };
  }
  return { name: 'transport', result: `HTTP ${printStatus(reply.status)}, ${Buffer.byteLength(reply.body)} bytes.`, details: attempts };
}

function classifyStages(explained: ExplainedExchange | undefined, entries: readonly IngestedError[]): readonly Stage[] {
  if (explained === undefined) return [];
  const { kinds, reasons } = explained;
  const classified: Stage = { name: 'classify', result: `Classified as ${kinds.join(' and ')}.`, details: reasons.slice(0, MAX_DETAILS) };
  const repaired = entries.filter(({ repairs }) => repairs.length > 0);
  if (entries.length === 0) return [classified];
  const result =
    repaired.length === 0 ? 'Every entry is well formed.' : `${repaired.length} of ${entries.length} entries had to be mended.`;
  const details = repaired.slice(0, MAX_DETAILS).map(({ index, repairs }) => `errors[${index}]: ${repairs.join(', ')}`);
  return [classified, { name: 'ingest', result, details }];
}

/** `further`: errors that `placed` does not hold, for there are too many. */
function locateStage(placed: readonly ExplainedError[], further: number, exchange: FetchExchange | null): Stage {
  const details = placed.slice(0, MAX_DETAILS).flatMap(({ kind, index, paths }) => {
    const sent = exchange?.classified.errors.find((entry) => entry.index === index)?.path ?? null;
    const from = kind === 'graphql' ? (sent === null ? 'no path' : sent.join('.')) : ORIGINS[kind];
    return paths.map((path) => `${from} → ${printPath(path)}`);
  });
  const places = placed.reduce((sum, { paths }) => sum + paths.length, 0);
  const total = placed.length + further;
  const count = total === 1 ? 'One error' : `${total} errors`;
  const located = further === 0 ? count : `${count}, the first ${placed.length}`;
  const result = `${located} at ${places === 1 ? 'one place' : `${places} places`} of the response.`;
  const more = places > MAX_DETAILS ? [`and ${places - MAX_DETAILS} more`] : [];
  return { name: 'locate', result, details: [...details.slice(0, MAX_DETAILS), ...more] };
}

const ORIGINS = { failure: 'where the fetch stands', dependency: 'the first field that stays empty', value: 'the value itself' } as const;

export function printPath(path: ResponsePath | null): string {
  return path === null || path.length === 0 ? 'the response as a whole' : path.join('.');
}
