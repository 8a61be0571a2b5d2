/** What a scripted subgraph answers, as data: the vocabulary of the corpus, and some words more for the fault suite. */
import { type FieldNode, getOperationAST, Kind, parse, valueFromASTUntyped } from 'graphql';

export type Script = ScriptEntry | readonly ScriptEntry[];

export type ScriptEntry = (ReplyEntry | FaultEntry | BodyFaultEntry | RepresentationsEntry | HealthyEntry) & EntryConditions;

interface EntryConditions {
  /** Absent: any request. An entities request has a root field `_entities`. */
  readonly match?: RequestKind;
  /** Answers only after these subgraphs have answered a request; how a test fixes an order without sleeping. */
  readonly after?: readonly string[];
  /** Answers that many milliseconds late; only for what is about time itself. */
  readonly lateByMs?: number;
}

export type RequestKind = 'root' | 'entities';

export interface ReplyEntry {
  readonly reply: {
    readonly status: number;
    /** Lower-case names. `content-type: null` sends none; without one it is `application/json`. */
    readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
    readonly body?: string;
    readonly bodyBase64?: string;
    /** `text` that many times between `before` and `after`, for sizes that no file should hold. */
    readonly repeat?: { readonly text: string; readonly count: number; readonly before?: string; readonly after?: string };
    /** Goes on sending until the peer hangs up. */
    readonly endless?: boolean;
    /** Compresses the body and says so. */
    readonly encoding?: 'gzip' | 'deflate' | 'br';
    /** Sends the body byte by byte, in chunked encoding. */
    readonly drip?: boolean;
  };
}

export interface FaultEntry {
  readonly fault: 'refused' | 'reset' | 'timeout';
}

export interface BodyFaultEntry {
  readonly fault: 'cut-body' | 'stall-body';
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RepresentationsEntry {
  readonly representationsReply: {
    readonly status?: number;
    readonly entities: readonly EntityRule[];
  };
}

interface EntityRule {
  readonly when: JsonRecord;
  readonly value: unknown;
  readonly error?: JsonRecord;
}

/** Answers from the fixture's data, as a subgraph in good health, but for what the options say. */
export interface HealthyEntry {
  readonly healthy: HealthyOptions;
}

export interface HealthyOptions {
  /** How many products there are. */
  readonly count?: number;
  /** Fields that fail, by coordinate; `of` names the entities by key. */
  readonly failing?: Readonly<
    Record<string, { readonly message: string; readonly extensions?: JsonRecord; readonly of?: readonly string[] }>
  >;
  /** Fields that have another value. */
  readonly values?: Readonly<Record<string, { readonly value: unknown; readonly of?: readonly string[] }>>;
}

export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A request that a subgraph received, as far as scripts look into it. */
export interface GraphqlParams {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: JsonRecord;
}

/** Null when the body is no GraphQL request. */
export function parseParams(body: string): GraphqlParams | null {
  try {
    const parsed: unknown = JSON.parse(body);
    if (!isRecord(parsed) || typeof parsed['query'] !== 'string') return null;
    const { query, operationName, variables } = parsed;
    return {
      query,
      operationName: typeof operationName === 'string' ? operationName : null,
      variables: isRecord(variables) ? variables : {},
    };
  } catch {
    return null;
  }
}

/** The root fields `_entities` of a request, under whatever alias, with the representations given to each. */
export function entityLists(params: GraphqlParams): readonly { readonly key: string; readonly representations: readonly unknown[] }[] {
  return rootFields(params)
    .filter((field) => field.name.value === '_entities')
    .map((field) => {
      const argument = field.arguments?.find(({ name }) => name.value === 'representations');
      const representations: unknown = argument === undefined ? [] : valueFromASTUntyped(argument.value, params.variables);
      return { key: field.alias?.value ?? field.name.value, representations: Array.isArray(representations) ? representations : [] };
    });
}

function rootFields({ query, operationName }: GraphqlParams): readonly FieldNode[] {
  const operation = getOperationAST(parse(query, { noLocation: true }), operationName);
  return operation?.selectionSet.selections.filter((selection) => selection.kind === Kind.FIELD) ?? [];
}

export function kindOf(params: GraphqlParams): RequestKind {
  return entityLists(params).length > 0 ? 'entities' : 'root';
}

/** Chooses entries: the first that fits and is unused, else the last that fits. One per scenario, since usage is counted. */
export class ScriptReader {
  readonly #entries: readonly ScriptEntry[];
  readonly #used = new Set<ScriptEntry>();

  constructor(script: Script) {
    this.#entries = isEntryList(script) ? script : [script];
  }

  /** Undefined when no entry fits, which fails the scenario. */
  next(kind: RequestKind): ScriptEntry | undefined {
    const fitting = this.#entries.filter((entry) => entry.match === undefined || entry.match === kind);
    const entry = fitting.find((candidate) => !this.#used.has(candidate)) ?? fitting.at(-1);
    if (entry !== undefined) this.#used.add(entry);
    return entry;
  }
}

export const isEntryList = (script: Script): script is readonly ScriptEntry[] => Array.isArray(script);

/** Whether the script says that nobody listens. */
export function isRefused(script: Script): boolean {
  const [entry] = isEntryList(script) ? script : [script];
  return entry !== undefined && 'fault' in entry && entry.fault === 'refused';
}

/** The JSON body that answers each representation by the first rule that it contains. */
export function answerRepresentations(params: GraphqlParams, rules: readonly EntityRule[]): string {
  const errors: JsonRecord[] = [];
  const data: Record<string, unknown> = {};
  for (const { key, representations } of entityLists(params)) {
    data[key] = representations.map((representation, index) => {
      const rule = rules.find(({ when }) => contains(representation, when));
      if (rule?.error !== undefined) errors.push(placeError(rule.error, key, index));
      return rule?.value ?? null;
    });
  }
  return JSON.stringify(errors.length > 0 ? { errors, data } : { data });
}

function placeError(error: JsonRecord, key: string, index: number): JsonRecord {
  const { path } = error;
  return Array.isArray(path) ? { ...error, path: [key, index, ...path] } : error;
}

function contains(value: unknown, part: unknown): boolean {
  if (!isRecord(part)) return JSON.stringify(value) === JSON.stringify(part);
  return isRecord(value) && Object.entries(part).every(([key, member]) => contains(value[key], member));
}
