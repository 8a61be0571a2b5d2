/** Cheap limits on hostile documents: all are linear in the text and come before anything that is not (planning.md, "Before planning", item 1). */
import { type DocumentNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

/** `security` in the configuration. 0 lifts a limit. */
export interface ParserLimits {
  readonly maxTokens: number;
  /** Levels of braces, fragments written out. */
  readonly approximateDepthLimit: number;
  /** Fields of all operations, fragments written out as often as they are spread. */
  readonly totalFieldsLimit: number;
  readonly operationNameLengthLimit: number;
}

// What holds even where the operator lifts a limit: beyond these a recursive parser or planner may exhaust the stack, or never end.
const HARD_DEPTH = 1_000;
const HARD_FIELDS = 50_000;
const HARD_FRAGMENT_CHAIN = 500;
/** Pairs of fields or fragments that validation compares with one another; about a tenth of a second. */
const MAX_COMPARISONS = 300_000;

/** Why the text nests too deeply to be parsed, or null. Braces, brackets and parentheses count; strings and comments do not. */
export function checkNesting(text: string, limits: ParserLimits): string | null {
  const limit = effective(limits.approximateDepthLimit, HARD_DEPTH);
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x7b || code === 0x5b || code === 0x28) {
      if (++depth > limit) return tooDeep(limit);
    } else if (code === 0x7d || code === 0x5d || code === 0x29) depth--;
    else if (code === 0x22) i = endOfString(text, i);
    else if (code === 0x23) i = endOfLine(text, i);
  }
  return null;
}

function effective(limit: number, hard: number): number {
  return limit > 0 ? Math.min(limit, hard) : hard;
}

function tooDeep(limit: number): string {
  return `The operation is nested more than ${limit} levels deep.`;
}

function endOfLine(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x0a || code === 0x0d) return i;
  }
  return text.length;
}

/** Index of the closing quote of the string or block string that opens at `from`. */
function endOfString(text: string, from: number): number {
  if (text.startsWith('"""', from)) {
    let end = text.indexOf('"""', from + 3);
    while (end > 0 && text.charCodeAt(end - 1) === 0x5c) end = text.indexOf('"""', end + 3);
    return end < 0 ? text.length : end + 2;
  }
  for (let i = from + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (code === 0x22 || code === 0x0a || code === 0x0d) return i;
  }
  return text.length;
}

/** What a definition holds of its own. */
interface Outline {
  fields: number;
  depth: number;
  readonly spreads: { readonly name: string; readonly depth: number }[];
}

/** An outline with its fragments written out. */
interface Size {
  readonly fields: number;
  readonly depth: number;
  /** Longest chain of fragments that spread one another. */
  readonly chain: number;
}

/** What a document comes to: small enough, or why not. Of a cyclic one only the cycles can be told; nothing else may walk it. */
export type SizeCheck = { readonly kind: 'fits' } | { readonly kind: 'cyclic' } | { readonly kind: 'exceeds'; readonly message: string };

/** Whether a parsed document is small enough to be validated and planned. Fragments are measured once each, so that bombs cost nothing. */
export function checkSize(document: DocumentNode, limits: ParserLimits): SizeCheck {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const outlines = new Map([...fragments].map(([name, fragment]) => [name, outlineOf(fragment)]));
  const sizes = measureFragments(outlines);
  if (sizes === 'cyclic') return { kind: 'cyclic' };
  const roots = rootsOf(document, outlines);
  const message = exceededLimit(roots, sizes, limits) ?? exceededComparisons(roots, fragments);
  return message === null ? { kind: 'fits' } : { kind: 'exceeds', message };
}

type Root = OperationDefinitionNode | FragmentDefinitionNode;

/** Operations, and fragments that nothing spreads: validation walks these too before it refuses them. */
function rootsOf(document: DocumentNode, outlines: ReadonlyMap<string, Outline>): readonly Root[] {
  const spread = new Set<string>();
  for (const outline of outlines.values()) for (const { name } of outline.spreads) spread.add(name);
  const operations = document.definitions.flatMap((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? [definition] : []));
  for (const operation of operations) for (const { name } of outlineOf(operation).spreads) spread.add(name);
  const unused = document.definitions.flatMap((definition) =>
    definition.kind === Kind.FRAGMENT_DEFINITION && !spread.has(definition.name.value) ? [definition] : [],
  );
  return [...operations, ...unused];
}

function exceededLimit(roots: readonly Root[], sizes: ReadonlyMap<string, Size>, limits: ParserLimits): string | null {
  const maxDepth = effective(limits.approximateDepthLimit, HARD_DEPTH);
  const maxFields = effective(limits.totalFieldsLimit, HARD_FIELDS);
  let fields = 0;
  for (const root of roots) {
    const size = writeOut(outlineOf(root), sizes);
    fields += size.fields;
    if (size.chain > HARD_FRAGMENT_CHAIN) return `Fragments spread one another more than ${HARD_FRAGMENT_CHAIN} levels deep.`;
    if (size.depth > maxDepth) return tooDeep(maxDepth);
    if (fields > maxFields) return `The document selects more than ${maxFields} fields.`;
  }
  return null;
}

/** Sizes in order of dependency, without recursion: a chain of fragments may be long. */
function measureFragments(outlines: ReadonlyMap<string, Outline>): ReadonlyMap<string, Size> | 'cyclic' {
  const sizes = new Map<string, Size>();
  const open = new Set<string>();
  for (const start of outlines.keys()) {
    const stack = [start];
    while (stack.length > 0) {
      const name = stack.at(-1) ?? '';
      const outline = outlines.get(name);
      const pending = outline?.spreads.filter((spread) => outlines.has(spread.name) && !sizes.has(spread.name)) ?? [];
      if (outline === undefined || sizes.has(name)) {
        stack.pop();
      } else if (pending.length === 0) {
        sizes.set(name, writeOut(outline, sizes));
        open.delete(name);
        stack.pop();
      } else {
        open.add(name);
        for (const spread of pending) {
          if (open.has(spread.name)) return 'cyclic';
          stack.push(spread.name);
        }
      }
    }
  }
  return sizes;
}

function outlineOf(definition: Root): Outline {
  const outline: Outline = { fields: 0, depth: 0, spreads: [] };
  outlineSet(definition.selectionSet, 1, outline);
  return outline;
}

function outlineSet(set: SelectionSetNode, depth: number, outline: Outline): void {
  outline.depth = Math.max(outline.depth, depth);
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) outline.fields++;
    if (selection.kind === Kind.FRAGMENT_SPREAD) outline.spreads.push({ name: selection.name.value, depth });
    else if (selection.selectionSet !== undefined) outlineSet(selection.selectionSet, depth + 1, outline);
  }
}

function writeOut(outline: Outline, sizes: ReadonlyMap<string, Size>): Size {
  let { fields, depth } = outline;
  let chain = 1;
  for (const spread of outline.spreads) {
    const size = sizes.get(spread.name);
    if (size === undefined) continue;
    fields = Math.min(Number.MAX_SAFE_INTEGER, fields + size.fields);
    depth = Math.max(depth, spread.depth + size.depth - 1);
    chain = Math.max(chain, size.chain + 1);
  }
  return { fields, depth, chain };
}

/**
 * Bounds what graphql-js's OverlappingFieldsCanBeMerged compares: at each place of the response every two fields of one key,
 * every two fragments, and every field with every fragment.
 */
function exceededComparisons(roots: readonly Root[], fragments: ReadonlyMap<string, FragmentDefinitionNode>): string | null {
  let count = 0;
  const countPlace = (sets: readonly SelectionSetNode[]): void => {
    const place: Place = { below: new Map(), spread: new Set(), fields: 0, comparisons: 0 };
    for (const set of sets) collectPlace(set, place, fragments);
    const spread = place.spread.size;
    count += place.comparisons + (spread * (spread - 1)) / 2 + spread * Math.min(place.fields, spread);
    for (const below of place.below.values()) {
      const nested = below.flatMap((set) => set ?? []);
      if (nested.length > 0 && count <= MAX_COMPARISONS) countPlace(nested);
    }
  };
  for (const root of roots) countPlace([root.selectionSet]);
  if (count <= MAX_COMPARISONS) return null;
  return 'The document is too complex to be validated: too many of its fields or fragments stand at the same place.';
}

/** One place of the response, whatever types may stand there. */
interface Place {
  readonly below: Map<string, (SelectionSetNode | undefined)[]>;
  readonly spread: Set<string>;
  fields: number;
  comparisons: number;
}

function collectPlace(set: SelectionSetNode, place: Place, fragments: ReadonlyMap<string, FragmentDefinitionNode>): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      const below = place.below.get(key) ?? [];
      place.below.set(key, below);
      place.comparisons += below.length;
      place.fields++;
      below.push(selection.selectionSet);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      collectPlace(selection.selectionSet, place, fragments);
    } else if (!place.spread.has(selection.name.value)) {
      place.spread.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment !== undefined) collectPlace(fragment.selectionSet, place, fragments);
    }
  }
}
