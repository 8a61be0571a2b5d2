/** A federation in one process: real composition, planning and execution; subgraphs are graphql-js over one shared world of data. */
import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  execute,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  parse,
  validate,
} from 'graphql';
import type { HttpReply, SubgraphReply } from '../../src/errors/model.ts';
import type { ErrorProfile } from '../../src/errors/profile.ts';
import { compilePlan } from '../../src/execute/compile-plan.ts';
import { executePlan } from '../../src/execute/execute.ts';
import type { ExecutionOutcome } from '../../src/execute/outcome.ts';
import { introspect } from '../../src/operation/introspection.ts';
import { withLiterals } from '../../src/operation/literals.ts';
import { createOperationReader } from '../../src/operation/reader.ts';
import { createPlanner, type Planner } from '../../src/plan/planner.ts';
import type { Result } from '../../src/shared/result.ts';
import type { SubgraphRequest } from '../../src/subgraph/port.ts';
import { composeSubgraphs } from '../../src/supergraph/compose.ts';
import type { Supergraph } from '../../src/supergraph/model.ts';

type Data = Readonly<Record<string, unknown>>;

/** Root fields by name, and entities by type: each record carries all of its fields, whichever subgraph serves them. */
export interface World {
  readonly roots: Data;
  readonly entities?: Readonly<Record<string, readonly Data[]>>;
  /** Computed fields, `Type.field`; the source holds what the representation brought. */
  readonly resolvers?: Readonly<Record<string, (source: Data, args: Data) => unknown>>;
}

export interface RunResult {
  readonly outcome: ExecutionOutcome;
  readonly data: unknown;
  readonly requests: readonly { readonly subgraph: string; readonly query: string; readonly variables: Data }[];
}

export interface RunOptions {
  readonly variables?: Data;
  readonly profile?: ErrorProfile;
  /** Stands in for a subgraph's answer; undefined lets it answer itself. */
  readonly intercept?: (subgraph: string, query: string, variables: Data) => object | SubgraphReply | undefined;
  /** Changes an answer on its way, perhaps later. */
  readonly transform?: (subgraph: string, body: string, answer: object) => SubgraphReply | Promise<SubgraphReply>;
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires",
  "@provides", "@shareable", "@inaccessible", "@interfaceObject", "@override", "@extends"])\n`;

export function createFederation(sdls: Readonly<Record<string, string>>, world: World) {
  const services = Object.entries(sdls).map(([name, sdl]) => ({
    name,
    url: `http://${name}.invalid/graphql`,
    sdl: sdl.includes('extend type') ? sdl : LINK + sdl,
  }));
  const supergraph = unwrap(composeSubgraphs(services));
  const subgraphs = new Map(services.map(({ name, sdl }) => [name, buildSubgraph(sdl, world, supergraph)]));
  const federation = { supergraph, subgraphs, planner: unwrap(createPlanner(supergraph)) };
  return { supergraph, run: (query: string, options: RunOptions = {}) => run(federation, query, options) };
}

interface Federation {
  readonly supergraph: Supergraph;
  readonly subgraphs: ReadonlyMap<string, GraphQLSchema>;
  readonly planner: Planner;
}

async function run({ supergraph, subgraphs, planner }: Federation, query: string, options: RunOptions): Promise<RunResult> {
  const limits = { maxTokens: 15_000, approximateDepthLimit: 200, totalFieldsLimit: 3500, operationNameLengthLimit: 512 };
  const reader = createOperationReader({ supergraph, limits, introspection: true, cacheSize: 10 });
  const document = unwrap(reader.read(query, null));
  const variables = unwrap(document.coerce(options.variables ?? {}));
  const operation = document.canonical(variables);
  const plan = unwrap(compilePlan(operation.text === '' ? { root: null } : unwrap(planner.plan(operation)), operation, supergraph));
  const requests: { subgraph: string; query: string; variables: Data }[] = [];
  const introspection = operation.introspection === null ? null : introspect(supergraph.publicSchema, operation.introspection, variables);
  const send = async ({ subgraph, body }: SubgraphRequest): Promise<SubgraphReply> => {
    const sent = JSON.parse(body);
    requests.push({ subgraph, query: sent.query, variables: sent.variables ?? {} });
    const standIn = options.intercept?.(subgraph, sent.query, sent.variables ?? {});
    if (standIn !== undefined && 'kind' in standIn) return standIn;
    const answered = standIn ?? answer(subgraphs.get(subgraph), sent.query, sent.variables);
    return options.transform === undefined ? reply(answered) : options.transform(subgraph, body, answered);
  };
  const outcome = await executePlan(plan, {
    variables: withLiterals(operation.literals, variables),
    send,
    introspection,
    profile: options.profile ?? 'none',
  });
  if (outcome.bug !== null) throw outcome.bug.cause;
  return { outcome, data: outcome.data === null ? null : JSON.parse(outcome.data), requests };
}

/** For what tests know to succeed. */
export function unwrap<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

export function reply(body: object, status = 200): HttpReply {
  return {
    kind: 'response',
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    attempts: 1,
    durationMs: 1,
  };
}

/** Parsed and validated once: subgraphs see the same texts again and again. */
const parsedQueries = new Map<string, DocumentNode>();

function answer(schema: GraphQLSchema | undefined, source: string, variableValues: Data): object {
  if (schema === undefined) throw new Error('a request to an unknown subgraph');
  let document = parsedQueries.get(source);
  if (document === undefined) {
    document = parse(source);
    const [invalid] = validate(schema, document);
    if (invalid) throw new Error(`the planner made an invalid operation: ${invalid.message}`);
    parsedQueries.set(source, document);
  }
  const result = execute({ schema, document, variableValues });
  if (result instanceof Promise) throw new Error('subgraphs answer at once');
  return result;
}

const MACHINERY = (entities: readonly string[]): string => `
  scalar _Any
  union _Entity = ${entities.join(' | ')}
  type Query { _entities(representations: [_Any!]!): [_Entity]! }`;

function buildSubgraph(sdl: string, world: World, supergraph: Supergraph): GraphQLSchema {
  const own = parse(sdl);
  const entities = [...new Set(own.definitions.flatMap((definition) => entityName(definition) ?? []))];
  const machinery = entities.length === 0 ? [] : parse(MACHINERY(entities)).definitions;
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: mergeTypes([...own.definitions, ...machinery]) };
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  attach(schema, world, supergraph);
  return schema;
}

function entityName(definition: DefinitionNode): string | null {
  const isType = definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION;
  return isType && definition.directives?.some(({ name }) => name.value === 'key') ? definition.name.value : null;
}

/** `extend type` becomes `type`, and definitions of one type become one. */
function mergeTypes(definitions: readonly DefinitionNode[]): DefinitionNode[] {
  const merged = new Map<string, DefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.SCHEMA_EXTENSION) continue;
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) {
      merged.set('name' in definition ? (definition.name?.value ?? '') : '', definition);
      continue;
    }
    const known = merged.get(definition.name.value);
    const fields = [...(known?.kind === Kind.OBJECT_TYPE_DEFINITION ? (known.fields ?? []) : []), ...(definition.fields ?? [])];
    merged.set(definition.name.value, { ...definition, kind: Kind.OBJECT_TYPE_DEFINITION, fields });
  }
  return [...merged.values()];
}

function attach(schema: GraphQLSchema, world: World, supergraph: Supergraph): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value: Data) => String(value.__typename);
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const computed = world.resolvers?.[`${type.name}.${field.name}`];
      if (field.name === '_entities')
        field.resolve = (_source, { representations }) => representations.map((each: Data) => findEntity(each, world, supergraph));
      else if (computed) field.resolve = (source, args) => computed(source, args);
      else if (type === schema.getQueryType() || type === schema.getMutationType()) field.resolve = () => world.roots[field.name];
      else field.resolve = (source: Data) => (Object.hasOwn(source, field.name) ? source[field.name] : deref(source, world)[field.name]);
    }
  }
}

/** A record of the world may name an entity by its key alone. */
function deref(source: Data, world: World): Data {
  return world.entities?.[String(source.__typename)]?.find((record) => record.id === source.id) ?? source;
}

function findEntity(representation: Data, world: World, supergraph: Supergraph): Data | null {
  const typeName = String(representation.__typename);
  const candidates = [...supergraph.types.possibleTypes(typeName)].flatMap((name) => world.entities?.[name] ?? []);
  const found = candidates.find((record) => ('id' in representation ? record.id === representation.id : matches(record, representation)));
  return found === undefined ? null : { ...found, ...representation, __typename: typeName };
}

function matches(record: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return record === part;
  return Object.entries(part).every(([key, value]) => key === '__typename' || matches((record as Data | null)?.[key], value));
}
