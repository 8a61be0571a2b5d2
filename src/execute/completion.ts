/** Completes values against the client's schema and writes them as JSON text (error-layer.md section 6). */
import type { OperationType, PlacedValueError, ValueProblem } from '../errors/model.ts';
import { unreachable } from '../shared/assert.ts';
import { isDeeperThan, isJsonArray, isJsonObject, type JsonValue, printJson, RawNumber } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { CompositeProgram, EnumProgram, FieldProgram, LeafProgram, ListProgram, ObjectProgram, ValueProgram } from './projection.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

export interface CompletionInput {
  readonly program: ObjectProgram;
  readonly data: DataObject;
  readonly operationType: OperationType;
  /** Results of root fields that no subgraph was asked for, by response key. */
  readonly local: Readonly<Record<string, JsonValue>> | null;
  /** Whether an error already explains a violation at a path; null when there is no error yet. */
  readonly explains: ((path: ResponsePath) => boolean) | null;
  /** Cosmo lets any number through for `Int` and anything for `ID`. */
  readonly lenient: boolean;
  /** Whether a string of `data` may hold something that JSON text must escape. */
  readonly escapes: boolean;
  /** Whose value stands at a path, as far as the plan tells. */
  readonly ownerOf: (path: ResponsePath) => string | null;
}

export interface Completed {
  /** JSON text of `data`; null when a violation bubbled up to the root. */
  readonly text: string | null;
  readonly errors: readonly PlacedValueError[];
  /** Violations behind them: only their number is known. */
  readonly unlistedErrors: number;
}

/** So many impossible values no response can show and nobody reads. */
const MAX_ERRORS = 10_000;

/** Null bubbles as an empty text: no JSON value is written as nothing. */
const BUBBLE = '';

const MAX_CUSTOM_DEPTH = 300;

export function completeData(input: CompletionInput): Completed {
  const completion = new Completion(input);
  const text = completion.object(input.program, input.data);
  return { text: text === BUBBLE ? null : text, errors: completion.errors, unlistedErrors: completion.unlistedErrors };
}

class Completion {
  readonly errors: PlacedValueError[] = [];
  unlistedErrors = 0;
  readonly #input: CompletionInput;
  readonly #path: (string | number)[] = [];
  #depth = 0;

  constructor(input: CompletionInput) {
    this.#input = input;
  }

  object(program: ObjectProgram, object: DataObject): string {
    let text = '{';
    const depth = this.#depth++;
    for (const field of program.fields) {
      this.#path[depth] = field.responseKey;
      const value = this.#value(field.value, member(object, field.dataKey), field);
      if (value === BUBBLE) {
        this.#depth = depth;
        return BUBBLE;
      }
      text += field.label + value;
    }
    this.#depth = depth;
    return `${text}}`;
  }

  #value(program: ValueProgram, value: JsonValue | undefined, field: FieldProgram): string {
    if (program.kind === 'typename') return program.text ?? this.#violation();
    if (program.kind === 'local') return this.#local(field, program.nonNull);
    if (value === null || value === undefined) return program.nonNull ? this.#violation() : 'null';
    const text = this.#present(program, value, field);
    return text === BUBBLE && !program.nonNull ? 'null' : text;
  }

  #present(program: Exclude<ValueProgram, { kind: 'typename' | 'local' }>, value: JsonValue, field: FieldProgram): string {
    switch (program.kind) {
      case 'leaf':
        return this.#leaf(program, value);
      case 'enum':
        return this.#enum(program, value, field);
      case 'list':
        return this.#list(program, value, field);
      case 'composite':
        return this.#composite(program, value);
      default:
        return unreachable(program);
    }
  }

  #list(program: ListProgram, value: JsonValue, field: FieldProgram): string {
    if (!isJsonArray(value)) return this.#problem({ kind: 'not_list' });
    let text = '[';
    const depth = this.#depth++;
    for (let i = 0; i < value.length; i++) {
      this.#path[depth] = i;
      const item = this.#value(program.item, value[i], field);
      if (item === BUBBLE) {
        this.#depth = depth;
        return BUBBLE;
      }
      text += i === 0 ? item : `,${item}`;
    }
    this.#depth = depth;
    return `${text}]`;
  }

  #composite(program: CompositeProgram, value: JsonValue): string {
    if (!isDataObject(value)) return this.#problem({ kind: 'not_object' });
    const sent = member(value, '__typename');
    const typename = typeof sent === 'string' ? sent : undefined;
    const object = program.resolve(typename);
    if (object === 'missing') return this.#problem({ kind: 'typename_missing' });
    if (object === 'invalid') return this.#problem({ kind: 'typename', value: typename ?? '' });
    return this.object(object, value);
  }

  #leaf(program: LeafProgram, value: JsonValue): string {
    switch (program.leaf) {
      case 'String':
        if (typeof value === 'string') return this.#string(value);
        break;
      case 'ID':
        if (typeof value === 'string') return this.#string(value);
        if (typeof value === 'number' || value instanceof RawNumber || this.#input.lenient) return this.#any(program, value);
        break;
      case 'Int':
        if (isInt(value) || (this.#input.lenient && isNumber(value))) return printNumber(value);
        break;
      case 'Float':
        if (isNumber(value)) return printNumber(value);
        break;
      case 'Boolean':
        if (typeof value === 'boolean') return value ? 'true' : 'false';
        break;
      case 'custom':
        return this.#any(program, value);
    }
    return this.#mismatch('scalar', program.typeName, value);
  }

  #string(value: string): string {
    return this.#input.escapes ? printString(value) : `"${value}"`;
  }

  #any(program: LeafProgram, value: JsonValue): string {
    if (typeof value === 'object' && isDeeperThan(value, MAX_CUSTOM_DEPTH)) return this.#mismatch('scalar', program.typeName, '…');
    return printJson(value);
  }

  #enum(program: EnumProgram, value: JsonValue, field: FieldProgram): string {
    if (typeof value !== 'string') return this.#mismatch('enum', program.typeName, value);
    if (program.values.has(value)) return `"${value}"`;
    if (program.isInaccessible(value)) {
      return this.#problem({ kind: 'inaccessible_enum', type: program.typeName, coordinate: field.coordinate });
    }
    return this.#mismatch('enum', program.typeName, value);
  }

  #local(field: FieldProgram, nonNull: boolean): string {
    const value = this.#input.local?.[field.responseKey] ?? null;
    if (value === null) return nonNull ? this.#violation() : 'null';
    return printJson(value);
  }

  #mismatch(kind: 'scalar' | 'enum', type: string, value: JsonValue): string {
    if (this.errors.length >= MAX_ERRORS) return this.#count();
    const text = isJsonArray(value) || isJsonObject(value) ? printBounded(value) : printJson(value);
    return this.#problem({ kind, type, value: text });
  }

  #violation(): string {
    const path = this.#at();
    if (this.#input.explains?.(path)) return BUBBLE;
    return this.#add(path, { kind: 'null' });
  }

  #problem(problem: ValueProblem): string {
    if (this.errors.length >= MAX_ERRORS) return this.#count();
    return this.#add(this.#at(), problem);
  }

  #add(path: ResponsePath, problem: ValueProblem): string {
    if (this.errors.length >= MAX_ERRORS) return this.#count();
    const { operationType, ownerOf } = this.#input;
    this.errors.push({ kind: 'value', operationType, path, problem, subgraph: ownerOf(path) });
    return BUBBLE;
  }

  #count(): string {
    this.unlistedErrors++;
    return BUBBLE;
  }

  #at(): ResponsePath {
    return this.#path.slice(0, this.#depth);
  }
}

// Outside this set a string needs no escaping at all; most strings are short and have nothing to escape.
// oxlint-disable-next-line no-control-regex
const NEEDS_ESCAPING = /[\u0000-\u001f"\\\ud800-\udfff]/;

function printString(value: string): string {
  return NEEDS_ESCAPING.test(value) ? printJson(value) : `"${value}"`;
}

/** What parsed as a number is finite; minus zero is written as zero, as everywhere. */
const printNumber = (value: JsonValue): string => (typeof value === 'number' ? String(value) : printJson(value));

const isNumber = (value: JsonValue): boolean => typeof value === 'number' || value instanceof RawNumber;

/** 32 bits; `1e2` is one too. */
function isInt(value: JsonValue): boolean {
  const number = value instanceof RawNumber ? Number(value.lexeme) : value;
  return typeof number === 'number' && (number | 0) === number;
}

/** Offending values are shown in messages and logs: never more than a message can bear. */
function printBounded(value: JsonValue): string {
  return isDeeperThan(value, MAX_CUSTOM_DEPTH) ? '…' : printJson(value);
}
