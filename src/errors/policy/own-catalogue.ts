/** The operator's own table of errors: what subgraphs' errors become for clients (error-layer.md section 7.4). */
import type { Catalogue } from '../../config/keys/error-rules.ts';
import type { ErrorOrigin } from '../catalogue.ts';
import { type CatalogueSource, compileSource, type Matches } from './conditions.ts';
import type { ErrorTraits } from './traits.ts';

/** What clients read instead. */
export interface CatalogueMatch {
  readonly code: string;
  /** Null: the original text stays. */
  readonly message: string | null;
  /** Status of the answer when nothing was delivered; null for the usual one. */
  readonly httpStatus: number | null;
  readonly retryable: boolean | null;
  readonly origin: ErrorOrigin | null;
  /** False for the fallback: no entry is about the error. */
  readonly declared: boolean;
}

export interface OwnCatalogue {
  /** The most specific entry about an error; the fallback or null where there is none. */
  match(traits: ErrorTraits): CatalogueMatch | null;
}

interface Candidate {
  readonly matches: Matches;
  readonly specificity: number;
  readonly entry: CatalogueMatch;
}

/** Null when nothing is declared: then looking costs nothing. */
export function compileCatalogue(catalogue: Catalogue): OwnCatalogue | null {
  const fallback = catalogue.unknown === 'replace' ? fallbackOf(catalogue) : null;
  const candidates = candidatesOf(catalogue);
  if (candidates.length === 0 && fallback === null) return null;
  const byCode = new Map<string, Candidate[]>();
  const others: Candidate[] = [];
  for (const { source, candidate } of candidates) {
    if (source.code === undefined) others.push(candidate);
    else for (const code of source.code) byCode.set(code, [...(byCode.get(code) ?? []), candidate]);
  }
  return {
    match(traits) {
      const named = traits.code === null ? undefined : byCode.get(traits.code);
      return mostSpecific(others, traits, named === undefined ? null : mostSpecific(named, traits, null))?.entry ?? fallback;
    },
  };
}

function mostSpecific(candidates: readonly Candidate[], traits: ErrorTraits, best: Candidate | null): Candidate | null {
  let found = best;
  for (const candidate of candidates) {
    if ((found === null || candidate.specificity > found.specificity) && candidate.matches(traits)) found = candidate;
  }
  return found;
}

function candidatesOf({ codes }: Catalogue): readonly { readonly source: CatalogueSource; readonly candidate: Candidate }[] {
  return [...codes].flatMap(([code, entry]) => {
    const shown: CatalogueMatch = {
      code,
      message: entry.message ?? null,
      httpStatus: entry.httpStatus ?? null,
      retryable: entry.retryable ?? null,
      origin: entry.origin ?? null,
      declared: true,
    };
    return entry.from.map((source) => ({
      source,
      candidate: { matches: compileSource(source), specificity: specificityOf(source), entry: shown },
    }));
  });
}

function fallbackOf({ fallback }: Catalogue): CatalogueMatch {
  return { code: fallback.code, message: fallback.message, httpStatus: null, retryable: null, origin: null, declared: false };
}

/** How many conditions a source states. */
export function specificityOf(source: CatalogueSource): number {
  return Object.values(source).filter((condition) => condition !== undefined).length;
}
