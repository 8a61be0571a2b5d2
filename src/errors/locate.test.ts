import { describe, expect, it } from 'vitest';
import {
  entityExchange,
  entitySite,
  httpReply,
  placesOf,
  rootExchange,
  rootSite,
  sampleExchange,
  transportFailure,
} from '../../test/support/sample-exchange.ts';
import type { JsonValue } from '../shared/json.ts';
import { createExplanations, pathsOf } from './explanations.ts';
import { placeErrors } from './locate.ts';
import type { FetchExchange, FetchSite, PlacedError } from './model.ts';
import type { ErrorProfile } from './profile.ts';

const withPath = (...sent: JsonValue[]) => httpReply(200, { errors: sent.map((path) => ({ message: 'm', path })) });

function paths(exchange: FetchExchange, profile: ErrorProfile = 'none') {
  return placeErrors(exchange, { profile }).map(pathsOf);
}

const rootPath = (path: JsonValue, site: Partial<FetchSite> = {}) => paths(rootExchange(withPath(path), { site }))[0];
const entityPath = (path: JsonValue) => paths(entityExchange(withPath(path)))[0];

describe('placeErrors, root fetch', () => {
  it('keeps paths, maps aliases back, and cuts what was not selected', () => {
    expect(rootPath(['me', 'name'])).toEqual([['me', 'name']]);
    expect(rootPath(['_c_boss', 'name'])).toEqual([['boss', 'name']]);
    expect(rootPath(['_internal_qp_alias_0', 'name'], { renames: new Map([['_internal_qp_alias_0', 'me']]) })).toEqual([['me', 'name']]);
    expect(rootPath(['me', 'input', 'accountID'])).toEqual([['me']]);
  });

  it('keeps list indices that are possible, cuts the others', () => {
    const site = rootSite();
    const places = placesOf([], { employees: 3, grid: 2, 'grid.1': 2 });
    const at = (path: JsonValue) => paths(sampleExchange(withPath(path), [{ site, places }]))[0];
    expect(at(['employees', 2, 'name'])).toEqual([['employees', 2, 'name']]);
    expect(at(['employees', '2', 'name'])).toEqual([['employees', 2, 'name']]);
    expect(at(['employees', 3, 'name'])).toEqual([['employees']]);
    expect(at(['employees', 'name'])).toEqual([['employees']]);
    expect(at(['grid', 1, 1, 'x'])).toEqual([['grid', 1, 1, 'x']]);
    expect(at(['grid', 1, 2, 'x'])).toEqual([['grid', 1]]);
    expect(rootPath(['employees', 9, 'name'])).toEqual([['employees', 9, 'name']]);
  });

  it('falls back to the only root field, or to no path', () => {
    expect(rootPath(null)).toEqual([['me']]);
    expect(rootPath(['_entities', 0])).toEqual([['me']]);
    expect(rootPath(null, { rootKeys: ['me', 'employees'] })).toEqual([null]);
  });
});

describe('placeErrors, entity fetch', () => {
  it('gives one path per place an entity appears', () => {
    expect(entityPath(['_entities', 0, 'notes'])).toEqual([
      ['employees', 0, 'notes'],
      ['employees', 2, 'notes'],
    ]);
    expect(entityPath(['_entities', '1', 'tags', 0, 'label'])).toEqual([['employees', 1, 'tags', 0, 'label']]);
  });

  it.each([
    [['_entities']],
    [['_entities', 99, 'notes']],
    [['_entities', -1]],
    [['_entities', 1.5]],
    [['notes']],
    [null],
    [[]],
    ['x'],
  ])('stays one error at the fetch for %j', (path) => {
    expect(entityPath(path)).toEqual([['employees']]);
  });

  it('places a failure where the fetch stands', () => {
    expect(paths(entityExchange(transportFailure('timeout')))).toEqual([[['employees']]]);
    const site = entitySite({ kind: 'entity', path: ['me'] });
    expect(paths(sampleExchange(transportFailure('timeout'), [{ site, places: placesOf([[['me']]]) }]))).toEqual([[['me']]]);
  });

  it('says nothing of a cancelled or a healthy fetch', () => {
    expect(paths(entityExchange(transportFailure('cancelled')))).toEqual([]);
    expect(paths(rootExchange(httpReply(200, { data: {} })))).toEqual([]);
  });
});

const bySite = (placed: readonly PlacedError[]) => placed.map((error) => ('site' in error ? [error.site.path, error.kind] : []));

describe('placeErrors, one request for several sites', () => {
  const first = { site: entitySite({ id: 1, path: ['first'], kind: 'entity', entitiesKey: '_e0' }), places: placesOf([[['first']]]) };
  const second = { site: entitySite({ id: 2, path: ['second'], kind: 'entity', entitiesKey: '_e1' }), places: placesOf([[['second']]]) };
  const send = (reply: ReturnType<typeof withPath>, profile: ErrorProfile = 'none') => sampleExchange(reply, [first, second], { profile });

  it('gives an error to the site whose list it names', () => {
    const placed = placeErrors(send(withPath(['_e1', 0, 'notes'])), { profile: 'none' });
    expect(bySite(placed)).toEqual([[['second'], 'graphql']]);
  });

  it('gives an error without a place to every site', () => {
    expect(bySite(placeErrors(send(withPath(null)), { profile: 'none' }))).toEqual([
      [['first'], 'graphql'],
      [['second'], 'graphql'],
    ]);
  });

  it('lets it stand apart in the cosmo profile, first and without a path', () => {
    const placed = placeErrors(send(withPath(['_e1', 0, 'notes'], null), 'cosmo'), { profile: 'cosmo' });
    expect(bySite(placed)).toEqual([
      [[], 'graphql'],
      [['second'], 'graphql'],
    ]);
  });

  it('fails once per site, in plan order', () => {
    const exchange = sampleExchange(transportFailure('unreachable'), [first, second]);
    expect(bySite(placeErrors(exchange, { profile: 'none' }))).toEqual([
      [['first'], 'failure'],
      [['second'], 'failure'],
    ]);
  });

  it('shares a list between paths', () => {
    const shared = [
      { site: entitySite({ id: 1, path: ['first'], kind: 'entity' }), places: placesOf([[['first']], []]) },
      { site: entitySite({ id: 2, path: ['second'], kind: 'entity' }), places: placesOf([[], [['second']]]) },
    ] as const;
    const placed = placeErrors(sampleExchange(withPath(['_entities', 1, 'notes']), shared), { profile: 'none' });
    expect(bySite(placed)).toEqual([[['second'], 'graphql']]);
  });
});

describe('placeErrors, hostile replies', () => {
  it('stays linear and bounded with 100,000 errors at many places', () => {
    const many = placesOf([Array.from({ length: 5000 }, (_place, i) => ['employees', i])], { employees: 5000 });
    const body = { errors: Array.from({ length: 100_000 }, () => ({ message: 'm', path: ['_entities', 0, 'notes'] })) };
    const placed = placeErrors(sampleExchange(httpReply(200, body), [{ site: entitySite(), places: many }]), { profile: 'none' });
    expect(placed).toHaveLength(100_000);
    const shown = placed.reduce((sum, error) => sum + (error.kind === 'graphql' ? error.places.count : 0), 0);
    expect(shown).toBeLessThan(202_000);
  });
});

describe('createExplanations', () => {
  const explains = createExplanations(placeErrors(entityExchange(withPath(['_entities', 0, 'notes'])), { profile: 'none' }));

  it('knows errors at a place and below it, not above', () => {
    expect(explains.explains(['employees', 2, 'notes'])).toBe(true);
    expect(explains.explains(['employees', 0])).toBe(true);
    expect(explains.explains(['employees', 1])).toBe(false);
    expect(explains.explains(['employees', 0, 'notes', 'x'])).toBe(false);
  });

  it('explains nothing where nothing failed, and all fields of a root fetch that failed without a place', () => {
    expect(createExplanations([]).explains([])).toBe(false);
    const nowhere = placeErrors(rootExchange(withPath(null), { site: { rootKeys: ['me', 'grid'] } }), { profile: 'none' });
    expect(createExplanations(nowhere).explains(['me'])).toBe(true);
    expect(createExplanations(nowhere).explains(['boss'])).toBe(false);
  });
});
