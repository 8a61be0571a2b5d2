/** What a client may have selected, guessed from the schema and from the reply itself. */
import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { SelectionShape, ShapeField } from '../errors/model.ts';
import { isJsonArray, isJsonObject, type JsonValue, ownProperty } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';

/** What a reply tells of a selection: names, and how many lists stand at each. */
export interface Sample {
  listDepth: number;
  readonly members: Map<string, Sample>;
}

export function createSample(): Sample {
  return { listDepth: 0, members: new Map() };
}

/** What stands deeper, only the schema and the errors' paths tell: a reply may nest just to exhaust the stack. */
const MAX_DEPTH = 200;

/** Adds the fields of some data. */
export function addData(sample: Sample, value: JsonValue, level = 0): void {
  if (!isJsonObject(value) || level === MAX_DEPTH) return;
  for (const key of Object.keys(value)) {
    const below = memberOf(sample, key);
    let member = ownProperty(value, key) ?? null;
    let depth = 0;
    let items: readonly JsonValue[] = [];
    for (; isJsonArray(member); member = member[0] ?? null, depth++) if (depth === 0) items = member;
    below.listDepth = Math.max(below.listDepth, depth);
    for (const item of depth === 0 ? [member] : items) addData(below, item, level + 1);
  }
}

/** Adds the fields along an error's path. */
export function addPath(sample: Sample, path: ResponsePath): void {
  let at = sample;
  let depth = 0;
  for (const segment of path) {
    if (typeof segment === 'number' || /^\d+$/.test(segment)) {
      at.listDepth = Math.max(at.listDepth, ++depth);
    } else {
      at = memberOf(at, segment);
      depth = 0;
    }
  }
}

function memberOf(sample: Sample, key: string): Sample {
  let member = sample.members.get(key);
  if (member === undefined) sample.members.set(key, (member = createSample()));
  return member;
}

/**
 * A selection of everything at `type`, aliases of the sample included. Without a type (`null`) just what the sample has.
 *
 * `only` restricts the first level to keys that are known to be selected.
 */
export function shapeOf(
  schema: GraphQLSchema | null,
  type: GraphQLNamedType | null,
  sample: Sample | undefined,
  only: readonly string[] | null = null,
): SelectionShape {
  return {
    field(key): ShapeField | undefined {
      if (only !== null && !only.includes(key)) return undefined;
      const fieldType = fieldTypeOf(schema, type, key);
      const below = sample?.members.get(key);
      if (fieldType === null && below === undefined) return undefined;
      const next = fieldType === null ? null : getNamedType(fieldType);
      const isLeaf = next !== null && !isObjectType(next) && !isAbstractType(next);
      return {
        responseKey: key,
        coordinate: `${type?.name ?? '?'}.${key}`,
        listDepth: fieldType === null ? (below?.listDepth ?? 0) : listDepthOf(fieldType),
        shape: isLeaf || (next === null && below?.members.size === 0) ? null : shapeOf(schema, next, below),
      };
    },
  };
}

/** The type that a path of response keys leads to; null where a key is no field's name, as with an alias. */
export function typeAt(schema: GraphQLSchema, root: GraphQLNamedType | null | undefined, path: ResponsePath): GraphQLNamedType | null {
  let type: GraphQLNamedType | null = root ?? null;
  for (const segment of path) {
    if (typeof segment === 'number' || segment === '@') continue;
    const fieldType = fieldTypeOf(schema, type, segment);
    type = fieldType === null ? null : getNamedType(fieldType);
  }
  return type;
}

/** Null for an unknown field. */
export function fieldTypeOf(schema: GraphQLSchema | null, type: GraphQLNamedType | null, name: string): GraphQLOutputType | null {
  if (schema === null || type === null) return null;
  const own = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name]?.type : undefined;
  if (own !== undefined) return own;
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  return possible.flatMap((each) => each.getFields()[name]?.type ?? [])[0] ?? null;
}

function listDepthOf(type: GraphQLOutputType): number {
  if (isNonNullType(type)) return listDepthOf(type.ofType);
  return isListType(type) ? 1 + listDepthOf(type.ofType) : 0;
}
