/** Errors of one fetch that a client reads as one: what the policy gathers of them before it can write the wrapper. */
import { commonPrefix, type ResponsePath } from '../../shared/path.ts';
import type { FetchSite, PlacedError, PlacedSubgraphError } from '../model.ts';
import type { SubgraphPolicy, Treatment } from './compile.ts';
import type { CatalogueMatch } from './own-catalogue.ts';

/** An error, how it is treated, and what the operator's catalogue says of it. */
export interface Judged<E extends PlacedError> {
  readonly error: E;
  readonly policy: SubgraphPolicy;
  readonly treatment: Treatment;
  readonly match: CatalogueMatch | null;
}

export interface PlacedEntry {
  readonly judged: Judged<PlacedSubgraphError>;
  readonly path: ResponsePath | null;
}

/** Errors of one fetch that share a wrapper. Slots are the positions in the output that wait for it. */
export interface Wrapping {
  readonly site: FetchSite;
  readonly members: Judged<PlacedSubgraphError>[];
  readonly inner: PlacedEntry[];
  readonly slots: { readonly at: number; readonly own: PlacedEntry | null }[];
  /** Whether one of the slots is the wrapper's own. */
  hasWrapper: boolean;
}

export function createWrapping(site: FetchSite): Wrapping {
  return { site, members: [], inner: [], slots: [], hasWrapper: false };
}

/** What the client paths of all members have in common; null when that is nothing. */
export function commonPath(members: readonly Judged<PlacedSubgraphError>[]): ResponsePath | null {
  let common: ResponsePath | null = null;
  for (const { error } of members) {
    for (const path of error.paths) {
      if (path === null) continue;
      common = common === null ? path : commonPrefix([common, path]);
      if (common.length === 0) return null;
    }
  }
  return common;
}
