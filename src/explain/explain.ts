/**
 * Shows what the router makes of a captured reply, and why: the same code as in a running router, told step by step
 * (error-layer.md section 11). Pure.
 */
import type { GraphQLSchema } from 'graphql';
import type { RouterConfig } from '../config/schema.ts';
import { pathsOf } from '../errors/explanations.ts';
import type { FetchExchange, FetchFailure, PlacedError } from '../errors/model.ts';
import type { PolicyFacts } from '../errors/policy/apply.ts';
import { PUBLIC } from '../errors/policy/compile.ts';
import { ALWAYS_RESERVED } from '../errors/rules/reserved.ts';
import { printStatus } from '../errors/status-text.ts';
import type { ExecutionOutcome } from '../execute/outcome.ts';
import type { ResponseMediaType } from '../respond/model.ts';
import { compileResponsePolicy, type ResponsePolicy } from '../respond/policy.ts';
import { respond } from '../respond/respond.ts';
import { isJsonArray, isJsonObject, type JsonValue, ownProperty, parseJson, printJson } from '../shared/json.ts';
import { type CapturedFetch, outcomeOf } from './captured-fetch.ts';
import type { Change, ExplainedDraft, ExplainedError, ExplainedExchange, Explanation } from './model.ts';
import { createRecord, extensionsOf, type PolicyRecord, type RecordedDraft, type RecordedError } from './record.ts';
import {
  type ConfigSource,
  type EffectiveSetting,
  effectiveSettings,
  type SettingScope,
  type Source,
  sourceOfCode,
  sourceOfRule,
} from './setting-sources.ts';

export interface ExplainInput {
  readonly config: RouterConfig;
  /** Where keys stand; null: every value looks like a default. */
  readonly source: ConfigSource | null;
  readonly fetch: CapturedFetch;
  /** `public` when left out. */
  readonly audience?: string;
  readonly operationName?: string | null;
  readonly mediaType?: ResponseMediaType;
  /** Makes paths and coordinates exact; without it they come from the reply. */
  readonly schema?: GraphQLSchema | null;
  /** By subgraph, for `attach_request`. */
  readonly urls?: ReadonlyMap<string, string>;
}

/** Explains a reply to a fetch that is made up: root or entity, at the path given. */
export function explain(input: ExplainInput): Explanation {
  const { config, fetch } = input;
  const outcome = outcomeOf(fetch, config.compatibility, input.schema ?? null);
  return explainOutcome({ ...input, outcome, policy: compileResponsePolicy(config, input.urls) });
}

export interface ExplainOutcomeInput extends Pick<ExplainInput, 'config' | 'source' | 'audience' | 'operationName' | 'mediaType'> {
  /** What a real operation came to; it can be explained for any audience. */
  readonly outcome: ExecutionOutcome;
  readonly policy: ResponsePolicy;
  /** `<id>` each time when left out. */
  readonly nextErrorId?: PolicyFacts['nextErrorId'];
}

/** Explains what a running router captured. */
export function explainOutcome(input: ExplainOutcomeInput): Explanation {
  const { config, source, outcome, policy, audience = PUBLIC } = input;
  const record = createRecord(MAX_EXPLAINED);
  const response = respond(outcome, policy, {
    audience,
    operationName: input.operationName ?? null,
    nextErrorId: input.nextErrorId ?? (() => '<id>'),
    mediaType: input.mediaType ?? 'application/json',
    extensions: null,
    observer: record,
  });
  const body = parseJson(response.body);
  const answer = body.ok && isJsonObject(body.value) ? body.value : {};
  const errors = ownProperty(answer, 'errors') ?? [];
  const scopeOf = (subgraph: string | null): SettingScope => ({ config, source, audience, subgraph });
  return {
    audience,
    profile: policy.errors.profile,
    exchanges: outcome.exchanges.map(explainExchange),
    placed: record.errors.map((each) => explainError(each, scopeOf(subgraphOf(each.error)), policy)),
    drafts: explainDrafts(record, scopeOf, policy),
    notExplained: record.omittedErrors + outcome.unlistedErrors,
    notTraced: record.omittedDrafts,
    notShown: hiddenCount(errors),
    response: { status: response.status, headers: response.headers, errors, extensions: ownProperty(answer, 'extensions') ?? null },
  };
}

/** Errors that are explained one by one: beyond this nobody reads on. */
const MAX_EXPLAINED = 1_000;

function subgraphOf(error: PlacedError): string | null {
  return error.kind === 'value' ? error.subgraph : error.site.subgraph;
}

/** As the last error says when something was cut. */
function hiddenCount(errors: JsonValue): number {
  const last = isJsonArray(errors) ? errors.at(-1) : undefined;
  const extensions = isJsonObject(last) ? last['extensions'] : undefined;
  if (!isJsonObject(extensions) || extensions['code'] !== 'ERRORS_TRUNCATED') return 0;
  return Number(extensions['total']) - Number(extensions['shown']);
}

function explainExchange({ subgraph, reply, classified }: FetchExchange): ExplainedExchange {
  const { status, errors, unlistedErrors, failure, listFailures } = classified;
  const failures = [...(failure === null ? [] : [failure]), ...listFailures.values()];
  const kinds = [...(errors.length > 0 ? ['graphql'] : []), ...failures.map(({ kind }) => kind)];
  const reasons = [
    ...(errors.length > 0
      ? [`the body is a GraphQL response with ${count(errors.length + unlistedErrors, 'error')}, whatever the status is`]
      : []),
    ...failures.map((each) => reasonOf(each, status)),
    ...(classified.data !== null || classified.entities.size > 0 ? ['the data is used'] : []),
  ];
  return {
    subgraph,
    status: reply.kind === 'response' ? reply.status : reply.status,
    kinds: kinds.length > 0 ? kinds : ['data'],
    reasons,
    entries: errors.slice(0, MAX_EXPLAINED).map(({ index, message, path, repairs }) => ({ index, message, path, repairs })),
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

const REASONS: Readonly<Record<FetchFailure['kind'], string>> = {
  unreachable: 'no connection: refused, unknown host, failed TLS handshake, or reset before an answer began',
  timeout: 'no complete answer before the deadline of the attempt',
  interrupted: 'the answer was cut short, or its content encoding could not be decoded',
  too_large: 'the body is larger than `max_response_body_size`',
  circuit_open: 'the circuit breaker is open, nothing was sent',
  rate_limited: "the router's own limiter refused the fetch, nothing was sent",
  cancelled: 'the client went away: no error, not counted as a failure',
  empty: 'the body has no bytes',
  invalid_json: 'the status is 2xx, but the body is not JSON',
  not_graphql: 'the body is JSON, but it has neither data nor errors of the right type',
  http_status: 'the status is not 2xx, and the body is no usable GraphQL response',
  entity_count: 'the number of entities differs from what was asked for',
  malformed_errors: '`errors` is no list, beside data that is used',
  merge_conflict: 'the value contradicts what another subgraph sent; the first one is kept',
};

function reasonOf(failure: FetchFailure, status: number | null): string {
  if (failure.kind === 'http_status' && status !== null) return `${REASONS.http_status} (${printStatus(status)})`;
  if (failure.kind === 'entity_count') return `${REASONS.entity_count}: expected ${failure.expected}, received ${failure.received}`;
  return REASONS[failure.kind];
}

function explainError({ error, treatment, match }: RecordedError, scope: SettingScope, policy: ResponsePolicy): ExplainedError {
  return {
    kind: error.kind,
    subgraph: scope.subgraph,
    index: error.kind === 'graphql' ? error.entry.index : null,
    paths: pathsOf(error),
    rules: treatment.matched.map((rule) => ({ rule, source: sourceOfRule(scope, rule) })),
    catalogue:
      match === null ? null : { code: match.code, declared: match.declared, source: sourceOfCode(scope, match.code, match.declared) },
    settings: effectiveSettings(scope, policy.errors, treatment),
  };
}

function explainDrafts(
  record: PolicyRecord,
  scopeOf: (subgraph: string | null) => SettingScope,
  policy: ResponsePolicy,
): readonly ExplainedDraft[] {
  return record.drafts.map((draft) => {
    const scope = scopeOf(draft.subgraph);
    const judged = record.errors.find(({ error }) => isAbout(draft, error)) ?? null;
    const settings = effectiveSettings(scope, policy.errors, judged?.treatment ?? policy.errors.of(scope.audience, scope.subgraph).base);
    const sourceOfKey = createSourceFinder(scope, judged, settings);
    const steps = draft.steps.flatMap(({ key, changes }) => changes.map((change) => ({ key: speakerOf(key, change, judged), change })));
    const isHidden = settings.find(({ key }) => key === 'enabled')?.value === false;
    return {
      subject: draft.subject,
      index: draft.index,
      path: draft.path,
      steps: steps.map(({ key, change }) => ({ key, source: sourceOfKey(key), changes: [change] })),
      withheld: withheldFrom(draft, steps, isHidden).map((each) => ({ ...each, source: sourceOfKey(each.by) })),
    };
  });
}

function isAbout(draft: RecordedDraft, error: PlacedError): boolean {
  if (draft.index !== null) return error.kind === 'graphql' && error.entry.index === draft.index && error.site.subgraph === draft.subgraph;
  return subgraphOf(error) === draft.subgraph;
}

/** The key that a change is owed to: codes and texts may be those of a rule or of the operator's catalogue. */
function speakerOf(key: string, { member, action, value }: Change, judged: RecordedError | null): string {
  if (action === 'removed') return key;
  if (judged?.match !== undefined && judged.match !== null) {
    if (member === 'message' && judged.match.message === value) return 'catalogue';
    if (member === 'extensions.code' && judged.match.code === value) return 'catalogue';
  }
  return member === 'extensions.code' && judged?.treatment.code === value ? 'set' : key;
}

function createSourceFinder(
  scope: SettingScope,
  judged: RecordedError | null,
  settings: readonly EffectiveSetting[],
): (key: string) => Source {
  return (key) => {
    const match = judged?.match ?? null;
    if (key === 'catalogue' && match !== null) return sourceOfCode(scope, match.code, match.declared);
    const rule = judged?.treatment.matched.at(-1);
    if (key === 'set' && rule !== undefined) return sourceOfRule(scope, rule);
    const own = settings.find((each) => each.key === key);
    const below = settings.find((each) => each.key.startsWith(`${key}.`) && each.sources[0]?.kind !== 'default');
    return (own ?? below)?.sources[0] ?? { kind: 'default' };
  };
}

interface Withheld {
  readonly member: string;
  readonly by: string;
  readonly reason: string;
}

type Steps = readonly { readonly key: string; readonly change: Change }[];

/** What of the subgraph's entry is not in the finished error, and which option keeps it back. */
function withheldFrom({ subject, sent, members }: RecordedDraft, steps: Steps, isHidden: boolean): readonly Withheld[] {
  if (!isJsonObject(sent)) return [];
  if (subject === 'nested' && isHidden) return [{ member: 'the whole error', by: 'enabled', reason: 'details are hidden' }];
  const flat = Object.keys(sent).flatMap((key): readonly (readonly [string, JsonValue])[] => {
    const value = ownProperty(sent, key) ?? null;
    return key === 'extensions' ? extensionsOf(value) : [[key, value]];
  });
  return flat.flatMap(([member, value]): readonly Withheld[] => {
    const shown = members.get(member);
    const last = steps.findLast(({ change }) => change.member === member);
    if (shown === undefined) return [last === undefined ? neverShown(member) : { member, by: last.key, reason: 'removed again' }];
    const isReplaced = (member === 'message' || member.startsWith('extensions')) && printJson(shown) !== printJson(value);
    return isReplaced && last !== undefined ? [{ member, by: last.key, reason: 'replaced' }] : [];
  });
}

function neverShown(member: string): Withheld {
  if (member === 'locations') return { member, by: 'omit_locations', reason: "they refer to the subgraph's document, or are none" };
  if (member === 'path') return { member, by: 'rewrite_paths', reason: 'it is no path of the response' };
  if (!member.startsWith('extensions')) return { member, by: 'allowed_fields', reason: 'not in the list' };
  const isReserved = ALWAYS_RESERVED.includes(member.slice('extensions.'.length));
  return { member, by: 'allowed_extension_fields', reason: isReserved ? 'only the router sets it' : 'not in the list' };
}
