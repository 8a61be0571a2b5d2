/** Errors of one fetch that a client reads as one: what the policy gathers of them before it can write the wrapper. */
import { commonPrefix, type ResponsePath } from '../../shared/path.ts';
import type { PlacedSubgraphError } from '../model.ts';
import type { SubgraphPolicy, Treatment } from './compile.ts';
import type { CatalogueMatch } from './own-catalogue.ts';

/** How errors of one subgraph are treated, and what the operator's catalogue says of them. Errors that are judged alike share it. */
export interface Judgement {
  readonly policy: SubgraphPolicy;
  readonly treatment: Treatment;
  readonly match: CatalogueMatch | null;
}

/** An error at one of its places. */
export interface PlacedEntry {
  readonly error: PlacedSubgraphError;
  readonly judgement: Judgement;
  readonly path: ResponsePath | null;
}

/** Errors of one fetch that share a wrapper. Slots are the positions in the output that wait for it. */
export interface Wrapping {
  readonly first: PlacedSubgraphError;
  /** Of the first; where others are treated differently, the subgraph's settings without rules, and without a match where matches differ. */
  judgement: Judgement;
  readonly members: PlacedSubgraphError[];
  readonly inner: PlacedEntry[];
  readonly slots: { readonly at: number; readonly own: PlacedEntry | null }[];
  /** Whether one of the slots is the wrapper's own. */
  hasWrapper: boolean;
}

export function createWrapping(first: PlacedSubgraphError, judgement: Judgement): Wrapping {
  return { first, judgement, members: [], inner: [], slots: [], hasWrapper: false };
}

/** Errors that rules treat differently share the wrapper of their subgraph, which then follows the settings without rules. */
export function addMember(wrapping: Wrapping, error: PlacedSubgraphError, judgement: Judgement): void {
  const shared = wrapping.judgement;
  wrapping.members.push(error);
  if (shared === judgement) return;
  const { policy } = shared;
  const treatment = shared.treatment === judgement.treatment ? shared.treatment : policy.base;
  const match = shared.match === judgement.match ? shared.match : null;
  if (treatment !== shared.treatment || match !== shared.match) wrapping.judgement = { policy, treatment, match };
}

/** What the client paths of all members have in common; null when that is nothing. */
export function commonPath(members: readonly PlacedSubgraphError[]): ResponsePath | null {
  let common: ResponsePath | null = null;
  for (const { places } of members) {
    const { count } = places;
    // Places come in response order, so that all share what the first and the last share.
    for (let i = 0; i < count; i += Math.max(1, count - 1)) {
      const path = places.at(i);
      if (path === null) continue;
      common = common === null ? path : commonPrefix([common, path]);
      if (common.length === 0) return null;
    }
  }
  return common;
}
