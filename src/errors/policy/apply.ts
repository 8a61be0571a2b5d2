/** Applies a policy to the errors of one response: once, last, in one pure function. */
import { unreachable } from '../../shared/assert.ts';
import { type JsonObject } from '../../shared/json.ts';
import { commonPrefix, type ResponsePath } from '../../shared/path.ts';
import { fetchPosition } from '../client-path.ts';
import type { FetchExchange, FetchSite, PlacedError, PlacedSubgraphError } from '../model.ts';
import { approve, type ClientError } from './client-error.ts';
import type { ErrorPolicy, SubgraphPolicy } from './compile.ts';
import { ErrorDraft, type ErrorFacts, type Subject } from './draft.ts';

/** What of a request the policy may look at. */
export interface PolicyFacts {
  /** Who reads the response. */
  readonly audience: string;
  readonly operationName: string | null;
  /** Makes the next error id. An argument, so that the policy is a pure function of its inputs. */
  readonly nextErrorId: () => string;
}

export interface AppliedPolicy {
  readonly errors: readonly ClientError[];
  /** By original error: the same id stands in the log. Empty without `error_ids`. */
  readonly ids: ReadonlyMap<object, string>;
}

const NO_IDS: ReadonlyMap<object, string> = new Map();
const UNTOUCHED: AppliedPolicy = { errors: [], ids: NO_IDS };

/** What clients read of `errors`, in the same order. */
export function applyErrorPolicy(policy: ErrorPolicy, errors: readonly PlacedError[], facts: PolicyFacts): AppliedPolicy {
  return errors.length === 0 ? UNTOUCHED : new Application(policy, facts).run(errors);
}

/** Errors of one fetch that share a wrapper. `slots` are the positions in the output that wait for it. */
interface Wrapping {
  readonly members: PlacedSubgraphError[];
  readonly slots: { readonly at: number; readonly member: PlacedSubgraphError | null; readonly path: ResponsePath | null }[];
}

/** The state of one application; lives for one response. */
class Application {
  readonly #policy: ErrorPolicy;
  readonly #facts: PolicyFacts;
  readonly #out: (ClientError | null)[] = [];
  readonly #ids = new Map<object, string>();
  readonly #wrappings = new Map<FetchExchange, Map<FetchSite, Wrapping>>();

  constructor(policy: ErrorPolicy, facts: PolicyFacts) {
    this.#policy = policy;
    this.#facts = facts;
  }

  run(errors: readonly PlacedError[]): AppliedPolicy {
    for (const error of errors) this.#apply(error);
    for (const bySite of this.#wrappings.values()) for (const wrapping of bySite.values()) this.#fillSlots(wrapping);
    return { errors: this.#out.map((error) => error ?? approve(null)), ids: this.#ids };
  }

  #apply(error: PlacedError): void {
    switch (error.kind) {
      case 'graphql':
        return this.#subgraphError(error);
      case 'failure': {
        const { subgraph, operationType, reply, classified } = error.exchange;
        const facts = { ...this.#blank(error.site.subgraph, operationType), site: error.site, reply, status: classified.status };
        return this.#push('failure', subgraph, {
          ...facts,
          failure: error.failure,
          path: error.path,
          errorId: this.#idOf(error, subgraph),
        });
      }
      case 'dependency': {
        const { subgraph, operationType } = error.site;
        const facts = { ...this.#blank(subgraph, operationType), site: error.site, path: error.path };
        return this.#push('dependency', subgraph, { ...facts, errorId: this.#idOf(error, subgraph) });
      }
      case 'value': {
        const { subgraph, operationType, path } = error;
        const facts = { ...this.#blank(subgraph, operationType), value: error, path };
        return this.#push('value', subgraph, { ...facts, errorId: this.#idOf(error, subgraph) });
      }
      default:
        return unreachable(error);
    }
  }

  #subgraphError(error: PlacedSubgraphError): void {
    const { settings } = this.#policyOf(error.site.subgraph);
    const passes = settings.mode === 'pass-through';
    if (passes && (settings.showDetails || this.#policy.profile === 'cosmo')) {
      for (const path of shownPaths(error)) this.#out.push(this.#entry('entry', error, path));
      return;
    }
    const wrapping = this.#wrappingOf(error);
    if (passes) {
      // Hidden details: every entry keeps its place and its path, and says what a wrapper would.
      for (const path of shownPaths(error)) wrapping.slots.push({ at: this.#out.push(null) - 1, member: error, path });
    } else if (wrapping.members.length === 0) {
      wrapping.slots.push({ at: this.#out.push(null) - 1, member: null, path: null });
    }
    wrapping.members.push(error);
  }

  #wrappingOf(error: PlacedSubgraphError): Wrapping {
    let bySite = this.#wrappings.get(error.exchange);
    if (bySite === undefined) this.#wrappings.set(error.exchange, (bySite = new Map()));
    let wrapping = bySite.get(error.site);
    if (wrapping === undefined) bySite.set(error.site, (wrapping = { members: [], slots: [] }));
    return wrapping;
  }

  #fillSlots(wrapping: Wrapping): void {
    const [first] = wrapping.members;
    if (first === undefined) return;
    const inner = wrapping.members.flatMap((member) => shownPaths(member).map((path) => this.#entry('nested', member, path)));
    for (const { at, member, path } of wrapping.slots) {
      const { subgraph } = first.site;
      const about = member ?? first;
      const facts = { ...this.#fetchFacts(about), inner, errorId: this.#idOf(about.entry, subgraph) };
      const own = { ...facts, entry: null, path: member === null ? wrapperPath(wrapping.members) : path };
      this.#out[at] = this.#finish('wrapper', subgraph, { ...own, asSent: member?.asSent ?? null });
    }
  }

  #entry(subject: 'nested' | 'entry', error: PlacedSubgraphError, path: ResponsePath | null): ClientError {
    const { subgraph } = error.site;
    if (this.#policy.profile === 'cosmo' && error.entry.raw === null) return approve(null);
    return this.#finish(subject, subgraph, { ...this.#fetchFacts(error), path, errorId: this.#idOf(error.entry, subgraph) });
  }

  #fetchFacts(error: PlacedSubgraphError): ErrorFacts {
    const { reply, classified, operationType } = error.exchange;
    const facts = { ...this.#blank(error.site.subgraph, operationType), site: error.site, reply, status: classified.status };
    return { ...facts, entry: error.entry, asSent: error.asSent };
  }

  #blank(subgraph: string | null, operationType: ErrorFacts['operationType']): ErrorFacts {
    return { ...BLANK, subgraph, operationType };
  }

  #push(subject: Subject, subgraph: string | null, facts: ErrorFacts): void {
    this.#out.push(this.#finish(subject, subgraph, facts));
  }

  #finish(subject: Subject, subgraph: string | null, facts: ErrorFacts): ClientError {
    return approve(draftOf(this.#policyOf(subgraph), subject, facts));
  }

  #policyOf(_subgraph: string | null): SubgraphPolicy {
    return this.#policy.general;
  }

  #idOf(original: object, subgraph: string | null): string | null {
    if (!this.#policyOf(subgraph).settings.errorIds) return null;
    let id = this.#ids.get(original);
    if (id === undefined) this.#ids.set(original, (id = this.#facts.nextErrorId()));
    return id;
  }
}

const BLANK: ErrorFacts = {
  subgraph: null,
  operationType: 'query',
  site: null,
  reply: null,
  status: null,
  path: null,
  entry: null,
  failure: null,
  value: null,
  asSent: null,
  inner: [],
  errorId: null,
};

/** Runs the rules for one error over a blank draft. */
function draftOf(policy: SubgraphPolicy, subject: Subject, facts: ErrorFacts): JsonObject {
  const draft = new ErrorDraft();
  for (const rule of policy.rules[subject]) rule.apply(draft, facts);
  return draft.finish(facts.entry?.raw ?? null);
}

/** One per place; a single one where the client reads what the subgraph sent. */
function shownPaths(error: PlacedSubgraphError): readonly (ResponsePath | null)[] {
  return error.asSent === null ? error.paths : error.paths.slice(0, 1);
}

/** What the inner errors have in common, else where the fetch stands (error-layer.md section 5). */
function wrapperPath(members: readonly PlacedSubgraphError[]): ResponsePath | null {
  const paths = members.flatMap((member) => member.paths.filter((path) => path !== null));
  const common = commonPrefix(paths);
  const [first] = members;
  return common.length > 0 || first === undefined ? common : fetchPosition(first.site);
}
