/**
 * Cures planning.md, fault G: two fields of one name whose types differ in the subgraph (`ID` against `ID!`) may not stand at the same
 * place of an operation. The planner gives one of them another name only one level below the fork; we do it at any depth.
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import type { Supergraph } from '../supergraph/model.ts';
import { namedType } from '../supergraph/type-nodes.ts';
import type { Rewrite } from './nodes.ts';

/** The root field of entity fetches, where it has no alias. */
export const ROOT_ENTITIES_KEY = '_entities';

export interface SeparatedOperation {
  readonly operation: string;
  /** Give back the names; by the response key of the `_entities` field they are relative to, `''` for those relative to the data. */
  readonly rewrites: ReadonlyMap<string, readonly Rewrite[]>;
}

type Graph = Pick<Supergraph, 'types' | 'subgraphTypes' | 'publicSchema'>;

/** An operation in which every conflict has names of its own; null when there is none, which is nearly always. */
export function separateConflicts(operation: string, subgraph: string, graph: Graph): SeparatedOperation | null {
  // A conflict needs two type conditions.
  if ((operation.match(/\.\.\./g)?.length ?? 0) < 2) return null;
  const { root, fragments } = parseOperation(operation);
  if (root === undefined) return null;
  const separator = new ConflictSeparator(subgraph, graph, fragments);
  const rootType = rootTypeName(root, graph);
  const fields = separator.fields(root.selectionSet, rootType);
  separator.separate(fields, '', []);
  if (separator.rewrites.size === 0) return null;
  const variables = (root.variableDefinitions ?? []).map((definition) => print(definition)).join(',');
  const name = root.name === undefined ? '' : ` ${root.name.value}`;
  const head = `${root.operation}${name}${variables === '' ? '' : `(${variables})`}`;
  return { operation: `${head}${printParts(fields)}`, rewrites: separator.rewrites };
}

function parseOperation(text: string) {
  const document = parse(text, { noLocation: true });
  const fragments = new Map<string, FragmentDefinitionNode>();
  let root: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) root ??= definition;
  }
  return { root, fragments };
}

function rootTypeName(operation: OperationDefinitionNode, graph: Graph): string {
  return graph.publicSchema.getRootType(operation.operation)?.name ?? '';
}

/** A selection that can be renamed in place; named fragments are written out, since the same one may need other names elsewhere. */
type Part = FieldPart | { readonly kind: 'fragment'; readonly condition: string; readonly parts: readonly Part[] };

interface FieldPart {
  readonly kind: 'field';
  key: string;
  readonly node: FieldNode;
  readonly parentType: string;
  readonly type: TypeNode | null;
  parts: readonly Part[] | null;
}

class ConflictSeparator {
  readonly rewrites = new Map<string, Rewrite[]>();
  readonly #subgraph: string;
  readonly #graph: Graph;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  #aliases = 0;

  constructor(subgraph: string, graph: Graph, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#subgraph = subgraph;
    this.#graph = graph;
    this.#fragments = fragments;
  }

  fields(set: SelectionSetNode, parentType: string): readonly Part[] {
    return set.selections.map((selection): Part => {
      if (selection.kind === Kind.FIELD) return this.#field(selection, parentType);
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value ?? parentType;
      return { kind: 'fragment', condition, parts: fragment === undefined ? [] : this.fields(fragment.selectionSet, condition) };
    });
  }

  #field(node: FieldNode, parentType: string): FieldPart {
    const type = this.#graph.subgraphTypes.fieldType(parentType, node.name.value, this.#subgraph);
    const below = type === null ? '_Entity' : namedType(type);
    const parts = node.selectionSet === undefined ? null : this.fields(node.selectionSet, below);
    return { kind: 'field', key: node.alias?.value ?? node.name.value, node, parentType, type, parts };
  }

  /** Renames what conflicts at one place of the response and below. `owner` and `path` say from where a rewrite starts, and how it gets here. */
  separate(parts: readonly Part[], owner: string, path: readonly string[]): void {
    for (const [key, fields] of groupByKey(parts)) {
      const [first] = fields;
      const isEntities = first?.node.name.value === ROOT_ENTITIES_KEY && path.length === 0;
      for (const group of this.#groupByShape(fields)) {
        if (group[0] !== first) this.#rename(group, fields, owner, [...path, key]);
        const below = group.flatMap((field) => field.parts ?? []);
        if (below.length > 0) this.separate(below, isEntities ? key : owner, isEntities ? [] : [...path, key]);
      }
    }
  }

  #groupByShape(fields: readonly FieldPart[]): readonly (readonly FieldPart[])[] {
    const groups = new Map<string, FieldPart[]>();
    for (const field of fields) {
      const shape = field.type === null ? '' : printShape(field.type, field.parts !== null);
      const group = groups.get(shape);
      if (group === undefined) groups.set(shape, [field]);
      else group.push(field);
    }
    return [...groups.values()];
  }

  #rename(group: readonly FieldPart[], all: readonly FieldPart[], owner: string, path: readonly string[]): void {
    const alias = `_internal_alias_${this.#aliases++}`;
    const key = path.at(-1) ?? '';
    const others = all.filter((field) => !group.includes(field));
    for (const field of group) {
      field.key = alias;
      // Where an object can get the value under both names, the renamed one replaces the other: it must hold everything.
      const shared = others.filter((other) => other.parts !== null && this.#mayMeet(field.parentType, other.parentType));
      if (field.parts !== null) field.parts = [...field.parts, ...shared.flatMap((other) => copyParts(other.parts ?? []))];
    }
    const steps = [...path.slice(0, -1), alias].map((step) => ({ kind: 'key', key: step }) as const);
    const known = this.rewrites.get(owner) ?? [];
    this.rewrites.set(owner, [...known, { kind: 'renameKey', path: steps, key }]);
  }

  #mayMeet(a: string, b: string): boolean {
    const possible = this.#graph.types.possibleTypes(a);
    for (const name of this.#graph.types.possibleTypes(b)) if (possible.has(name)) return true;
    return false;
  }
}

function groupByKey(parts: readonly Part[], into = new Map<string, FieldPart[]>()): ReadonlyMap<string, readonly FieldPart[]> {
  for (const part of parts) {
    if (part.kind === 'fragment') groupByKey(part.parts, into);
    else if (into.get(part.key)?.push(part) === undefined) into.set(part.key, [part]);
  }
  return into;
}

function copyParts(parts: readonly Part[]): readonly Part[] {
  return parts.map((part): Part => {
    if (part.kind === 'fragment') return { ...part, parts: copyParts(part.parts) };
    return { ...part, parts: part.parts === null ? null : copyParts(part.parts) };
  });
}

/** What two fields must have in common (SameResponseShape): lists, non-null marks, and the name of a leaf. */
function printShape(type: TypeNode, isComposite: boolean): string {
  if (type.kind === Kind.NON_NULL_TYPE) return `${printShape(type.type, isComposite)}!`;
  if (type.kind === Kind.LIST_TYPE) return `[${printShape(type.type, isComposite)}]`;
  return isComposite ? '' : type.name.value;
}

function printParts(parts: readonly Part[]): string {
  return `{${parts.map(printPart).join(' ')}}`;
}

function printPart(part: Part): string {
  if (part.kind === 'fragment') return `...on ${part.condition}${printParts(part.parts)}`;
  const { node } = part;
  const args =
    node.arguments === undefined || node.arguments.length === 0 ? '' : `(${node.arguments.map((each) => print(each)).join(',')})`;
  const alias = part.key === node.name.value ? '' : `${part.key}:`;
  const directives = (node.directives ?? []).map((directive) => ` ${print(directive)}`).join('');
  return `${alias}${node.name.value}${args}${directives}${part.parts === null ? '' : printParts(part.parts)}`;
}
