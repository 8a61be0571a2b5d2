/** Exchanges with made-up subgraphs, as the executor would hand them to the error layer. */
import { classifyReply } from '../../src/errors/classify.ts';
import type {
  FetchExchange,
  FetchPlaces,
  FetchSite,
  HttpReply,
  OperationType,
  ReplyExpectation,
  SelectionShape,
  ShapeField,
  SiteResult,
  SubgraphReply,
  TransportFailure,
} from '../../src/errors/model.ts';
import type { ErrorProfile } from '../../src/errors/profile.ts';
import type { ResponsePath } from '../../src/shared/path.ts';

/** Fields by data key: `null` for a leaf, an object for a selection, a list around it for each list level. `_c_x` is the alias `x`. */
export interface ShapeSpec {
  readonly [dataKey: string]: ShapeMember;
}

type ShapeMember = null | ShapeSpec | readonly [ShapeMember];

const isList = (member: ShapeMember): member is readonly [ShapeMember] => Array.isArray(member);

export function sampleShape(spec: ShapeSpec, type = 'Query'): SelectionShape {
  return {
    field(dataKey): ShapeField | undefined {
      if (!Object.hasOwn(spec, dataKey)) return undefined;
      let member: ShapeMember = spec[dataKey] ?? null;
      let listDepth = 0;
      while (isList(member)) {
        member = member[0];
        listDepth++;
      }
      const responseKey = dataKey.startsWith('_c_') ? dataKey.slice(3) : dataKey;
      const name = `${responseKey.charAt(0).toUpperCase()}${responseKey.slice(1)}`;
      return { responseKey, coordinate: `${type}.${responseKey}`, listDepth, shape: member === null ? null : sampleShape(member, name) };
    },
  };
}

/** The selection of `{ me { name email } employees { id name notes tags { label } } grid boss: employee { name } }`. */
export const SAMPLE: ShapeSpec = {
  me: { name: null, email: null },
  employees: [{ id: null, name: null, notes: null, tags: [{ label: null }] }],
  grid: [[{ x: null }]],
  _c_boss: { name: null },
};

export function rootSite(overrides: Partial<FetchSite> = {}): FetchSite {
  return {
    id: 0,
    subgraph: 'employees',
    operationType: 'query',
    kind: 'root',
    path: [],
    rootKeys: ['me'],
    fields: [],
    entitiesKey: '',
    shape: sampleShape(SAMPLE),
    renames: new Map(),
    ...overrides,
  };
}

/** `products` adds `notes` and `tags` to the items of `employees`. */
export function entitySite(overrides: Partial<FetchSite> = {}): FetchSite {
  return {
    ...rootSite({ id: 1, subgraph: 'products', kind: 'entities', path: ['employees', '@'], rootKeys: [], fields: ['notes', 'tags'] }),
    entitiesKey: '_entities',
    shape: sampleShape({ notes: null, tags: [{ label: null }] }, 'Employee'),
    ...overrides,
  };
}

export const NO_PLACES: FetchPlaces = { count: 0, of: () => [], listLength: () => undefined };

/** `places[i]`: where representation i stands. Lists are as long as `lengths` says, by dotted path. */
export function placesOf(places: readonly (readonly ResponsePath[])[], lengths: Readonly<Record<string, number>> = {}): FetchPlaces {
  return {
    count: places.length,
    of: (index) => places[index] ?? [],
    listLength: (path, length) => lengths[path.slice(0, length).join('.')],
  };
}

/** Representation 0 is the employees 0 and 2, representation 1 is employee 1. */
export const EMPLOYEE_PLACES = placesOf(
  [
    [
      ['employees', 0],
      ['employees', 2],
    ],
    [['employees', 1]],
  ],
  { employees: 3 },
);

export function httpReply(
  status: number,
  body: string | object,
  headers: HttpReply['headers'] = { 'content-type': 'application/json' },
): HttpReply {
  return { kind: 'response', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body), attempts: 1, durationMs: 12.4 };
}

export function transportFailure(failure: TransportFailure['failure'], overrides: Partial<TransportFailure> = {}): TransportFailure {
  const sent = failure !== 'unreachable' && failure !== 'circuit_open' && failure !== 'rate_limited';
  return { kind: 'failure', failure, status: null, sent, retryAfterSeconds: null, cause: null, attempts: 1, durationMs: 3, ...overrides };
}

export interface SampleOptions {
  readonly profile?: ErrorProfile;
  readonly operationType?: OperationType;
  readonly expectation?: ReplyExpectation;
  readonly requestBody?: string;
}

export function sampleExchange(reply: SubgraphReply, sites: readonly SiteResult[], options: SampleOptions = {}): FetchExchange {
  const { profile = 'none', operationType = 'query', requestBody = '{"query":"{x}","variables":{"id":1}}' } = options;
  const keys = new Map(sites.map(({ site, places }) => [site.entitiesKey, { count: places.count, single: site.kind === 'entity' }]));
  const lists = [...keys].map(([key, list]) => ({ key, ...list }));
  const expected: ReplyExpectation = sites[0]?.site.kind === 'root' ? { kind: 'root' } : { kind: 'entities', lists };
  const classified = classifyReply(reply, options.expectation ?? expected, profile);
  return { subgraph: sites[0]?.site.subgraph ?? 'employees', operationType, reply, classified, sites, requestBody };
}

export function rootExchange(reply: SubgraphReply, options: SampleOptions & { readonly site?: Partial<FetchSite> } = {}): FetchExchange {
  const site = rootSite({ ...(options.operationType && { operationType: options.operationType }), ...options.site });
  return sampleExchange(reply, [{ site, places: NO_PLACES }], options);
}

export function entityExchange(reply: SubgraphReply, options: SampleOptions & { readonly site?: Partial<FetchSite> } = {}): FetchExchange {
  return sampleExchange(reply, [{ site: entitySite(options.site), places: EMPLOYEE_PLACES }], options);
}
