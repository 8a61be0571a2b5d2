/** For tools that explain what a policy does. A router has no observer, and then none of this costs anything. */
import type { PlacedError } from '../model.ts';
import type { Treatment } from './compile.ts';
import type { ErrorDraft, ErrorFacts, Subject } from './draft.ts';
import type { CatalogueMatch } from './own-catalogue.ts';

/** Told about each step of one application, in its order. Must not change what it is shown. */
export interface PolicyObserver {
  /** How an error is going to be treated, and what the operator's catalogue makes of it. */
  judged(error: PlacedError, treatment: Treatment, match: CatalogueMatch | null): void;
  /** A new draft, blank. */
  began(subject: Subject, draft: ErrorDraft, facts: ErrorFacts): void;
  /** `key` is that of the rule which has just been applied. */
  applied(key: string, draft: ErrorDraft): void;
}
