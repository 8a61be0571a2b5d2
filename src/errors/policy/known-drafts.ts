import type { IngestedError, PlacedSubgraphError } from '../model.ts';
import type { ErrorDraft } from './draft.ts';
import type { Judgement } from './wrapping.ts';

interface KnownDraft {
  readonly entry: IngestedError;
  readonly judgement: Judgement;
  readonly draft: ErrorDraft;
}

/**
 * What the rules have made of errors that may come again: at their further places, which come in a row, and at the other sites of
 * their exchange. An error that is judged differently there is drafted anew.
 */
export class KnownDrafts {
  #last: KnownDraft | null = null;
  readonly #ofSeveralSites = new Map<IngestedError, KnownDraft>();

  find({ entry }: PlacedSubgraphError, judgement: Judgement): ErrorDraft | null {
    const known = this.#last?.entry === entry ? this.#last : this.#ofSeveralSites.get(entry);
    return known !== undefined && isAlike(known.judgement, judgement) ? known.draft : null;
  }

  add({ entry, exchange }: PlacedSubgraphError, judgement: Judgement, draft: ErrorDraft): void {
    this.#last = { entry, judgement, draft };
    if (exchange.sites.length > 1) this.#ofSeveralSites.set(entry, this.#last);
  }
}

function isAlike(a: Judgement, b: Judgement): boolean {
  return a === b || (a.treatment === b.treatment && a.match === b.match);
}
