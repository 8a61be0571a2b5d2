/** Writes what an entity fetch sends: one representation per entity, straight from the merged data as JSON text. */
import { Kind, type SelectionSetNode } from 'graphql';
import type { RequiredSelection, Rewrite } from '../plan/nodes.ts';
import { isJsonArray, type JsonValue, printJson } from '../shared/json.ts';
import { parseFieldSet } from '../supergraph/field-set.ts';
import type { TypeIndex } from '../supergraph/model.ts';
import { matchesType, matchingTypenames } from './flatten-path.ts';
import { WHOLE_ENTITY } from './taint.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

/**
 * Why an entity cannot be represented (error-layer.md section 6).
 *
 * `foreign`: of a type that the fetch is not about. `key`: a key is null. `unknown`: an input is missing because the subgraph that was
 * to bring it does not know the entity. Neither needs an error.
 * `explained`: a key or another input is null and an error at it says why. `input`: an input is missing.
 */
export type Unusable = 'foreign' | 'key' | 'unknown' | 'explained' | 'input';

export type RepresentationText = { readonly text: string } | { readonly unusable: Unusable };

/** What is known of the inputs beside their values. */
export interface InputFacts {
  /** Whether an error of an earlier fetch stands at or below a member of an object, or at the object as a whole. */
  isTainted(object: DataObject, key: string): boolean;
  /** Whether a member is missing because a subgraph does not know the object. */
  isUnknown(object: DataObject, key: string): boolean;
  /** Cosmo sends null for an absent input, and asks although an error stands at it (reference 5.5). */
  readonly absentIsNull: boolean;
}

export interface RepresentationWriter {
  write(entity: DataObject, facts: InputFacts): RepresentationText;
  /** `__typename` and the leaves that are written, when an entity that has them all is written alike whatever else it holds; else null. */
  readonly leaves: readonly string[] | null;
}

interface FieldWriter {
  readonly kind: 'field';
  readonly name: string;
  /** `"key":` */
  readonly label: string;
  readonly isKey: boolean;
  readonly nonNull: boolean;
  readonly nested: readonly PartWriter[] | null;
}

interface FragmentWriter {
  readonly kind: 'fragment';
  readonly names: ReadonlySet<string>;
  readonly parts: readonly PartWriter[];
}

interface TypenameWriter {
  readonly kind: 'typename';
  /** Written when the data has none. */
  readonly fallback: string | null;
  readonly rewrites: readonly { readonly names: ReadonlySet<string>; readonly value: string }[];
}

type PartWriter = FieldWriter | FragmentWriter | TypenameWriter;

interface WriterContext {
  readonly types: TypeIndex;
  readonly subgraph: string;
  readonly rewrites: TypenameWriter['rewrites'];
}

/** Compiles the `requires` of one entity list. Names of keys come from the supergraph: the plan does not tell them apart. */
export function compileRepresentation(
  requires: readonly RequiredSelection[],
  rewrites: readonly Rewrite[],
  subgraph: string,
  types: TypeIndex,
): RepresentationWriter {
  const context: WriterContext = { types, subgraph, rewrites: typenameRewrites(rewrites, types) };
  const parts = compileParts(requires, null, NO_KEYS, context);
  return {
    leaves: leavesOf(parts),
    write(entity, facts) {
      const out = new Writing(facts);
      out.writeParts(parts, entity);
      if (out.unusable !== null) return { unusable: out.unusable };
      return out.text === '' ? { unusable: 'foreign' } : { text: `{${out.text}}` };
    },
  };
}

function typenameRewrites(rewrites: readonly Rewrite[], types: TypeIndex): TypenameWriter['rewrites'] {
  return rewrites.flatMap((rewrite) => {
    const [type, key] = rewrite.path;
    if (rewrite.kind !== 'setValue' || type?.kind !== 'type' || key?.kind !== 'key' || key.key !== '__typename') return [];
    return [{ names: matchingTypenames(type.types, types), value: rewrite.value }];
  });
}

/** Null where something is nested, or where types are written with different leaves. */
function leavesOf(parts: readonly PartWriter[]): readonly string[] | null {
  const [first, ...others] = parts.map((part) => (part.kind === 'fragment' ? flatNames(part.parts) : null));
  if (first === undefined || first === null) return null;
  const isSame = others.every((names) => names?.join() === first.join());
  return isSame ? ['__typename', ...first] : null;
}

function flatNames(parts: readonly PartWriter[]): readonly string[] | null {
  const names: string[] = [];
  for (const part of parts) {
    if (part.kind === 'fragment' || (part.kind === 'field' && part.nested !== null)) return null;
    if (part.kind === 'field') names.push(part.name);
  }
  return names;
}

/** A set of field names, each with the names below it that belong to a key. */
interface KeyFields extends ReadonlyMap<string, KeyFields> {}

const NO_KEYS: KeyFields = new Map();

function compileParts(
  selections: readonly RequiredSelection[],
  typeName: string | null,
  keys: KeyFields,
  context: WriterContext,
): PartWriter[] {
  return selections.map((selection): PartWriter => {
    if (selection.kind === 'fragment') {
      const type = selection.typeCondition;
      const own = typeName === null ? keyFieldsOf(type, selection.selections, context) : keys;
      return {
        kind: 'fragment',
        names: matchingTypenames([type], context.types),
        parts: compileParts(selection.selections, type, own, context),
      };
    }
    if (selection.name === '__typename') return compileTypename(typeName, context);
    return compileField(selection, typeName, keys, context);
  });
}

function compileTypename(typeName: string | null, context: WriterContext): TypenameWriter {
  const fallback = typeName !== null && context.types.possibleTypes(typeName).has(typeName) ? typeName : null;
  return { kind: 'typename', fallback, rewrites: context.rewrites };
}

function compileField(
  selection: Extract<RequiredSelection, { kind: 'field' }>,
  typeName: string | null,
  keys: KeyFields,
  context: WriterContext,
): FieldWriter {
  const below = keys.get(selection.key);
  return {
    kind: 'field',
    name: selection.name,
    label: `${JSON.stringify(selection.key)}:`,
    isKey: below !== undefined,
    nonNull: typeName !== null && context.types.isNonNull(typeName, selection.key),
    nested: selection.selections === null ? null : compileParts(selection.selections, null, below ?? NO_KEYS, context),
  };
}

/** Of the type's keys in this subgraph, those that the representation carries in full. */
function keyFieldsOf(typeName: string, selections: readonly RequiredSelection[], context: WriterContext): KeyFields {
  const carried = new Set(selections.flatMap((selection) => (selection.kind === 'field' ? [selection.key] : [])));
  const found = new Map<string, Map<string, KeyFields>>();
  for (const fieldSet of context.types.keyFieldSets(typeName, context.subgraph)) {
    const set = parseFieldSet(fieldSet);
    const fields = set === null ? NO_KEYS : fieldNames(set);
    if ([...fields.keys()].every((name) => carried.has(name))) for (const [name, below] of fields) found.set(name, new Map(below));
  }
  return found;
}

function fieldNames(set: SelectionSetNode): KeyFields {
  const names = new Map<string, KeyFields>();
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD)
      names.set(selection.name.value, selection.selectionSet ? fieldNames(selection.selectionSet) : NO_KEYS);
    else if (selection.kind === Kind.INLINE_FRAGMENT)
      for (const [name, below] of fieldNames(selection.selectionSet)) names.set(name, below);
  }
  return names;
}

/** One representation being written. */
class Writing {
  text = '';
  unusable: Unusable | null = null;
  readonly #facts: InputFacts;

  constructor(facts: InputFacts) {
    this.#facts = facts;
  }

  writeParts(parts: readonly PartWriter[], object: DataObject): void {
    for (const part of parts) {
      if (this.unusable !== null) return;
      if (part.kind === 'field') this.#writeField(part, object);
      else if (part.kind === 'typename') this.#writeTypename(part, object);
      else if (matchesType(object, part.names)) this.writeParts(part.parts, object);
    }
  }

  #append(text: string): void {
    this.text += this.text === '' ? text : `,${text}`;
  }

  #writeTypename(part: TypenameWriter, object: DataObject): void {
    const found = member(object, '__typename');
    const typename = typeof found === 'string' ? found : part.fallback;
    if (typename === null) {
      this.unusable = 'key';
      return;
    }
    const rewrite = part.rewrites.find((candidate) => candidate.names.has(typename));
    this.#append(`"__typename":${printLeaf(rewrite?.value ?? typename)}`);
  }

  #writeField(part: FieldWriter, object: DataObject): void {
    const value = member(object, part.name);
    if (value === undefined) this.#writeAbsent(part, object);
    else if (value === null) this.#writeNull(part, object);
    else if (part.nested === null) this.#append(part.label + printLeaf(value));
    else this.#writeNested(part, part.nested, value);
  }

  #writeAbsent(part: FieldWriter, object: DataObject): void {
    const isLost = this.#facts.isTainted(object, WHOLE_ENTITY);
    if (this.#facts.absentIsNull && !isLost) this.#writeNull(part, object);
    else if (isLost || this.#facts.isTainted(object, part.name)) this.unusable = 'explained';
    else this.unusable = this.#facts.isUnknown(object, part.name) ? 'unknown' : 'input';
  }

  #writeNull(part: FieldWriter, object: DataObject): void {
    if (!this.#facts.absentIsNull && this.#facts.isTainted(object, part.name)) this.unusable = 'explained';
    else if (part.isKey) this.unusable = 'key';
    else if (part.nonNull) this.unusable = 'input';
    else this.#append(`${part.label}null`);
  }

  #writeNested(part: FieldWriter, nested: readonly PartWriter[], value: JsonValue): void {
    const written = this.#writeValue(nested, value);
    if (written !== null) this.#append(part.label + written);
  }

  #writeValue(parts: readonly PartWriter[], value: JsonValue): string | null {
    if (isJsonArray(value)) {
      const items: string[] = [];
      for (const item of value) {
        const written = this.#writeValue(parts, item);
        if (written === null) return null;
        items.push(written);
      }
      return `[${items.join(',')}]`;
    }
    if (!isDataObject(value)) return printJson(value);
    const inner = new Writing(this.#facts);
    const typename = member(value, '__typename');
    if (typeof typename === 'string' && !parts.some((part) => part.kind === 'typename'))
      inner.text = `"__typename":${JSON.stringify(typename)}`;
    inner.writeParts(parts, value);
    this.unusable = inner.unusable;
    return inner.unusable === null ? `{${inner.text}}` : null;
  }
}

const PLAIN = /^[\w .:/+=-]*$/;

/** Most keys are short and plain: they need no escaping. */
function printLeaf(value: JsonValue): string {
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`;
  return printJson(value);
}
