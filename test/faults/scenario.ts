/** Fault scenarios as typed data: one YAML file per section, defaults resolved. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/shared/json.ts';
import { isRecord, type JsonRecord, type Script } from '../support/script.ts';

export interface Section {
  readonly section: string;
  readonly title: string;
  readonly scenarios: readonly Scenario[];
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** The feature that the router lacks; null: all variants run. */
  readonly pending: string | null;
  readonly variants: readonly Variant[];
}

/** One run: everything that a scenario may say, inherited from scenario and section. */
export interface Variant {
  readonly name: string;
  readonly pending?: string;
  readonly graph: string;
  readonly config: JsonRecord;
  readonly subgraphs: Readonly<Record<string, Script>>;
  /** URLs in place of the scripted servers'. */
  readonly urls: Readonly<Record<string, string>>;
  readonly request: RequestSpec;
  readonly expect: Expectation;
  /** Requests one after the other, each with what it must come to; `request` and `expect` fill what a step leaves out. */
  readonly steps: readonly Step[];
  readonly repeat: number;
  readonly concurrency: number;
  /** Two subgraphs that take turns in answering first. */
  readonly race: readonly [string, string] | null;
  /** Names of configurations whose answers must agree in data, number and paths of errors. */
  readonly exposures: readonly string[];
  /** Configurations whose answers must agree in data only. */
  readonly dataOnly: readonly string[];
  /** The router must refuse to start, and say this. */
  readonly startFails: string | null;
  /** Clients that hang up while the subgraph is at work, before the request itself. */
  readonly disconnects: number;
  readonly reload: boolean;
  /** The router must be ready although a subgraph is down. */
  readonly ready: boolean;
  /** The request comes while another one is being served. */
  readonly whileBusy: boolean;
  /** Whether the answer depends on configuration, log or lifetime, which a foreign gateway cannot be asked for. */
  readonly needsOwnRouter: boolean;
}

export interface RequestSpec {
  readonly query: string;
  readonly variables?: JsonRecord;
  readonly headers: Readonly<Record<string, string>>;
  /** Instead of query, variables and headers. */
  readonly http?: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: string };
  /** Blanks after the query, for the size of a body. */
  readonly padding?: number;
}

export interface Step {
  readonly request: RequestSpec;
  readonly expect: Expectation;
  /** Breaks the router from inside for this request. */
  readonly sabotage: boolean;
}

/** What an answer must be. Left out: anything. */
export interface Expectation {
  readonly status?: number;
  readonly data?: JsonValue;
  /** No `data` key at all. */
  readonly noData?: boolean;
  /** All of them, in order; or just their number. */
  readonly errors?: readonly ExpectedError[] | number;
  readonly anyOrder?: boolean;
  /** Errors that must be among them. */
  readonly includes?: readonly ExpectedError[];
  readonly maxErrors?: number;
  readonly lastError?: ExpectedError;
  readonly bodyKeys?: readonly string[];
  /** Text that neither body nor headers may hold. */
  readonly absent?: readonly string[];
  /** Null: the header must be missing. */
  readonly headers?: Readonly<Record<string, readonly string[] | null>>;
  readonly headerHas?: Readonly<Record<string, string>>;
  readonly headerMatches?: Readonly<Record<string, string>>;
  readonly calls?: Readonly<Record<string, number>>;
  /** What a subgraph was asked for, over all its entity requests. */
  readonly representations?: Readonly<Record<string, readonly JsonObject[]>>;
  readonly log?: readonly ExpectedLog[];
  /** Patterns that a line of the router's metrics must match afterwards. */
  readonly metrics?: readonly string[];
  readonly metricsLack?: readonly string[];
  readonly maxBytes?: number;
  readonly minMs?: number;
  readonly maxMs?: number;
  readonly maxConnections?: Readonly<Record<string, number>>;
  /** Repeated requests give the same bytes. */
  readonly sameBody?: boolean;
}

export interface ExpectedError {
  readonly message?: string;
  readonly messageHas?: readonly string[];
  readonly code?: string;
  readonly path?: readonly (string | number)[];
  /** `extensions.serviceName`. */
  readonly service?: string;
  readonly extensions?: JsonObject;
  readonly exactExtensions?: JsonObject;
  readonly hasExtensions?: readonly string[];
  readonly lacksExtensions?: readonly string[];
  readonly members?: JsonObject;
  readonly lacks?: readonly string[];
  readonly keys?: readonly string[];
}

/** Lines of the router's log that hold all of `has`. */
export interface ExpectedLog {
  readonly has?: readonly string[];
  readonly level?: string;
  /** Left out: at least one. */
  readonly times?: number;
  readonly maxLength?: number;
}

interface DefaultQuery {
  readonly query: string;
  /** Which subgraph `bad` is about. */
  readonly subgraph: string;
  /** The answer when that subgraph's fetch fails. */
  readonly data: JsonValue;
  readonly path: readonly string[];
}

const NO_NAMES = { reviews: [{ author: { username: null } }] };

/** The queries that scenarios use unless they have their own, by name. */
const DEFAULT_QUERIES: Readonly<Record<string, DefaultQuery>> = {
  QR: { query: '{ me { username } }', subgraph: 'accounts', data: { me: null }, path: ['me'] },
  QE: {
    query: '{ topProducts { upc inStock } }',
    subgraph: 'inventory',
    data: {
      topProducts: [
        { upc: '1', inStock: null },
        { upc: '2', inStock: null },
      ],
    },
    path: ['topProducts'],
  },
  QN: {
    query: '{ topProducts { reviews { author { username } } } }',
    subgraph: 'accounts',
    data: { topProducts: [{ reviews: [...NO_NAMES.reviews, ...NO_NAMES.reviews] }, NO_NAMES] },
    path: ['topProducts'],
  },
};

/** What the words `expose` and `origin` stand for. */
export const EXPOSURES: Readonly<Record<string, JsonRecord>> = {
  full: { mode: 'pass-through', allow_all_extension_fields: true, propagate_status_codes: true },
  'wrapped-full': { mode: 'wrapped', allow_all_extension_fields: true, propagate_status_codes: true },
  code: { mode: 'wrapped', redacted_message: 'Something went wrong.', allowed_extension_fields: ['code'] },
  none: { mode: 'wrapped', omit_extensions: true, message: 'Something went wrong.' },
};

// Compiled, this file stands elsewhere than its data; see tsconfig.json beside it.
const folder = [new URL('./', import.meta.url), new URL('../../../../test/faults/', import.meta.url)].find((candidate) =>
  existsSync(new URL('scenarios/', candidate)),
);

function dataFile(name: string): URL {
  if (folder === undefined) throw new Error('the scenarios are missing');
  return new URL(name, folder);
}

/** SDL file by subgraph name. */
export function graphFiles(graph: string): Readonly<Record<string, string>> {
  const directory = dataFile(`graphs/${graph}/`);
  return Object.fromEntries(
    readdirSync(directory)
      .toSorted()
      .map((file) => [file.replace(/\.graphql$/, ''), fileURLToPath(new URL(file, directory))]),
  );
}

/** All sections, in order of their letters. */
export function readSections(): readonly Section[] {
  return readdirSync(dataFile('scenarios/'))
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => readSection(readFileSync(dataFile(`scenarios/${file}`), 'utf8')));
}

/** As written: every member may be missing, and is filled in from scenario and section. */
type Written = Record<string, unknown>;

function readSection(yaml: string): Section {
  const written: Written = parse(yaml);
  const scenarios = listOf(written['scenarios']).map((scenario): Scenario => {
    const { variants, pending, id, title, ...own } = scenario;
    const listed = listOf(variants);
    const base = { query: written['query'], ...own };
    return {
      id: String(id),
      title: String(title),
      pending: typeof pending === 'string' ? pending : null,
      variants: (listed.length > 0 ? listed : [{}]).map((variant) =>
        readVariant({ ...base, ...variant, config: merge(own['config'], variant['config']) }),
      ),
    };
  });
  return { section: String(written['section']), title: String(written['title']), scenarios };
}

const listOf = (value: unknown): readonly Written[] => (Array.isArray(value) ? value.filter(isRecord) : []);

function readVariant(written: Written): Variant {
  const named = String(written['query']);
  const standard = Object.hasOwn(DEFAULT_QUERIES, named) ? DEFAULT_QUERIES[named] : undefined;
  const steps = listOf(written['steps']);
  const first = {
    request: readRequest(written),
    expect: readExpectation(written['expect'], standard),
    sabotage: written['sabotage'] === true,
  };
  // The files are our own data: their members have the types that `Variant` gives them, or a scenario fails.
  const given = written as Partial<Variant> & { readonly bad?: Script };
  if (given.bad !== undefined && standard === undefined) throw new Error('`bad` needs one of the default queries');
  const bad = given.bad === undefined || standard === undefined ? {} : { [standard.subgraph]: given.bad };
  return {
    name: given.name ?? '',
    ...(given.pending === undefined ? {} : { pending: given.pending }),
    graph: given.graph ?? 'shop',
    config: configOf(written),
    subgraphs: { ...given.subgraphs, ...bad },
    urls: given.urls ?? {},
    ...first,
    steps: steps.length === 0 ? [first] : steps.map((step) => readStep({ ...written, ...step }, standard)),
    repeat: given.repeat ?? 1,
    concurrency: given.concurrency ?? 1,
    race: given.race ?? null,
    exposures: given.exposures ?? [],
    dataOnly: given.dataOnly ?? [],
    startFails: given.startFails ?? null,
    disconnects: given.disconnects ?? 0,
    reload: given.reload ?? false,
    ready: given.ready ?? false,
    whileBusy: given.whileBusy ?? false,
    needsOwnRouter: needsOwnRouter(written),
  };
}

function readStep(written: Written, standard: DefaultQuery | undefined): Step {
  return {
    request: readRequest(written),
    expect: readExpectation(written['expect'], standard),
    sabotage: written['sabotage'] === true,
  };
}

function readRequest(written: Written): RequestSpec {
  const named = String(written['query']);
  // As in `readVariant`.
  const given = written as Partial<RequestSpec>;
  return {
    query: Object.hasOwn(DEFAULT_QUERIES, named) ? (DEFAULT_QUERIES[named]?.query ?? '') : named,
    headers: given.headers ?? {},
    ...(given.variables === undefined ? {} : { variables: given.variables }),
    ...(given.http === undefined ? {} : { http: given.http }),
    ...(given.padding === undefined ? {} : { padding: given.padding }),
  };
}

/** `fails: CODE` is short for what every failed fetch of a default query comes to. */
function readExpectation(written: unknown, standard: DefaultQuery | undefined): Expectation {
  if (!isRecord(written)) return {};
  const { fails, message, messageHas, extensions, ...rest } = written;
  if (fails === undefined) return rest;
  if (standard === undefined) throw new Error('`fails` needs one of the default queries');
  const entry: ExpectedError = {
    path: standard.path,
    service: standard.subgraph,
    lacks: ['locations'],
    ...(typeof fails === 'string' && fails !== '*' ? { code: fails } : {}),
    ...(typeof message === 'string' ? { message } : {}),
    ...(Array.isArray(messageHas) ? { messageHas: messageHas.map(String) } : {}),
    ...(isJsonObject(extensions) ? { extensions } : {}),
  };
  return { status: 200, data: standard.data, errors: [entry], ...rest };
}

/**
 * Exposure full, origin on, no retries, no ids; then what the scenario says. The timeout is generous: scenarios about time set their own
 * for the subgraph that they are about, so that no busy machine decides another one.
 */
function configOf(written: Written): JsonRecord {
  const { expose = 'full' } = written;
  const exposure = typeof expose === 'string' ? (EXPOSURES[expose] ?? {}) : {};
  const base = {
    compatibility: 'none',
    subgraph_error_propagation: { error_ids: false, attach_service_name: written['origin'] !== 'off', ...exposure },
    traffic_shaping: { all: { request_timeout: '10s', retry: { enabled: false } } },
  };
  return merge(base, written['config']);
}

/** Objects merge key by key; everything else replaces. */
export function merge(base: unknown, over: unknown): JsonRecord {
  if (!isRecord(base)) return isRecord(over) ? over : {};
  if (!isRecord(over)) return base;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = isRecord(value) && isRecord(base[key]) ? merge(base[key], value) : value;
  return merged;
}

function needsOwnRouter(written: Written): boolean {
  const { expect, config, graph, expose, origin, urls } = written;
  const special = ['exposures', 'startFails', 'disconnects', 'reload', 'ready', 'sabotage', 'whileBusy', 'http', 'steps', 'repeat'];
  const isSpecial =
    special.some((key) => written[key] !== undefined) || (isRecord(expect) && (expect['log'] ?? expect['headers']) !== undefined);
  const isConfigured = isRecord(config) && Object.keys(config).length > 0;
  return isSpecial || isConfigured || [graph, expose, origin, urls].some((value) => value !== undefined);
}
