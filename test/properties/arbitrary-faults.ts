/** Faults of subgraphs, chosen by a request's own text so that they do not depend on timing. */
import fc from 'fast-check';
import type { SubgraphReply, TransportFailure } from '../../src/errors/model.ts';
import { reply } from '../execute/federation.ts';

export interface Fault {
  /** `errors` keeps the data and adds entries; `nulled` also empties what they point at. */
  readonly kind: 'none' | 'errors' | 'nulled' | 'dropped' | TransportFailure['failure'] | 'html' | 'empty' | 'json' | 'shape' | 'count';
  readonly status: number;
  readonly entries: readonly ErrorEntry[];
}

export interface ErrorEntry {
  /** Chooses among the paths of the data, or a path that fits nothing. */
  readonly at: number | 'none' | 'bare' | 'beyond' | 'alien' | 'odd';
  readonly extensions: object | string | null | undefined;
}

const arbitraryEntry: fc.Arbitrary<ErrorEntry> = fc.record({
  at: fc.oneof(
    { weight: 4, arbitrary: fc.nat(50) },
    fc.constantFrom('none' as const, 'bare' as const, 'beyond' as const, 'alien' as const, 'odd' as const),
  ),
  extensions: fc.constantFrom(undefined, null, 'text', {}, { code: 'SOME', secret: 'canary', http: { status: 503 }, serviceName: 'liar' }),
});

const KINDS = [
  'none',
  'none',
  'errors',
  'nulled',
  'nulled',
  'dropped',
  'unreachable',
  'timeout',
  'interrupted',
  'too_large',
  'html',
  'empty',
  'json',
  'shape',
  'count',
] as const;

export const HARD_KINDS: readonly Fault['kind'][] = [
  'unreachable',
  'timeout',
  'interrupted',
  'too_large',
  'html',
  'empty',
  'json',
  'shape',
];

export function arbitraryFaults(kinds: readonly Fault['kind'][] = KINDS): fc.Arbitrary<readonly Fault[]> {
  return fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      status: fc.constantFrom(200, 200, 403, 500),
      entries: fc.array(arbitraryEntry, { minLength: 1, maxLength: 3 }),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
}

/** The fault of a request: the same for the same text, whatever else happens. */
export function faultFor(faults: readonly Fault[], subgraph: string, body: string): Fault {
  let hash = 7;
  for (const char of subgraph + body) hash = (hash * 31 + char.charCodeAt(0)) | 0;
  const fault = faults[Math.abs(hash) % faults.length];
  if (fault === undefined) throw new Error('no fault');
  return fault;
}

/** Marks messages so that each can be found again in the response. */
export function applyFault(fault: Fault, subgraph: string, answer: object, mark: (message: string) => void): SubgraphReply {
  const sent = structuredClone(answer) as { data: Record<string, unknown> };
  switch (fault.kind) {
    case 'none':
      return reply(sent);
    case 'html':
      return { ...reply({}, fault.status), body: '<html>secret</html>' };
    case 'empty':
      return { ...reply({}, fault.status), body: '' };
    case 'json':
      return { ...reply({}, fault.status), body: '{"data":' };
    case 'shape':
      return reply({ state: 'fine' }, fault.status);
    case 'count':
      for (const list of Object.values(sent.data)) if (Array.isArray(list)) list.pop();
      return reply(sent);
    case 'dropped':
      dropSomething(sent.data);
      return reply(sent);
    case 'errors':
    case 'nulled':
      return reply(
        {
          ...sent,
          errors: fault.entries.map((each, i) => errorFor(each, `boom ${subgraph} ${i}`, sent.data, fault.kind === 'nulled', mark)),
        },
        fault.status,
      );
    default:
      return {
        kind: 'failure',
        failure: fault.kind,
        status: null,
        sent: true,
        retryAfterSeconds: null,
        cause: 'secret cause',
        attempts: 1,
        durationMs: 1,
      };
  }
}

function errorFor(
  entry: ErrorEntry,
  message: string,
  data: Record<string, unknown>,
  nulls: boolean,
  mark: (message: string) => void,
): object {
  mark(message);
  const { extensions } = entry;
  const more = extensions === undefined ? {} : { extensions };
  if (typeof entry.at !== 'number') {
    const paths = { none: undefined, bare: ['_entities'], beyond: ['_entities', 99, 'x'], alien: ['not', 'selected', 3], odd: '/text' };
    return { message, path: paths[entry.at], locations: [{ line: 1, column: 1 }], ...more };
  }
  const all = pathsOf(data);
  const path = all[entry.at % Math.max(1, all.length)] ?? [];
  if (nulls) setNull(data, path);
  return { message, path, ...more };
}

function pathsOf(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return at.length === 0 ? [] : [at];
  const below = Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...at, Array.isArray(value) ? Number(key) : key]));
  return at.length === 0 ? below : [at, ...below];
}

function setNull(data: Record<string, unknown>, path: readonly (string | number)[]): void {
  let parent: unknown = data;
  for (const segment of path.slice(0, -1)) parent = (parent as Record<string | number, unknown> | null)?.[segment];
  const last = path.at(-1);
  if (typeof parent === 'object' && parent !== null && last !== undefined) (parent as Record<string | number, unknown>)[last] = null;
}

function dropSomething(data: Record<string, unknown>): void {
  const path = pathsOf(data).findLast((each) => typeof each.at(-1) === 'string');
  if (path === undefined) return;
  let parent: unknown = data;
  for (const segment of path.slice(0, -1)) parent = (parent as Record<string | number, unknown>)[segment];
  delete (parent as Record<string, unknown>)[String(path.at(-1))];
}
