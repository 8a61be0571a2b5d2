/** Reads client documents: parse, limits, validation, operation selection; once per text. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  KnownFragmentNamesRule,
  NoFragmentCyclesRule,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { OperationType, RequestError, RequestErrorCode } from '../errors/model.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { Supergraph } from '../supergraph/model.ts';
import { canonicalise, type OperationSource } from './canonical.ts';
import { documentPaths } from './document-path.ts';
import { FiniteFloatsRule } from './finite-floats.ts';
import { checkNesting, checkSize, type ParserLimits } from './limits.ts';
import { exactDefaults } from './literals.ts';
import type { CanonicalOperation } from './model.ts';
import { coerceVariables, conditionVariablesOf, type Variables } from './variables.ts';

export interface OperationReaderOptions {
  readonly supergraph: Pick<Supergraph, 'publicSchema' | 'types'>;
  readonly limits: ParserLimits;
  /** Whether clients may ask for `__schema` and `__type`. */
  readonly introspection: boolean;
  /** Number of documents that are remembered. */
  readonly cacheSize: number;
}

export interface OperationReader {
  /** The one operation of a document that `operationName` asks for. A text that was read before costs one look-up. */
  read(text: string, operationName: string | null): Result<OperationDocument, readonly RequestError[]>;
}

/** A valid operation, before its variables are known. */
export interface OperationDocument {
  readonly type: OperationType;
  readonly name: string | null;
  /** Names of the variables on which the shape of the operation depends. */
  readonly conditionVariables: readonly string[];
  /** Coerces a request's variables (GraphQL specification 6.1.2); `BAD_USER_INPUT` for each that does not fit. */
  coerce(variables: Readonly<Record<string, unknown>> | null): Result<Variables, readonly RequestError[]>;
  /** The canonical form for coerced variables; one object per valuation of the condition variables. */
  canonical(coerced: Variables): CanonicalOperation;
}

type Reading = Result<OperationDocument, readonly RequestError[]>;

/** Longer texts are read anew each time: they are rare, and a cache full of them would be a way to exhaust memory. */
const MAX_CACHED_LENGTH = 65_536;
const AVERAGE_LENGTH = 8_192;
const MAX_REFUSED = 256;
const MAX_REFUSED_LENGTH = 4_096;
const MAX_VALUATIONS = 32;

export function createOperationReader(options: OperationReaderOptions): OperationReader {
  const max = Math.max(1, options.cacheSize);
  const known = new LRUCache<string, Reading>({ max, maxSize: max * AVERAGE_LENGTH + MAX_CACHED_LENGTH });
  // Apart from the others, so that bad documents never push out good ones.
  const refused = new LRUCache<string, Reading>({ max: MAX_REFUSED });
  return {
    read(text, operationName) {
      // Clients send '' for no name, or any text at all: its length keeps it from passing for a part of the document.
      const name = operationName ?? '';
      const key = `${name.length} ${name}${text}`;
      const remembered = known.get(key) ?? refused.get(key);
      if (remembered !== undefined) return remembered;
      const reading = readDocument(text, operationName === '' ? null : operationName, options);
      if (reading.ok && text.length <= MAX_CACHED_LENGTH) known.set(key, reading, { size: key.length + 1 });
      if (!reading.ok && text.length <= MAX_REFUSED_LENGTH) refused.set(key, reading);
      return reading;
    },
  };
}

function readDocument(text: string, operationName: string | null, options: OperationReaderOptions): Reading {
  const { limits, supergraph } = options;
  if (limits.operationNameLengthLimit > 0 && (operationName?.length ?? 0) > limits.operationNameLengthLimit)
    return refuse('GRAPHQL_VALIDATION_FAILED', nameTooLong(limits));
  const parsed = parseDocument(text, limits);
  if (!parsed.ok) return parsed;
  const document = parsed.value;
  const size = checkSize(document, limits);
  if (size.kind === 'exceeds') return refuse('GRAPHQL_VALIDATION_FAILED', size.message);
  const longName = checkNames(document, limits);
  if (longName !== null) return refuse('GRAPHQL_VALIDATION_FAILED', longName);
  // Which operation is meant is asked first: a document of several without a name would else be blamed for each of them.
  const operation = selectOperation(document, operationName);
  if (!operation.ok) return operation;
  const errors = validateDocument(document, size.kind === 'cyclic' ? CYCLE_RULES : ALL_RULES, options);
  if (errors.length > 0) return err(errors);
  const fragments = fragmentsOf(document);
  return ok(createDocument({ schema: supergraph.publicSchema, types: supergraph.types, operation: operation.value, fragments }));
}

function parseDocument(text: string, limits: ParserLimits): Result<DocumentNode, readonly RequestError[]> {
  const nesting = checkNesting(text, limits);
  if (nesting !== null) return refuse('GRAPHQL_VALIDATION_FAILED', nesting);
  try {
    return ok(parse(text, limits.maxTokens > 0 ? { maxTokens: limits.maxTokens } : {}));
  } catch (error) {
    if (!(error instanceof GraphQLError)) return refuse('GRAPHQL_PARSE_FAILED', 'The document cannot be parsed.');
    if (/more (?:than|that) \d+ tokens/.test(error.message))
      return refuse('GRAPHQL_VALIDATION_FAILED', `The document has more than ${limits.maxTokens} tokens.`);
    return err([requestError('GRAPHQL_PARSE_FAILED', error)]);
  }
}

function checkNames(document: DocumentNode, limits: ParserLimits): string | null {
  if (limits.operationNameLengthLimit <= 0) return null;
  const isTooLong = document.definitions.some(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION && (definition.name?.value.length ?? 0) > limits.operationNameLengthLimit,
  );
  return isTooLong ? nameTooLong(limits) : null;
}

function nameTooLong(limits: ParserLimits): string {
  return `The operation name is longer than ${limits.operationNameLengthLimit} characters.`;
}

const ALL_RULES: readonly ValidationRule[] = [...specifiedRules, FiniteFloatsRule];
const CYCLE_RULES: readonly ValidationRule[] = [KnownFragmentNamesRule, NoFragmentCyclesRule];

function validateDocument(
  document: DocumentNode,
  specified: readonly ValidationRule[],
  { supergraph, introspection }: OperationReaderOptions,
): readonly RequestError[] {
  const rules = introspection ? specified : [...specified, NoSchemaIntrospectionCustomRule];
  try {
    const errors = validate(supergraph.publicSchema, document, rules);
    const paths = documentPaths(document, new Set(errors.flatMap((error) => error.nodes?.[0] ?? [])));
    return errors.map((error) => {
      const node = error.nodes?.[0];
      const path = node === undefined ? undefined : paths.get(node);
      const placed = explainIncremental(requestError('GRAPHQL_VALIDATION_FAILED', error));
      const found = path === undefined ? placed : { ...placed, path };
      // Suggestions would tell the schema name by name to those who must not introspect it.
      return introspection ? found : { ...found, message: found.message.replace(/ Did you mean .+\?$/s, '') };
    });
  } catch {
    return [{ code: 'GRAPHQL_VALIDATION_FAILED', message: 'The document is too complex to be validated.' }];
  }
}

/** The directives of incremental delivery are no typing errors: those who use them must hear that they are not offered. */
function explainIncremental(error: RequestError): RequestError {
  const name = /^Unknown directive "@(defer|stream)"\.$/.exec(error.message)?.[1];
  if (name === undefined) return error;
  return { ...error, message: `Incremental delivery is not offered; leave out @${name}, and the answer comes as a whole.` };
}

/** GetOperation of the specification (6.1), with graphql-js's messages. */
function selectOperation(document: DocumentNode, operationName: string | null): Result<OperationDefinitionNode, readonly RequestError[]> {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [first, ...others] = operations;
  if (operationName !== null) {
    const named = operations.find((operation) => operation.name?.value === operationName);
    return named === undefined ? refuse('OPERATION_RESOLUTION_FAILURE', `Unknown operation named "${operationName}".`) : ok(named);
  }
  if (first === undefined) return refuse('OPERATION_RESOLUTION_FAILURE', 'Must provide an operation.');
  if (others.length > 0)
    return refuse('OPERATION_RESOLUTION_FAILURE', 'Must provide operation name if query contains multiple operations.');
  return ok(first);
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
}

function createDocument(source: OperationSource): OperationDocument {
  const { operation, schema } = source;
  const conditionVariables = conditionVariablesOf(operation, source.fragments);
  const defaults = exactDefaults(schema, operation.variableDefinitions ?? []);
  const valuations = new LRUCache<string, CanonicalOperation>({ max: MAX_VALUATIONS });
  return {
    type: operation.operation,
    name: operation.name?.value ?? null,
    conditionVariables,
    coerce: (variables) => coerceVariables(schema, operation, conditionVariables, defaults, variables),
    canonical(coerced) {
      let key = '';
      for (const name of conditionVariables) key += coerced[name] === true ? '1' : '0';
      let canonical = valuations.get(key);
      if (canonical === undefined) {
        const conditions = Object.fromEntries(conditionVariables.map((name) => [name, coerced[name] === true]));
        valuations.set(key, (canonical = canonicalise(source, conditions)));
      }
      return canonical;
    },
  };
}

function refuse(code: RequestErrorCode, message: string): Result<never, readonly RequestError[]> {
  return err([{ code, message }]);
}

function requestError(code: RequestErrorCode, error: GraphQLError): RequestError {
  const locations = error.locations?.map(({ line, column }) => ({ line, column }));
  return locations === undefined ? { code, message: error.message } : { code, message: error.message, locations };
}
