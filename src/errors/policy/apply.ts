/** Applies a policy to the errors of one response: once, last, in one pure function. */
import type { Detector } from '../../config/keys/error-scrub.ts';
import { unreachable } from '../../shared/assert.ts';
import { fetchPosition } from '../client-path.ts';
import type { FetchSite, OperationType, PlacedDependency, PlacedError, PlacedFailure, PlacedSubgraphError } from '../model.ts';
import { sharedCode } from '../rules/failure-codes.ts';
import { showsEveryPlace } from '../rules/rewrite-paths.ts';
import { approve, type ClientError, messageOf } from './client-error.ts';
import type { ErrorPolicy, Treatment } from './compile.ts';
import { ErrorDraft, ErrorFacts, type Subject } from './draft.ts';
import { IssuedIds } from './issued-ids.ts';
import { KnownDrafts } from './known-drafts.ts';
import type { PolicyObserver } from './observer.ts';
import { originalOf } from './original.ts';
import type { CatalogueMatch } from './own-catalogue.ts';
import { ErrorQuota, truncationError } from './quota.ts';
import { type ErrorTraits, traitsOf } from './traits.ts';
import { addMember, commonPath, createWrapping, type Judgement, type PlacedEntry, type Wrapping } from './wrapping.ts';

/** What of a request the policy may look at. */
export interface PolicyFacts {
  /** Who reads the response. */
  readonly audience: string;
  readonly operationName: string | null;
  /** Makes the next error id. An argument, so that the policy is a pure function of its inputs. */
  readonly nextErrorId: () => string;
  /** For tools that explain; absent in a running router. */
  readonly observer?: PolicyObserver;
}

export interface AppliedPolicy {
  readonly errors: readonly ClientError[];
  /** By original (`originalOf`): the same id stands in the log. Empty without `error_ids`. */
  readonly ids: ReadonlyMap<object, string>;
  /** What the catalogue wants as status when nothing was delivered: the highest of all errors; null for none. */
  readonly httpStatus: number | null;
  /** Detectors of the scrubber that found something, once per error. */
  readonly scrubbed: readonly { readonly detector: Detector; readonly subgraph: string }[];
  /** Errors that the catalogue does not know, when there is one. */
  readonly undeclared: readonly { readonly code: string | null; readonly subgraph: string }[];
}

const NULL_ERROR = approve(null);
const UNTOUCHED: AppliedPolicy = { errors: [], ids: new Map(), httpStatus: null, scrubbed: [], undeclared: [] };

/**
 * What clients read of `errors`, in the same order. Nothing is done where there is nothing.
 *
 * `unlisted` errors were too many to keep: they only count.
 */
export function applyErrorPolicy(policy: ErrorPolicy, errors: readonly PlacedError[], facts: PolicyFacts, unlisted = 0): AppliedPolicy {
  return errors.length === 0 ? UNTOUCHED : new Application(policy, facts).run(errors, unlisted);
}

/** The state of one application; lives for one response. */
class Application {
  readonly #policy: ErrorPolicy;
  readonly #facts: PolicyFacts;
  readonly #quota: ErrorQuota;
  readonly #out: ClientError[] = [];
  readonly #ids: IssuedIds;
  #lastEntry: { site: FetchSite; judgement: Judgement; facts: ErrorFacts } | null = null;
  readonly #drafts = new KnownDrafts();
  #lastJudgement: Judgement | null = null;
  /** One per site: a site belongs to one exchange of a response. */
  readonly #wrappings: Wrapping[] = [];
  #skipped: Map<FetchSite, number> | null = null;
  readonly #scrubbed: { detector: Detector; subgraph: string }[] = [];
  /** By original: an error is unknown once, wherever it stands. */
  readonly #undeclared = new Map<object, { code: string | null; subgraph: string }>();
  #httpStatus: number | null = null;

  constructor(policy: ErrorPolicy, facts: PolicyFacts) {
    this.#policy = policy;
    this.#facts = facts;
    this.#ids = new IssuedIds(facts.nextErrorId);
    this.#quota = new ErrorQuota(policy.of(facts.audience, null).base.settings.limits.errorsPerResponse);
  }

  run(errors: readonly PlacedError[], unlisted: number): AppliedPolicy {
    for (const error of errors) this.#apply(error);
    for (const wrapping of this.#wrappings) this.#fillSlots(wrapping);
    this.#quota.hide(unlisted);
    if (this.#quota.hidden > 0) this.#out.push(approve(truncationError(this.#quota)));
    return {
      errors: this.#out,
      ids: this.#ids.all,
      httpStatus: this.#httpStatus,
      scrubbed: this.#scrubbed,
      undeclared: [...this.#undeclared.values()],
    };
  }

  #apply(error: PlacedError): void {
    const judgement = this.#judge(error);
    this.#facts.observer?.judged(error, judgement.treatment, judgement.match);
    switch (error.kind) {
      case 'graphql':
        return this.#subgraphError(error, judgement);
      case 'failure': {
        const facts = this.#exchangeFacts(error, judgement);
        facts.failure = error.failure;
        facts.path = error.path;
        return this.#single('failure', error, judgement, facts);
      }
      case 'dependency':
        return this.#dependency(error, judgement);
      case 'value': {
        const facts = this.#basicFacts(judgement, error.subgraph, error.operationType);
        facts.value = error;
        facts.path = error.path;
        return this.#single('value', error, judgement, facts);
      }
      default:
        return unreachable(error);
    }
  }

  #judge(error: PlacedError): Judgement {
    const policy = this.#policy.of(this.#facts.audience, subgraphOf(error));
    const { catalogue } = this.#policy;
    const needsTraits = policy.treat !== null || catalogue !== null;
    const traits = needsTraits ? traitsOf(error, this.#facts.operationName) : null;
    const treatment = policy.treat === null || traits === null ? policy.base : policy.treat(traits);
    const match = catalogue === null || traits === null ? null : this.#consult(error, catalogue.match(traits), treatment, traits);
    const last = this.#lastJudgement;
    if (last?.policy === policy && last.treatment === treatment && last.match === match) return last;
    return (this.#lastJudgement = { policy, treatment, match });
  }

  /** The fallback is for errors that nobody has spoken about: neither an entry nor a rule that sets the code. */
  #consult(error: PlacedError, match: CatalogueMatch | null, treatment: Treatment, { code, subgraph }: ErrorTraits): CatalogueMatch | null {
    if (match?.declared !== true) this.#undeclared.set(originalOf(error), { code, subgraph: subgraph ?? '' });
    const chosen = match?.declared === false && treatment.code !== null ? null : match;
    const status = chosen?.httpStatus ?? null;
    if (status !== null) this.#httpStatus = Math.max(this.#httpStatus ?? 0, status);
    return chosen;
  }

  #single(subject: Subject, error: PlacedError, { treatment }: Judgement, facts: ErrorFacts): void {
    if (!this.#quota.admits(subgraphOf(error), treatment.settings.limits)) return;
    facts.errorId = this.#idOf(error, treatment);
    this.#out.push(this.#finish(subject, treatment, facts));
  }

  #dependency(error: PlacedDependency, judgement: Judgement): void {
    const { site } = error;
    const facts = this.#basicFacts(judgement, site.subgraph, site.operationType);
    facts.site = site;
    facts.path = error.path;
    this.#skipped ??= new Map();
    const place = this.#skipped.get(site) ?? 0;
    this.#skipped.set(site, place + 1);
    if (place >= (judgement.treatment.settings.limits.placesPerError ?? Infinity)) this.#quota.hide(1);
    else this.#single('dependency', error, judgement, facts);
  }

  #subgraphError(error: PlacedSubgraphError, judgement: Judgement): void {
    const { treatment } = judgement;
    const { mode, showDetails, rewritePaths, limits } = treatment.settings;
    const places = showsEveryPlace(rewritePaths, this.#policy.profile) ? error.places.count : 1;
    const shown = Math.min(places, limits.placesPerError ?? places);
    this.#quota.hide(places - shown);
    const passes = mode === 'pass-through';
    const hides = !showDetails && this.#policy.profile !== 'cosmo';
    const wrapping = passes && !hides ? null : this.#wrappingOf(error, judgement);
    if (wrapping !== null) addMember(wrapping, error, judgement);
    for (let i = 0; i < shown; i++) {
      if (!this.#quota.admits(error.site.subgraph, limits)) continue;
      this.#idOf(error, treatment); // now, so that ids are in plan order
      const entry = { error, judgement, path: error.places.at(i) };
      if (wrapping === null) this.#out.push(this.#entry('entry', entry));
      else {
        wrapping.inner.push(entry);
        // Hidden details in pass-through: every entry keeps its place and its path, and says what a wrapper would (section 3).
        if (passes) wrapping.slots.push({ at: this.#reserve(), own: entry });
        else if (!wrapping.hasWrapper) {
          wrapping.hasWrapper = true;
          wrapping.slots.push({ at: this.#reserve(), own: null });
        }
      }
    }
  }

  #reserve(): number {
    return this.#out.push(NULL_ERROR) - 1;
  }

  #wrappingOf(error: PlacedSubgraphError, judgement: Judgement): Wrapping {
    const last = this.#wrappings.at(-1);
    if (last?.first.site === error.site) return last;
    let wrapping = this.#wrappings.find(({ first }) => first.site === error.site);
    if (wrapping === undefined) this.#wrappings.push((wrapping = createWrapping(error, judgement)));
    return wrapping;
  }

  #fillSlots({ first, judgement, members, inner, slots }: Wrapping): void {
    if (slots.length === 0) return;
    const finished = inner.map((entry) => this.#entry('nested', entry));
    const shown = finished.filter((_error, i) => inner[i]?.judgement.treatment.settings.showDetails);
    const innerCode = sharedCode(finished);
    const innerPath = commonPath(members);
    for (const { at, own } of slots) {
      const { error, judgement: judged } = own ?? { error: first, judgement };
      const facts = this.#exchangeFacts(error, judged);
      // A wrapper says that the fetch failed; the catalogue's texts and codes are about the errors within.
      facts.code = null;
      if (own === null) facts.catalogue = judged.match === null ? null : { ...judged.match, message: null };
      facts.inner = own === null ? shown : [];
      facts.innerCode = innerCode;
      facts.innerMessage = messageOf(finished[0] ?? null);
      facts.innerPath = innerPath;
      facts.path = own === null ? (innerPath ?? fetchPosition(error.site)) : own.path;
      facts.errorId = this.#idOf(error, judged.treatment);
      this.#out[at] = this.#finish('wrapper', judged.treatment, facts);
    }
  }

  #entry(subject: 'nested' | 'entry', { error, judgement, path }: PlacedEntry): ClientError {
    if (this.#policy.profile === 'cosmo' && error.entry.raw === null) return NULL_ERROR;
    const facts = this.#entryFacts(error, judgement);
    facts.entry = error.entry;
    facts.path = path;
    const known = this.#drafts.find(error, judgement);
    if (known !== null) {
      for (const rule of judgement.treatment.rules[subject]) if (rule.perPlace) rule.apply(known, facts);
      return approved(known, facts);
    }
    facts.errorId = this.#idOf(error, judgement.treatment);
    const draft = this.#draft(subject, judgement.treatment, facts);
    // An observer is shown every step of every draft.
    if (this.#facts.observer === undefined) this.#drafts.add(error, judgement, draft);
    return approved(draft, facts);
  }

  /** Entries of one fetch share most facts; an observer may keep what it is shown, and gets facts of its own. */
  #entryFacts(error: PlacedSubgraphError, judgement: Judgement): ErrorFacts {
    const last = this.#lastEntry;
    if (last?.site === error.site && last.judgement === judgement && this.#facts.observer === undefined) return last.facts;
    const facts = this.#exchangeFacts(error, judgement);
    this.#lastEntry = { site: error.site, judgement, facts };
    return facts;
  }

  #exchangeFacts({ exchange, site }: PlacedSubgraphError | PlacedFailure, judgement: Judgement): ErrorFacts {
    const facts = this.#basicFacts(judgement, site.subgraph, exchange.operationType);
    facts.site = site;
    facts.reply = exchange.reply;
    facts.status = exchange.classified.status;
    if (judgement.treatment.settings.attachRequest) {
      facts.url = this.#policy.urls.get(site.subgraph) ?? null;
      facts.requestBody = exchange.requestBody;
    }
    return facts;
  }

  #basicFacts({ policy, treatment, match }: Judgement, subgraph: string | null, operationType: OperationType): ErrorFacts {
    const facts = new ErrorFacts();
    facts.subgraph = policy.alias ?? subgraph;
    facts.operationType = operationType;
    facts.code = match?.code ?? treatment.code;
    facts.catalogue = match;
    return facts;
  }

  #finish(subject: Subject, treatment: Treatment, facts: ErrorFacts): ClientError {
    return approved(this.#draft(subject, treatment, facts), facts);
  }

  /** Runs the rules for one error over a blank draft. */
  #draft(subject: Subject, treatment: Treatment, facts: ErrorFacts): ErrorDraft {
    const draft = new ErrorDraft();
    const { observer } = this.#facts;
    observer?.began(subject, draft, facts);
    for (const rule of treatment.rules[subject]) {
      rule.apply(draft, facts);
      observer?.applied(rule.key, draft);
    }
    if (draft.findings !== null) this.#noteFindings(draft.findings, facts.site?.subgraph ?? facts.value?.subgraph ?? '');
    return draft;
  }

  #noteFindings(findings: readonly Detector[], subgraph: string): void {
    for (const detector of new Set(findings)) this.#scrubbed.push({ detector, subgraph });
  }

  #idOf(error: PlacedError, { settings }: Treatment): string | null {
    return settings.errorIds ? this.#ids.of(originalOf(error)) : null;
  }
}

function approved(draft: ErrorDraft, { entry }: ErrorFacts): ClientError {
  return approve(draft.finish(entry?.raw ?? null));
}

function subgraphOf(error: PlacedError): string | null {
  return error.kind === 'value' ? error.subgraph : error.site.subgraph;
}
