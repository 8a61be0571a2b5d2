/** Gives every error of an exchange its client paths (error-layer.md section 5, cosmo-reference.md 3.6 and 4.3). */
import type { ResponsePath } from '../shared/path.ts';
import { fetchPosition, mapPath, readIndex } from './client-path.ts';
import { clientPath, rewriteCosmoPath } from './cosmo-path.ts';
import type {
  ErrorPlaces,
  FetchExchange,
  FetchFailure,
  FetchSite,
  IngestedError,
  PlacedError,
  PlacedSubgraphError,
  SiteResult,
} from './model.ts';
import type { ErrorProfile } from './profile.ts';

export interface LocateOptions {
  readonly profile: ErrorProfile;
}

/** Beyond these an error stands at fewer places than it has, so that a hostile reply cannot multiply itself. */
const MAX_PLACES_PER_ERROR = 1000;
const MAX_PLACES_PER_EXCHANGE = 100_000;

const NOTHING: readonly PlacedError[] = [];

/**
 * The errors of one exchange: site by site in plan order, at each site the subgraph's errors in its own order, then the failure.
 *
 * An error goes to the sites where its representation stands; one that names no place goes to every site, since each is a fetch of
 * its own (cosmo profile: to a site without path, first). An exchange without errors costs two comparisons.
 */
export function placeErrors(exchange: FetchExchange, options: LocateOptions): readonly PlacedError[] {
  const { errors, failure, listFailures } = exchange.classified;
  if (failure?.kind === 'cancelled') return NOTHING;
  if (errors.length === 0 && failure === null && listFailures.size === 0) return NOTHING;
  const [only, second] = exchange.sites;
  if (options.profile !== 'cosmo' && only !== undefined && second === undefined) return placeAtOnly(exchange, only);
  const bySite = options.profile === 'cosmo' ? placeAsCosmo(exchange) : placeExactly(exchange);
  const placed: PlacedError[] = [];
  for (const [result, located] of bySite) {
    for (const error of located) placed.push(error);
    const own = failure ?? listFailures.get(result.site.entitiesKey);
    if (own !== undefined && exchange.sites.includes(result)) placed.push(placeFailure(exchange, result.site, own));
  }
  return placed;
}

/** What almost every exchange comes to: one site, so that nothing needs to be sorted. */
function placeAtOnly(exchange: FetchExchange, only: SiteResult): readonly PlacedError[] {
  const { errors, failure, listFailures } = exchange.classified;
  const placed: PlacedError[] = [];
  let budget = MAX_PLACES_PER_EXCHANGE;
  for (const entry of errors) {
    const places =
      placesAt(only, entry.path, Math.min(MAX_PLACES_PER_ERROR, Math.max(1, budget))) ?? new SinglePlace(fetchPosition(only.site));
    budget -= places.count;
    placed.push(placeEntry(exchange, only.site, entry, places));
  }
  const own = failure ?? listFailures.get(only.site.entitiesKey);
  if (own !== undefined) placed.push(placeFailure(exchange, only.site, own));
  return placed;
}

/** Where a path leads at one site; null when it leads nowhere there. */
function placesAt(result: SiteResult, path: ResponsePath | null, limit: number): ErrorPlaces | null {
  if (path === null) return null;
  return result.site.kind === 'root' ? rootPlace(result, path) : entityPlaces(result, path, limit);
}

/** Almost every error stands at one place. A class, because closures would weigh several times as much. */
class SinglePlace implements ErrorPlaces {
  readonly count = 1;
  readonly #path: ResponsePath | null;

  constructor(path: ResponsePath | null) {
    this.#path = path;
  }

  at(): ResponsePath | null {
    return this.#path;
  }
}

/** A failure at its site, with the fetch's position as path. */
export function placeFailure(exchange: FetchExchange, site: FetchSite, failure: FetchFailure): PlacedError {
  return { kind: 'failure', exchange, site, failure, path: fetchPosition(site) };
}

type Located = Map<SiteResult, PlacedSubgraphError[]>;

function placeExactly(exchange: FetchExchange): Located {
  const located: Located = new Map(exchange.sites.map((result) => [result, []]));
  let budget = MAX_PLACES_PER_EXCHANGE;
  for (const entry of exchange.classified.errors) {
    const standing = sitesWithPlaces(exchange.sites, entry, Math.min(MAX_PLACES_PER_ERROR, Math.max(1, budget)));
    for (const { result, places } of standing) {
      located.get(result)?.push(placeEntry(exchange, result.site, entry, places));
      budget -= places.count;
      if (budget <= 0) break;
    }
  }
  return located;
}

interface Standing {
  readonly result: SiteResult;
  readonly places: ErrorPlaces;
}

/** At most `limit` places at each site. */
function sitesWithPlaces(sites: readonly SiteResult[], entry: IngestedError, limit: number): readonly Standing[] {
  const { path } = entry;
  const standing: Standing[] = [];
  if (path !== null) {
    for (const result of sites) {
      const places = placesAt(result, path, limit);
      if (places !== null) standing.push({ result, places });
    }
    if (standing.length > 0) return standing;
  }
  const named = path === null ? [] : sites.filter((result) => result.site.entitiesKey === path[0]);
  return (named.length > 0 ? named : sites).map((result) => ({ result, places: new SinglePlace(fetchPosition(result.site)) }));
}

function rootPlace(result: SiteResult, path: ResponsePath): ErrorPlaces | null {
  const mapped = mapPath([], path, result);
  return mapped.length === 0 ? null : new SinglePlace(mapped);
}

/** The places of the representation that the path names; null when it names none at this site. */
function entityPlaces(result: SiteResult, path: ResponsePath, limit: number): ErrorPlaces | null {
  if (path[0] !== result.site.entitiesKey) return null;
  const index = readIndex(path[1]);
  if (index === null || index >= result.places.count) return null;
  const places = result.places.of(index);
  if (places.length === 0) return null;
  const rest = path.slice(2);
  return { count: Math.min(places.length, limit), at: (i) => mapPath(places.at(i) ?? [], rest, result) };
}

/** Each site keeps the errors that name its list; the others stand apart, without a path, when there are several sites. */
function placeAsCosmo(exchange: FetchExchange): Located {
  const [first] = exchange.sites;
  if (first === undefined) return new Map();
  const located: Located = new Map();
  const apart: SiteResult = { ...first, site: { ...first.site, kind: 'root', path: [], rootKeys: [], fields: [] } };
  located.set(apart, []);
  for (const result of exchange.sites) located.set(result, []);
  const keys = new Set<string | number | undefined>(exchange.sites.map((result) => result.site.entitiesKey));
  for (const entry of exchange.classified.errors) {
    const standing = exchange.sites.length === 1 ? exchange.sites : keys.has(entry.path?.[0]) ? cosmoSites(exchange.sites, entry) : [apart];
    for (const result of standing) {
      const path = rewriteCosmoPath(entry.raw, result.site) ?? clientPath(entry.path, result.site);
      located.get(result)?.push(placeEntry(exchange, result.site, entry, new SinglePlace(path)));
    }
  }
  return located;
}

/** Sites of the list that the error names; of those only the ones at which its representation stands, where that is known. */
function cosmoSites(sites: readonly SiteResult[], entry: IngestedError): readonly SiteResult[] {
  const named = sites.filter((result) => result.site.entitiesKey === entry.path?.[0]);
  const index = readIndex(entry.path?.[1]);
  const exact = index === null ? [] : named.filter((result) => index < result.places.count && result.places.of(index).length > 0);
  return exact.length > 0 ? exact : named;
}

function placeEntry(exchange: FetchExchange, site: FetchSite, entry: IngestedError, places: ErrorPlaces): PlacedSubgraphError {
  return { kind: 'graphql', exchange, site, entry, places };
}
