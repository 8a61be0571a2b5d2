/** The last step of an execution: places errors, explains what was left out, and completes the data. */
import { createExplanations, type Explanations } from '../errors/explanations.ts';
import { placeErrors } from '../errors/locate.ts';
import type { FetchExchange, PlacedDependency, PlacedError } from '../errors/model.ts';
import { isPrefix, type ResponsePath } from '../shared/path.ts';
import { completeData } from './completion.ts';
import type { SiteProgram } from './executable.ts';
import type { ExecutionInput, LeftOut, Run } from './execute.ts';
import type { ExecutionOutcome } from './outcome.ts';
import { lookUpInOrder, valueAt } from './places.ts';
import { type DataObject, member } from './tree.ts';

/** Places of left-out entities that get an error of their own, per site; the policy cuts further (`places_per_error`). */
const MAX_DEPENDENCY_PLACES = 1000;

export function finish(run: Run, input: ExecutionInput): ExecutionOutcome {
  const exchanges = run.exchanges.filter((exchange): exchange is FetchExchange => exchange !== undefined);
  const located = placeFetchErrors(run, input);
  const explanations = run.leftOut.length === 0 || input.profile === 'cosmo' ? null : createExplanations(located.flat());
  if (explanations !== null) addDependencies(run, located, explanations);
  const errors = located.flat();
  const completed = completeData({
    program: run.plan.projection,
    data: run.data,
    operationType: run.plan.operation.type,
    local: input.introspection,
    explains: explainsFor(run, input, errors, explanations),
    lenient: input.profile === 'cosmo',
    escapes: run.escapes,
    ownerOf: (path) => ownerOf(run.plan.sites, path),
  });
  const unlistedErrors = exchanges.reduce((sum, { classified }) => sum + classified.unlistedErrors, completed.unlistedErrors);
  return {
    data: completed.text,
    unlistedErrors,
    errors: completed.errors.length === 0 ? errors : [...errors, ...completed.errors],
    exchanges,
    delivered: run.delivered || exchanges.length === 0,
    complete: completed.errors.length === 0 && unlistedErrors === 0 && errors.every(createHarmlessness(run)) && !run.leftOut.some(isMissed),
    cancelled: run.cancelled,
    bug: null,
  };
}

/** By fetch index, so that the order is the plan's whatever the timing was. */
function placeFetchErrors(run: Run, input: ExecutionInput): PlacedError[][] {
  const placed: PlacedError[][] = [];
  run.exchanges.forEach((exchange, index) => {
    if (exchange !== undefined && hasErrors(exchange)) {
      placed[index] = [...placeErrors(exchange, { profile: input.profile })];
    }
  });
  return placed;
}

function hasErrors({ classified }: FetchExchange): boolean {
  return classified.errors.length > 0 || classified.failure !== null || classified.listFailures.size > 0;
}

/** Cosmo says nothing about nulls when there is no data at all, and otherwise says everything (reference 5.3). */
function explainsFor(
  run: Run,
  input: ExecutionInput,
  placed: readonly PlacedError[],
  known: Explanations | null,
): ((path: ResponsePath) => boolean) | null {
  if (placed.length === 0) return null;
  if (input.profile === 'cosmo') return Object.keys(run.data).length === 0 ? () => true : null;
  // Most answers with errors hold no violation: nobody asks then.
  let explanations = known;
  return (path) => (explanations ??= createExplanations(placed)).explains(path);
}

interface Dependency {
  readonly fetchIndex: number;
  readonly error: PlacedDependency;
}

/** One error per place whose representation lacked an input, at the first field there that stays null unexplained. */
function addDependencies(run: Run, located: PlacedError[][], explanations: Explanations): void {
  const dependencies = run.leftOut.flatMap((leftOut) => dependenciesOf(run, leftOut, explanations));
  for (const { fetchIndex, error } of dependencies) {
    (located[fetchIndex] ??= []).push(error);
    explanations.add(error);
  }
}

function dependenciesOf(run: Run, { fetchIndex, targets, reasons }: LeftOut, explanations: Explanations): Dependency[] {
  const { site, path } = targets.program;
  const reasonOf = lookUpInOrder(targets.objects, reasons);
  const [field] = site.fields;
  const responseKey = field === undefined ? undefined : site.shape.field(field)?.responseKey;
  if (field === undefined || responseKey === undefined) return [];
  const found: Dependency[] = [];
  const located = run.shaped.locate(path);
  located.every((object, position) => {
    if (reasonOf(object) === 'input' && isNull(object, field)) {
      const place = [...located.pathOf(position), responseKey];
      if (!explanations.explains(place)) found.push({ fetchIndex, error: { kind: 'dependency', site, path: place } });
    }
    return found.length < MAX_DEPENDENCY_PLACES;
  });
  return found;
}

/**
 * Tells of errors whether all the data that each speaks of is there all the same.
 *
 * What holds of a site is found out once, however many errors a reply holds: all entities of the site are looked at for it.
 */
function createHarmlessness(run: Run): (error: PlacedError) => boolean {
  const hasAll = remembering((siteId) => hasAllFields(run, siteId));
  const depthOf = remembering((siteId) => keysOf(run.plan.sites[siteId]?.site.path ?? []).length);
  return (error) => {
    if (error.kind !== 'graphql') return false;
    const { site, places } = error;
    const depth = depthOf(site.id);
    for (let i = 0; i < places.count; i++) {
      const path = places.at(i);
      if (path === null) return false;
      // An error at an entity as a whole, or above it, speaks of everything that the fetch was to bring there.
      const isBroad = site.kind !== 'root' && countNames(path) <= depth;
      if (!(isBroad ? hasAll(site.id) : (valueAt(run.shaped, path) ?? null) !== null)) return false;
    }
    return true;
  };
}

/** Whether data is missing because an input of it failed: an input that the client did not ask for is missed nowhere else. */
function isMissed({ targets, reasons }: LeftOut): boolean {
  const { fields } = targets.program.site;
  return targets.objects.some((object, i) => reasons[i] === 'explained' && fields.some((field) => isNull(object, field)));
}

/** Null, or not there. */
const isNull = (object: DataObject, field: string): boolean => (member(object, field) ?? null) === null;

function remembering<V>(compute: (siteId: number) => V): (siteId: number) => V {
  const known = new Map<number, V>();
  return (siteId) => {
    let value = known.get(siteId);
    if (value === undefined) known.set(siteId, (value = compute(siteId)));
    return value;
  };
}

const keysOf = (pattern: readonly string[]): readonly string[] => pattern.filter((segment) => segment !== '@');

function countNames(path: ResponsePath): number {
  let count = 0;
  for (const segment of path) if (typeof segment === 'string') count++;
  return count;
}

function hasAllFields(run: Run, siteId: number): boolean {
  const program = run.plan.sites[siteId];
  if (program === undefined) return false;
  const { fields } = program.site;
  return run.shaped.locate(program.path).every((object) => !fields.some((field) => isNull(object, field)));
}

/** The subgraph whose fetch brings the last key of a path: of all sites that may, the deepest. */
function ownerOf(sites: readonly SiteProgram[], path: ResponsePath): string | null {
  const keys = path.filter((segment) => typeof segment === 'string');
  let owner: SiteProgram['site'] | null = null;
  for (const { site } of sites) {
    const at = keysOf(site.path);
    const next = keys[at.length];
    if (next === undefined || !isPrefix(at, keys)) continue;
    const fields = site.kind === 'root' ? site.rootKeys : site.fields;
    const brings = fields.some((key) => site.shape.field(key)?.responseKey === next);
    if (brings && (owner === null || at.length >= keysOf(owner.path).length)) owner = site;
  }
  return owner?.subgraph ?? null;
}
