/** Scenarios of the corpus in which one fetch fails, as captured replies that can be explained. */
import { type FieldNode, getOperationAST, Kind, parse } from 'graphql';
import { type CapturedFetch, httpReply, transportFailure } from '../../src/explain/captured-fetch.ts';
import type { ResponsePath } from '../../src/shared/path.ts';
import type { Scenario } from '../corpus/corpus.ts';
import { isEntryList, isRecord, type ScriptEntry } from '../support/script.ts';

const ONE_FETCH = /^\w+$/;
const THEN_ENTITIES = /^(\w+) > (\w+)@([\w.@]+)$/;

/** What one captured reply cannot tell. */
const NEEDS_MORE: Readonly<Record<string, string>> = {
  S036: 'the body is not what its content encoding says, which the transport finds out',
  S103: 'the value conflicts with another subgraph',
  A311: 'the value conflicts with another subgraph',
  A411: 'the value conflicts with another subgraph',
  A403: 'the subgraph names fields that the client did not select',
};

/**
 * The failing fetch of a scenario, or null where it has several fetches that fail, a plan of another kind, a transport that the
 * configuration changes, or entities that do not stand in one list behind each other.
 */
export function failingFetch(scenario: Scenario): CapturedFetch | null {
  const { id, plan, operation, config, before } = scenario;
  if (plan === undefined || operation === undefined || before !== undefined || 'traffic_shaping' in config || id in NEEDS_MORE) return null;
  const entityPlan = THEN_ENTITIES.exec(plan);
  if (ONE_FETCH.test(plan)) return rootFetch(scenario, plan);
  return entityPlan === null ? null : entityFetch(scenario, entityPlan[1] ?? '', entityPlan[2] ?? '', entityPlan[3] ?? '');
}

function rootFetch({ operation, subgraphs }: Scenario, subgraph: string): CapturedFetch | null {
  const document = getOperationAST(parse(operation?.query ?? ''), operation?.operationName ?? null);
  const [field, second] = document?.selectionSet.selections.filter((each): each is FieldNode => each.kind === Kind.FIELD) ?? [];
  const reply = replyOf(subgraphs[subgraph]);
  if (reply === null || field === undefined) return null;
  const operationType = document?.operation ?? 'query';
  return { subgraph, reply, operationType, ...(second === undefined && { path: [field.alias?.value ?? field.name.value] }) };
}

function entityFetch({ subgraphs }: Scenario, parent: string, subgraph: string, dotted: string): CapturedFetch | null {
  const reply = replyOf(subgraphs[subgraph]);
  const before = replyOf(subgraphs[parent]);
  if (reply === null || before?.kind !== 'response' || before.status !== 200) return null;
  const body: unknown = JSON.parse(before.body);
  if (!isRecord(body) || body['errors'] !== undefined) return null;
  const segments = dotted.split('.');
  const entities = valuesAt(body['data'], segments);
  const distinct = new Set(entities.map((entity) => JSON.stringify(entity))).size;
  const isPlain = segments.filter((segment) => segment === '@').length <= 1 && distinct === entities.length && entities.every(isRecord);
  if (!isPlain || entities.length === 0) return null;
  const path: ResponsePath = segments.map((segment) => (segment === '@' ? 0 : segment));
  return { subgraph, reply, path, entities: true, count: entities.length };
}

function valuesAt(value: unknown, [segment, ...rest]: readonly string[]): readonly unknown[] {
  if (segment === undefined) return [value];
  if (segment === '@') return Array.isArray(value) ? value.flatMap((item) => valuesAt(item, rest)) : [];
  return isRecord(value) ? valuesAt(value[segment], rest) : [];
}

function replyOf(script: Scenario['subgraphs'][string] | undefined): CapturedFetch['reply'] | null {
  const [entry, second]: readonly (ScriptEntry | undefined)[] = script === undefined || !isEntryList(script) ? [script] : script;
  if (entry === undefined || second !== undefined) return null;
  if ('reply' in entry) {
    const { status, headers = {}, body, ...special } = entry.reply;
    if (body === undefined || status === 204 || Object.keys(special).length > 0) return null;
    const sent = Object.entries(headers).flatMap(([name, value]): [string, string | readonly string[]][] =>
      value === null ? [] : [[name, value]],
    );
    return httpReply(status, { 'content-type': 'application/json', ...Object.fromEntries(sent) }, body);
  }
  if (!('fault' in entry)) return null;
  if (entry.fault === 'cut-body') return transportFailure('interrupted', entry.status);
  return entry.fault === 'refused' || entry.fault === 'reset' ? transportFailure('unreachable') : null;
}
