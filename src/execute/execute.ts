/** Runs an executable plan: fetches, merges, and hands the merged data to completion. Never rejects. */
import { classifyReply } from '../errors/classify.ts';
import type { ClassifiedReply, FetchExchange, ReplyExpectation, SiteResult, SubgraphReply } from '../errors/model.ts';
import type { ErrorProfile } from '../errors/profile.ts';
import type { JsonObject, JsonValue } from '../shared/json.ts';
import { printJson } from '../shared/json.ts';
import type { SubgraphRequest } from '../subgraph/port.ts';
import type { EntityFetch, EntityList, ExecutableNode, ExecutablePlan, RepresentationSet, RootFetch } from './executable.ts';
import { finish } from './finish.ts';
import { collectObjects } from './flatten-path.ts';
import { type Merger, mergeObject } from './merge.ts';
import type { ExecutionOutcome } from './outcome.ts';
import { Places, ShapedData, type SiteTargets } from './places.ts';
import type { InputFacts, Unusable } from './representation.ts';
import { RepresentationIndex } from './representation-index.ts';
import { Taint } from './taint.ts';
import { cloneTree, type DataObject, isDataObject } from './tree.ts';

export interface ExecutionInput {
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly send: (request: SubgraphRequest) => Promise<SubgraphReply>;
  /** Results of the operation's introspection fields, by response key; null when it has none. */
  readonly introspection: JsonObject | null;
  readonly profile: ErrorProfile;
}

export async function executePlan(plan: ExecutablePlan, input: ExecutionInput): Promise<ExecutionOutcome> {
  try {
    const run = new Run(plan, input);
    if (plan.root !== null) await run.node(plan.root);
    return finish(run, input);
  } catch (cause) {
    return {
      data: null,
      errors: [],
      unlistedErrors: 0,
      exchanges: [],
      delivered: false,
      complete: false,
      cancelled: false,
      bug: { cause },
    };
  }
}

/** Entities that a fetch had to leave out although the client waits for their fields. */
export interface LeftOut {
  readonly fetchIndex: number;
  readonly targets: SiteTargets;
  /** `reasons[i]` belongs to `targets.objects[i]`; null for an entity that was sent. */
  readonly reasons: readonly (Unusable | null)[];
}

interface PreparedSet {
  readonly set: RepresentationSet;
  readonly texts: readonly string[];
  /** Per list of the set, per site of the list. */
  readonly targets: readonly (readonly SiteTargets[])[];
}

const NO_RENAMES: ReadonlyMap<string, string> = new Map();

const ROOT_EXPECTATION: ReplyExpectation = { kind: 'root' };

/** The state of one running operation. */
export class Run {
  readonly plan: ExecutablePlan;
  readonly data: DataObject = {};
  readonly shaped: ShapedData;
  /** By fetch index; holes for fetches that were not sent. */
  readonly exchanges: (FetchExchange | undefined)[] = [];
  readonly leftOut: LeftOut[] = [];
  delivered = false;
  cancelled = false;
  /** Whether a string of the data may need escaping: none does that came unescaped, as JSON has it. */
  escapes = false;
  readonly #input: ExecutionInput;
  readonly #variableTexts = new Map<string, string>();
  readonly #facts: InputFacts;
  #taint: Taint | null = null;

  constructor(plan: ExecutablePlan, input: ExecutionInput) {
    this.plan = plan;
    this.shaped = new ShapedData(this.data, plan.shape);
    this.#input = input;
    this.#facts = {
      isTainted: (object, key) => this.#taint?.has(object, key) ?? false,
      isUnknown: (object, key) => this.#taint?.isUnknown(object, key) ?? false,
      absentIsNull: input.profile === 'cosmo',
    };
  }

  async node(node: ExecutableNode): Promise<void> {
    switch (node.kind) {
      case 'root':
        return this.#rootFetch(node);
      case 'entities':
        return this.#entityFetch(node);
      case 'parallel':
        await Promise.all(node.nodes.map((child) => this.node(child)));
        return;
      case 'sequence':
        for (const child of node.nodes) await this.node(child);
        return;
      case 'condition': {
        const clause = this.#input.variables[node.variable] === true ? node.ifClause : node.elseClause;
        if (clause !== null) await this.node(clause);
      }
    }
  }

  async #rootFetch(fetch: RootFetch): Promise<void> {
    const parents = fetch.site.path.length === 0 ? [this.data] : collectObjects(this.data, fetch.site.path);
    if (parents.length === 0) return;
    const variables = this.#clientVariables(fetch.variables);
    const body = variables === '' ? `${fetch.bodyHead}}` : `${fetch.bodyHead},"variables":{${variables}}}`;
    const reply = await this.#send(fetch, body);
    const classified = classifyReply(reply, ROOT_EXPECTATION, this.#input.profile);
    const merger = this.#merger();
    // Parsed from this reply for this run alone, so it may be changed in place.
    const { data } = classified;
    if (data !== null) this.#mergeRoot(fetch, data, parents, merger);
    if (classified.errors.length > 0 && data !== null) {
      this.#taint ??= new Taint();
      for (const { path } of classified.errors) if (path !== null) this.#taint.addAlong(parents[0] ?? data, path, fetch.site.site.renames);
    }
    const sites = [{ site: fetch.site.site, places: new Places(this.shaped, null, 0) }];
    this.#record(fetch, body, reply, withConflict(classified, merger), sites);
  }

  #mergeRoot(fetch: RootFetch, data: DataObject, parents: readonly DataObject[], merger: Merger): void {
    fetch.rewrite?.(data);
    parents.forEach((parent, i) => mergeObject(parent, data, merger, i > 0));
    if (!this.delivered) this.delivered = Object.values(data).some((value) => value !== null);
  }

  async #entityFetch(fetch: EntityFetch): Promise<void> {
    const prepared = fetch.sets.map((set) => this.#prepare(fetch, set));
    if (prepared.every((each) => each.texts.length === 0)) return;
    const body = this.#entityBody(fetch, prepared);
    const reply = await this.#send(fetch, body);
    const classified = classifyReply(reply, expectationOf(prepared), this.#input.profile);
    const merger = this.#merger();
    const sites: SiteResult[] = [];
    const isLost = reply.kind === 'failure' && this.#input.profile === 'cosmo';
    for (const each of prepared) {
      each.set.lists.forEach((list, i) =>
        this.#mergeList(list, each.targets[i] ?? [], each.texts.length, classified, merger, sites, isLost),
      );
    }
    sites.sort((a, b) => a.site.id - b.site.id);
    this.#record(fetch, body, reply, withConflict(classified, merger), sites);
  }

  /** Writes the de-duplicated representations of one variable. */
  #prepare(fetch: EntityFetch, set: RepresentationSet): PreparedSet {
    const representations = new RepresentationIndex(set.writer, this.#facts);
    const targets = set.lists.map((list) =>
      list.sites.map((program): SiteTargets => {
        const objects = collectObjects(this.data, program.path);
        const found = objects.map((object) => representations.indexOf(object));
        const result = { program, objects, indexes: found.map((each) => (typeof each === 'number' ? each : -1)) };
        this.#noteLeftOut(fetch, result, found);
        return result;
      }),
    );
    return { set, texts: representations.texts, targets };
  }

  #noteLeftOut(fetch: EntityFetch, targets: SiteTargets, found: readonly (number | Unusable)[]): void {
    if (!found.some((each) => typeof each === 'string' && each !== 'foreign')) return;
    const reasons = found.map((each) => (typeof each === 'string' ? each : null));
    this.leftOut.push({ fetchIndex: fetch.index, targets, reasons });
    // Who depends on this fetch in turn misses its input for the same reason.
    const unknown = targets.objects.filter((_, i) => reasons[i] === 'unknown');
    if (unknown.length > 0) (this.#taint ??= new Taint()).addUnknown(unknown, targets.program.fetched);
  }

  #entityBody(fetch: EntityFetch, prepared: readonly PreparedSet[]): string {
    const lists = prepared.map(({ set, texts }) => `${JSON.stringify(set.variable)}:[${texts.join(',')}]`).join(',');
    const variables = this.#clientVariables(fetch.variables);
    return `${fetch.bodyHead},"variables":{${variables === '' ? lists : `${lists},${variables}`}}}`;
  }

  #mergeList(
    list: EntityList,
    targets: readonly SiteTargets[],
    count: number,
    classified: ClassifiedReply,
    merger: Merger,
    sites: SiteResult[],
    isLost: boolean,
  ): void {
    const entities = classified.entities.get(list.key);
    if (entities !== undefined) {
      if (list.rewrite !== null) for (const entity of entities) if (isDataObject(entity)) list.rewrite(entity);
      targets.forEach((site, i) => this.#mergeSite(site, i === 0 ? entities : entities.map(cloneTree), merger));
      if (!this.delivered) this.delivered = entities.some((entity) => entity !== null);
    }
    for (const site of targets) {
      if (site.indexes.some((index) => index >= 0)) sites.push({ site: site.program.site, places: new Places(this.shaped, site, count) });
    }
    if (classified.errors.length > 0) (this.#taint ??= new Taint()).addErrors(classified.errors, list.key, targets);
    if (isLost) this.#taintAll(targets);
  }

  /** In the cosmo profile only a fetch without any answer keeps its dependents from being sent (reference 5.5). */
  #taintAll(targets: readonly SiteTargets[]): void {
    this.#taint ??= new Taint();
    for (const { objects } of targets) for (const object of objects) this.#taint.addAlong(object, [], NO_RENAMES);
  }

  /** Places of one site share nested values: later fetches reach them by the same path and bring the same. */
  #mergeSite(site: SiteTargets, entities: readonly JsonValue[], merger: Merger): void {
    let unknown: DataObject[] | null = null;
    for (let i = 0; i < site.objects.length; i++) {
      const object = site.objects[i];
      const entity = entities[site.indexes[i] ?? -1];
      if (object === undefined || entity === undefined) continue;
      if (entity === null) (unknown ??= []).push(object);
      else if (isDataObject(entity)) mergeObject(object, entity, merger);
      else merger.conflict = true;
    }
    if (unknown !== null) (this.#taint ??= new Taint()).addUnknown(unknown, site.program.fetched);
  }

  #merger(): Merger {
    return { types: this.plan.supergraph.types, conflict: false };
  }

  async #send(fetch: RootFetch | EntityFetch, body: string): Promise<SubgraphReply> {
    const reply = await this.#input.send({ subgraph: fetch.subgraph, operationType: fetch.operationType, body });
    if (reply.kind === 'response') this.escapes ||= reply.body.includes('\\');
    else if (reply.failure === 'cancelled') this.cancelled = true;
    return reply;
  }

  #record(
    fetch: RootFetch | EntityFetch,
    requestBody: string,
    reply: SubgraphReply,
    classified: ClassifiedReply,
    sites: readonly SiteResult[],
  ): void {
    const { subgraph, operationType } = fetch;
    this.exchanges[fetch.index] = { subgraph, operationType, reply, classified, sites, requestBody };
  }

  #clientVariables(names: readonly string[]): string {
    let text = '';
    for (const name of names) {
      const value = this.#variableText(name);
      if (value !== '') text += text === '' ? value : `,${value}`;
    }
    return text;
  }

  #variableText(name: string): string {
    let text = this.#variableTexts.get(name);
    if (text === undefined) {
      // Coerced from the client's JSON by graphql-js: JSON again, or not given at all.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const value = this.#input.variables[name] as JsonValue | undefined;
      text = value === undefined ? '' : `${JSON.stringify(name)}:${printJson(value)}`;
      this.#variableTexts.set(name, text);
    }
    return text;
  }
}

function expectationOf(prepared: readonly PreparedSet[]): ReplyExpectation {
  const lists = prepared.flatMap(({ set, texts }) =>
    set.lists.map((list) => ({ key: list.key, count: texts.length, single: list.single })),
  );
  return { kind: 'entities', lists };
}

/** A clash of shapes counts as one more thing that is wrong with the reply, unless something worse is. */
function withConflict(classified: ClassifiedReply, merger: Merger): ClassifiedReply {
  return merger.conflict && classified.failure === null ? { ...classified, failure: { kind: 'merge_conflict' } } : classified;
}
