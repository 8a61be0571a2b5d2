/**
 * Where a `@provides` cannot be believed (planning.md, fault E).
 *
 * In what a `@provides` reaches, the planner keeps one list of provided fields for each type, not for each place. With
 * `top: Node @provides(fields: "parent { name }")` it takes the `name` of `top` itself for provided, and data goes missing. Operations that
 * select such a field are planned on a supergraph without that `@provides`, which costs a fetch; all others on the real one.
 */
import { type ConstDirectiveNode, type FieldDefinitionNode, Kind, parse, print, type SelectionSetNode, visit } from 'graphql';
import type { CanonicalOperation, FieldSelection, SelectionSet } from '../operation/model.ts';
import { textArgument } from '../supergraph/directives.ts';
import { parseFieldSet } from '../supergraph/field-set.ts';
import type { Supergraph, TypeIndex } from '../supergraph/model.ts';
import { namedType } from '../supergraph/type-nodes.ts';

export interface RecursiveProvides {
  /** The supergraph without the `@provides` that come by one type in several places. */
  readonly sdlWithout: string;
  /** Whether the operation selects, at some place, a field that is provided for its type at another place only. */
  isMisleading(operation: CanonicalOperation): boolean;
}

/** What is provided at one place: by object type, then by field; a leaf provides nothing below. */
type Place = ReadonlyMap<string, ReadonlyMap<string, Place>>;

interface Provision {
  readonly place: Place;
  /** What the planner believes: fields by object type, of all places together. */
  readonly believed: ReadonlyMap<string, ReadonlySet<string>>;
}

type Graph = Pick<Supergraph, 'sdl' | 'types' | 'subgraphTypes'>;

/** Null when every `@provides` of the supergraph can be believed, as is usual. */
export function findRecursiveProvides(graph: Graph): RecursiveProvides | null {
  const { sdl, types } = graph;
  // A type can come twice only where a field set goes into a field.
  if (!/\bprovides:\s*"[^"]*\{/.test(sdl)) return null;
  const read = createReader(graph);
  const provisions = new Map<string, Provision[]>();
  const prepared = visit(parse(sdl, { noLocation: true }), {
    FieldDefinition(field, _key, _parent, _path, ancestors) {
      const type = ancestors.at(-1);
      const typeName = type !== undefined && 'kind' in type && 'name' in type ? (type.name?.value ?? '') : '';
      const directives = field.directives?.map((directive) => {
        const provision = read(directive, field);
        if (provision === null) return directive;
        for (const object of types.possibleTypes(typeName)) {
          const coordinate = `${object}.${field.name.value}`;
          provisions.set(coordinate, [...(provisions.get(coordinate) ?? []), provision]);
        }
        return { ...directive, arguments: directive.arguments?.filter((argument) => argument.name.value !== 'provides') ?? [] };
      });
      return directives === undefined ? undefined : { ...field, directives };
    },
  });
  if (provisions.size === 0) return null;
  return { sdlWithout: print(prepared), isMisleading: ({ selection }) => meetsMisleading(selection, provisions, types) };
}

const NONE: ReadonlySet<string> = new Set();

type ProvisionReader = (directive: ConstDirectiveNode, field: FieldDefinitionNode) => Provision | null;

/** Reads a `@provides` of a join directive; null for what is none, or is the same at every place of a type. */
function createReader({ types, subgraphTypes }: Graph): ProvisionReader {
  const readPlace = (set: SelectionSetNode, objects: ReadonlySet<string>): Map<string, Map<string, Place>> => {
    const place = new Map<string, Map<string, Place>>([...objects].map((object) => [object, new Map()]));
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const within =
          selection.typeCondition === undefined ? objects : both(objects, types.possibleTypes(selection.typeCondition.name.value));
        mergeInto(place, readPlace(selection.selectionSet, within));
      }
      if (selection.kind !== Kind.FIELD) continue;
      for (const object of objects) {
        const type = subgraphTypes.fieldType(object, selection.name.value, null);
        const below = type === null ? NONE : types.possibleTypes(namedType(type));
        const inner: Place = selection.selectionSet === undefined ? new Map() : readPlace(selection.selectionSet, below);
        mergeInto(place, new Map([[object, new Map([[selection.name.value, inner]])]]));
      }
    }
    return place;
  };
  return (directive, field) => {
    const provides = directive.name.value === 'join__field' ? textArgument(directive, 'provides') : null;
    const set = provides === null ? null : parseFieldSet(provides);
    if (set === null) return null;
    const place = readPlace(set, types.possibleTypes(namedType(field.type)));
    const believed = new Map<string, ReadonlySet<string>>();
    return isRecursive(place, believed) ? { place, believed } : null;
  };
}

function both(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one].filter((name) => other.has(name)));
}

function mergeInto(place: Map<string, Map<string, Place>>, other: Place): void {
  for (const [object, fields] of other) {
    const known = place.get(object) ?? new Map<string, Place>();
    place.set(object, known);
    for (const [name, below] of fields) known.set(name, mergedPlaces([known.get(name) ?? new Map(), below]));
  }
}

function mergedPlaces(places: readonly Place[]): Place {
  const merged = new Map<string, Map<string, Place>>();
  for (const place of places) mergeInto(merged, place);
  return merged;
}

/** Collects what is believed of each type; true when a type comes at several places with different fields. */
function isRecursive(place: Place, believed: Map<string, ReadonlySet<string>>): boolean {
  let isDifferent = false;
  for (const [object, fields] of place) {
    const known = believed.get(object);
    const names = new Set([...(known ?? []), ...fields.keys()]);
    isDifferent ||= known !== undefined && (names.size > known.size || names.size > fields.size);
    believed.set(object, names);
    for (const below of fields.values()) isDifferent = isRecursive(below, believed) || isDifferent;
  }
  return isDifferent;
}

type Provisions = ReadonlyMap<string, readonly Provision[]>;

function meetsMisleading(root: SelectionSet, provisions: Provisions, types: TypeIndex): boolean {
  const search = (set: SelectionSet, objects: ReadonlySet<string>): boolean =>
    eachField(set, objects, types, (field, within) => {
      if (field.selectionSet === null) return false;
      const below = field.selectionSet;
      const possible = types.possibleTypes(below.parentType.name);
      const begun = [...within].flatMap((object) => provisions.get(`${object}.${field.fieldName}`) ?? []);
      return begun.some(({ place, believed }) => isBelievedTooMuch(below, possible, place, believed, types)) || search(below, possible);
    });
  return search(root, types.possibleTypes(root.parentType.name));
}

function isBelievedTooMuch(
  set: SelectionSet,
  objects: ReadonlySet<string>,
  place: Place,
  believed: Provision['believed'],
  types: TypeIndex,
): boolean {
  return eachField(set, objects, types, (field, within) => {
    const believing = [...within].filter((object) => believed.get(object)?.has(field.fieldName));
    const provided = believing.flatMap((object) => place.get(object)?.get(field.fieldName) ?? []);
    if (provided.length < believing.length) return true;
    // Below a field that is not provided the planner forgets what it believed.
    if (field.selectionSet === null || provided.length === 0) return false;
    const possible = types.possibleTypes(field.selectionSet.parentType.name);
    return isBelievedTooMuch(field.selectionSet, possible, mergedPlaces(provided), believed, types);
  });
}

/** Whether some field of a selection set passes; `objects` are the object types that it can be selected on. */
function eachField(
  set: SelectionSet,
  objects: ReadonlySet<string>,
  types: TypeIndex,
  passes: (field: FieldSelection, objects: ReadonlySet<string>) => boolean,
): boolean {
  return set.selections.some((selection) =>
    selection.kind === 'field'
      ? !selection.local && passes(selection, objects)
      : eachField(selection.selectionSet, both(objects, types.possibleTypes(selection.typeCondition)), types, passes),
  );
}
