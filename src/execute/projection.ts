/**
 * What the client asked for, compiled once per operation into a program that walks the merged data and writes JSON text.
 *
 * graphql-js' own executor cannot be used here: abstract values may lack `__typename` or carry an interface's name
 * (spec/planning.md, "Plan nodes").
 */
import {
  type GraphQLEnumType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { FieldSelection, SelectionSet } from '../operation/model.ts';
import { invariant } from '../shared/assert.ts';
import type { Supergraph, TypeIndex } from '../supergraph/model.ts';

export interface ObjectProgram {
  readonly fields: readonly FieldProgram[];
}

export interface FieldProgram {
  /** `"name":` or `,"name":` */
  readonly label: string;
  readonly responseKey: string;
  readonly dataKey: string;
  /** `Type.field`, for messages about hidden values. */
  readonly coordinate: string;
  readonly value: ValueProgram;
}

export type ValueProgram = LeafProgram | EnumProgram | ListProgram | CompositeProgram | TypenameProgram | LocalProgram;

export type LeafKind = 'String' | 'Int' | 'Float' | 'Boolean' | 'ID' | 'custom';

export interface LeafProgram {
  readonly kind: 'leaf';
  readonly nonNull: boolean;
  readonly leaf: LeafKind;
  readonly typeName: string;
}

export interface EnumProgram {
  readonly kind: 'enum';
  readonly nonNull: boolean;
  readonly typeName: string;
  readonly values: ReadonlySet<string>;
  isInaccessible(value: string): boolean;
}

export interface ListProgram {
  readonly kind: 'list';
  readonly nonNull: boolean;
  readonly item: ValueProgram;
}

export interface CompositeProgram {
  readonly kind: 'composite';
  readonly nonNull: boolean;
  /** The program for a value, given its `__typename`; a problem for one that cannot stand here. */
  resolve(typename: string | undefined): ObjectProgram | 'invalid' | 'missing';
}

/** `__typename`: known with the runtime type, or not at all where the value says no more than an interface's name. */
export interface TypenameProgram {
  readonly kind: 'typename';
  readonly nonNull: true;
  readonly text: string | null;
}

/** A root field that no subgraph is asked for. */
export interface LocalProgram {
  readonly kind: 'local';
  readonly nonNull: boolean;
}

const LEAVES: ReadonlyMap<string, LeafKind> = new Map(
  (['String', 'Int', 'Float', 'Boolean', 'ID'] as const).map((name): [string, LeafKind] => [name, name]),
);

export function compileProjection(selection: SelectionSet, supergraph: Supergraph): ObjectProgram {
  return new ProjectionCompiler(supergraph).object([selection], selection.parentType.name);
}

class ProjectionCompiler {
  readonly #schema: GraphQLSchema;
  readonly #types: TypeIndex;

  constructor(supergraph: Supergraph) {
    this.#schema = supergraph.publicSchema;
    this.#types = supergraph.types;
  }

  /** Fields in the order of the specification's CollectFields for the given runtime type. */
  object(sets: readonly SelectionSet[], typeName: string): ObjectProgram {
    const collected = new Map<string, FieldSelection[]>();
    for (const set of sets) this.#collect(set, typeName, collected);
    const fields: FieldProgram[] = [];
    for (const selections of collected.values()) fields.push(this.#field(selections, typeName, fields.length === 0));
    return { fields };
  }

  #collect(set: SelectionSet, typeName: string, into: Map<string, FieldSelection[]>): void {
    for (const selection of set.selections) {
      if (selection.kind === 'fragment') {
        if (this.#applies(selection.typeCondition, typeName)) this.#collect(selection.selectionSet, typeName, into);
        continue;
      }
      const known = into.get(selection.responseKey);
      if (known === undefined) into.set(selection.responseKey, [selection]);
      else known.push(selection);
    }
  }

  #applies(condition: string, typeName: string): boolean {
    return condition === typeName || this.#types.possibleTypes(condition).has(typeName);
  }

  #field(selections: readonly FieldSelection[], typeName: string, isFirst: boolean): FieldProgram {
    const [selection] = selections;
    invariant(selection, 'a collected field has a selection');
    return {
      label: `${isFirst ? '' : ','}${JSON.stringify(selection.responseKey)}:`,
      responseKey: selection.responseKey,
      dataKey: selection.dataKey,
      coordinate: `${typeName}.${selection.fieldName}`,
      value: this.#fieldValue(selection, selections, typeName),
    };
  }

  #fieldValue(selection: FieldSelection, selections: readonly FieldSelection[], typeName: string): ValueProgram {
    if (selection.fieldName === '__typename') {
      return { kind: 'typename', nonNull: true, text: isObjectType(this.#schema.getType(typeName)) ? JSON.stringify(typeName) : null };
    }
    if (selection.local) return { kind: 'local', nonNull: selection.fieldName === '__schema' };
    const sets = selections.flatMap((each) => each.selectionSet ?? []);
    return this.#value(this.#typeOf(selection, typeName), sets, false);
  }

  /** The runtime type's own definition counts; an interface may declare the field more loosely. */
  #typeOf(selection: FieldSelection, typeName: string): GraphQLOutputType {
    const type = this.#schema.getType(typeName);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.fieldName] : undefined;
    return field?.type ?? selection.type;
  }

  #value(type: GraphQLOutputType, sets: readonly SelectionSet[], nonNull: boolean): ValueProgram {
    if (isNonNullType(type)) return this.#value(type.ofType, sets, true);
    if (isListType(type)) return { kind: 'list', nonNull, item: this.#value(type.ofType, sets, false) };
    if (isEnumType(type)) return this.#enum(type, nonNull);
    if (isObjectType(type)) return this.#concrete(type.name, sets, nonNull);
    if (isAbstractType(type)) return this.#abstract(type.name, sets, nonNull);
    return { kind: 'leaf', nonNull, leaf: LEAVES.get(type.name) ?? 'custom', typeName: type.name };
  }

  #enum(type: GraphQLEnumType, nonNull: boolean): EnumProgram {
    const values = new Set(type.getValues().map((value) => value.name));
    const isInaccessible = (value: string): boolean => this.#types.isInaccessibleEnumValue(type.name, value);
    return { kind: 'enum', nonNull, typeName: type.name, values, isInaccessible };
  }

  #concrete(typeName: string, sets: readonly SelectionSet[], nonNull: boolean): CompositeProgram {
    const program = this.object(sets, typeName);
    // Subgraphs say it for fetches by key, and may name an interface for the type. Another type's value would leave nulls unexplained.
    const isPossible = (typename: string): boolean => typename === typeName || this.#types.possibleTypes(typename).has(typeName);
    return { kind: 'composite', nonNull, resolve: (typename) => (typename === undefined || isPossible(typename) ? program : 'invalid') };
  }

  #abstract(typeName: string, sets: readonly SelectionSet[], nonNull: boolean): CompositeProgram {
    const type = this.#schema.getType(typeName);
    invariant(isAbstractType(type), 'an abstract type of the public schema');
    const possible = new Set(this.#schema.getPossibleTypes(type).map((each) => each.name));
    const programs = new Map<string, ObjectProgram>();
    const programFor = (name: string): ObjectProgram => {
      let program = programs.get(name);
      if (program === undefined) programs.set(name, (program = this.object(sets, name)));
      return program;
    };
    // A value may say no more than the interface's name: the only type it can be, or else the interface's own fields.
    const [only] = possible.size === 1 ? possible : [typeName];
    const isAsked = sets.some(asksForTypename);
    const allowsNone = !isAsked || this.#types.isInterfaceObject(typeName);
    const resolve: CompositeProgram['resolve'] = (typename) => {
      if (typename !== undefined && possible.has(typename)) return programFor(typename);
      if (typename === typeName && isInterfaceType(type)) return programFor(only ?? typeName);
      if (typename === undefined) return allowsNone ? programFor(only ?? typeName) : 'missing';
      return this.#types.isInaccessible(typename) ? 'missing' : 'invalid';
    };
    return { kind: 'composite', nonNull, resolve };
  }
}

/** Whether the plan must have asked for `__typename` at this place. */
function asksForTypename(set: SelectionSet): boolean {
  return set.selections.some((selection) => selection.kind === 'fragment' || selection.fieldName === '__typename');
}
