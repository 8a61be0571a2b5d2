/** The schema's findings in words for people, at the place in the file that each is about. */
import type * as z from 'zod';
import { cosmoOnly } from './cosmo.ts';
import { keyOf, kindOf } from './field-kind.ts';
import { type ConfigProblem, type KeyPath, printKey } from './problem.ts';
import { nearestEntry, type Origin, type SourceNode } from './source.ts';
import { suggest } from './suggestion.ts';

type Issue = z.core.$ZodIssue;

/** Words for zod's own findings; a schema that brings its own sentence keeps it. Never shows the value. */
export function issueMessage(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `expected ${expectedWord(issue.expected)}, found ${wrongNumber(issue) ?? foundWord(issue.input)}`;
    case 'invalid_value':
      return `expected ${listed(issue.values.map(String))}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return 'is not valid';
  }
}

function expectedWord(expected: string): string {
  switch (expected) {
    case 'string':
      return 'text (in quotes if need be)';
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    default:
      return 'a map of keys';
  }
}

/** What kind of number was found where another kind was expected: `.nan`, `.inf` and `1.5` are numbers as well. */
function wrongNumber({ expected, input }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>): string | null {
  if (typeof input !== 'number' || (expected !== 'number' && expected !== 'int')) return null;
  if (Number.isNaN(input)) return '.nan, which is none';
  return Number.isFinite(input) ? 'a fraction' : 'an infinite one';
}

function foundWord(input: unknown): string {
  if (input === null) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  switch (typeof input) {
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'a map';
  }
}

function listed(options: readonly string[]): string {
  return options.length === 1 ? (options[0] ?? '') : `one of ${options.join(', ')}`;
}

/** One problem per finding; none about values whose problem is known already. */
export function schemaProblems(issues: readonly Issue[], root: SourceNode, schema: z.core.$ZodType): readonly ConfigProblem[] {
  return issues.flatMap((issue) => {
    const path: KeyPath = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], root, schema));
    const { entry, isExact } = nearestEntry(root, path);
    if (entry.node.kind === 'scalar' && entry.node.broken) return [];
    const hint = issue.code === 'invalid_value' ? valueHint(entry.node, issue.values.map(String)) : '';
    // A single value that stands for a list has no index in the file.
    const isListOfOne = !isExact && typeof path.at(-1) === 'number';
    return [problemAt(entry.node.origin, isListOfOne ? path.slice(0, -1) : path, issue.message + hint)];
  });
}

function valueHint(node: SourceNode, options: readonly string[]): string {
  // A suggestion would tell something about a value from the environment.
  if (node.kind !== 'scalar' || node.expanded) return '';
  const nearest = suggest(node.text, options);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

function unknownKey(path: KeyPath, root: SourceNode, schema: z.core.$ZodType): ConfigProblem {
  const { entry } = nearestEntry(root, path);
  const cosmo = cosmoOnly(path);
  if (cosmo !== null) return problemAt(entry.origin, path, cosmo);
  const siblings = keysAt(path.slice(0, -1), root, schema);
  const nearest = suggest(String(path.at(-1)), siblings);
  if (nearest !== null) return problemAt(entry.origin, path, `unknown key; did you mean ${nearest}?`);
  return problemAt(entry.origin, path, siblings.length > 12 ? 'unknown key' : `unknown key; known are ${siblings.join(', ')}`);
}

/** The keys that the schema knows at `path`. */
function keysAt(path: KeyPath, root: SourceNode, schema: z.core.$ZodType): readonly string[] {
  let field: z.core.$ZodType | undefined = schema;
  for (const [index, segment] of path.entries()) {
    if (field === undefined) return [];
    field = fieldBelow(field, segment, root, path.slice(0, index));
  }
  if (field === undefined) return [];
  const kind = kindOf(chosenVariant(field, root, path) ?? field);
  return kind.kind === 'section' ? Object.keys(kind.shape) : [];
}

function fieldBelow(field: z.core.$ZodType, segment: string | number, root: SourceNode, path: KeyPath): z.core.$ZodType | undefined {
  const kind = kindOf(chosenVariant(field, root, path) ?? field);
  switch (kind.kind) {
    case 'section':
      return keyOf(kind.shape, String(segment));
    case 'names':
      return kind.value;
    case 'list':
      return kind.item;
    default:
      return undefined;
  }
}

function chosenVariant(field: z.core.$ZodType, root: SourceNode, path: KeyPath): z.core.$ZodType | undefined {
  const kind = kindOf(field);
  if (kind.kind !== 'variants') return undefined;
  const tag = nearestEntry(root, [...path, kind.discriminator]).entry.node;
  return tag.kind === 'scalar' ? kind.variants.get(tag.text) : undefined;
}

/** A problem at a place of a file, or with a variable, which is then named. */
export function problemAt(origin: Origin, path: KeyPath, message: string): ConfigProblem {
  const key = printKey(path);
  if (origin.kind === 'file') return { ...origin.position, key, message };
  return { file: 'environment', line: null, column: null, key, message: `variable ${origin.name}: ${message}` };
}
