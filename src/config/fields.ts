/**
 * The building blocks of the schema: how a key is read, and what it becomes in code.
 *
 * A section takes snake_case keys and gives camelCase ones; durations become milliseconds and get `Ms`, sizes become bytes and get `Bytes`.
 * Shapes that several blocks share (global, per subgraph, per audience) carry no defaults: `.partial()` over a default
 * would fill it in again in every override.
 */
import * as z from 'zod';
import { parseBytes } from '../shared/bytes.ts';
import { parseDuration } from '../shared/duration.ts';
import { err, ok, type Result } from '../shared/result.ts';

declare const UNIT: unique symbol;

/** A number of `Unit`s, only until the section around it puts the unit into the name. */
export type Quantity<Unit extends 'Ms' | 'Bytes'> = number & { readonly [UNIT]: Unit };

/** What zod does not know of a field. */
export interface FieldNote {
  readonly unit?: 'Ms' | 'Bytes';
  /** What the documentation calls its type. */
  readonly type?: string;
  /** The default as YAML writes it, where code has another form. */
  readonly defaultText?: string;
  /** Takes the scalar's text whatever YAML makes of it: `404` and `4xx`, `0` and `5s`. */
  readonly textual?: true;
  /** A list for which a single value may stand. */
  readonly orOne?: true;
  /** A path that is relative to the file that names it. */
  readonly file?: true;
  /** Environment variables when they are not the key's path in capitals; empty for none. */
  readonly variables?: readonly string[];
}

export const fieldNotes = z.registry<FieldNote>();

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;

type UnitOf<T> = NonNullable<T> extends Quantity<infer Unit> ? Unit : '';

type WithoutUnit<T> = T extends Quantity<'Ms' | 'Bytes'> ? number : T;

/** A section's value in code: the keys in camelCase, with units in their names. A key that is not set is absent, never undefined. */
export type Named<T> = { [K in keyof T & string as `${Camel<K>}${UnitOf<T[K]>}`]: WithoutUnit<Exclude<T[K], undefined>> };

/** A map with fixed keys. Unknown keys are errors. */
export function section<S extends z.ZodRawShape>(shape: S) {
  const names = namesOf(shape);
  return z.strictObject(shape).transform((value) => renamed<typeof value>(value, names));
}

/** A section whose keys may all be left out; left out means "not set", never a default. `shape` must not hold defaults. */
export function openSection<S extends z.ZodRawShape>(shape: S) {
  const names = namesOf(shape);
  return z
    .strictObject(shape)
    .partial()
    .transform((value) => renamed<typeof value>(value, names));
}

function namesOf(shape: z.ZodRawShape): ReadonlyMap<string, string> {
  return new Map(Object.entries(shape).map(([key, field]) => [key, codeName(key, field)]));
}

/** What a key is called in code: the value's side of `Named`. */
export function codeName(key: string, field: z.core.$ZodType): string {
  return key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()) + (noteOf(field).unit ?? '');
}

function renamed<T extends object>(value: T, names: ReadonlyMap<string, string>): Named<T> {
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]): [string, unknown] => [names.get(key) ?? key, member]);
  // `names` was made from the shape that T was inferred from, by the same rule as `Named`.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(entries) as Named<T>;
}

/** A map from names that users choose. A Map in code, so that no name can be mistaken for an inherited property. */
export function named<T extends z.ZodType>(value: T) {
  return z
    .record(z.string(), value)
    .transform((record): ReadonlyMap<string, z.output<T>> => new Map(Object.entries(record).map(([name, member]) => [name, member])));
}

/** A list for which a single value may stand. */
export function listOrOne<T extends z.ZodType>(item: T) {
  return z.array(item).register(fieldNotes, { orOne: true });
}

/** A scalar whose text is parsed by `parse`; its error is what is expected. */
export function parsedText<T>(parse: (text: string) => Result<T, string>, expected: string, note: FieldNote = {}) {
  return z
    .string({ error: ({ input }) => (input === undefined ? 'is missing' : expected) })
    .transform((text, context): T => {
      const parsed = parse(text);
      if (parsed.ok) return parsed.value;
      context.addIssue({ code: 'custom', message: parsed.error });
      return z.NEVER;
    })
    .register(fieldNotes, { textual: true, ...note });
}

const DURATION_EXPECTED = 'expected a duration such as 300ms, 5s or 1m30s';

export function duration() {
  return parsedText((text) => quantity<'Ms'>(parseDuration(text)), DURATION_EXPECTED, { unit: 'Ms', type: 'duration' });
}

/** A duration that must not be zero, where zero would mean "fail at once". */
export function positiveDuration() {
  const parse = (text: string): Result<Quantity<'Ms'>, string> => {
    const parsed = parseDuration(text);
    return parsed.ok && parsed.value === 0 ? err('must be longer than 0s') : quantity<'Ms'>(parsed);
  };
  return parsedText(parse, DURATION_EXPECTED, { unit: 'Ms', type: 'duration' });
}

export function bytes() {
  return parsedText((text) => quantity<'Bytes'>(parseBytes(text)), 'expected a size such as 5MB or 4KiB', { unit: 'Bytes', type: 'size' });
}

/** The parser's number, whose unit the caller knows; the brand only carries it to the section's key. */
function quantity<Unit extends 'Ms' | 'Bytes'>(parsed: Result<number, string>): Result<Quantity<Unit>, string> {
  // A brand exists for the compiler only: there is nothing to add to the value.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return parsed as Result<Quantity<Unit>, string>;
}

/** A whole number. */
export function count(minimum = 0) {
  return z.int().min(minimum);
}

/** Text that is not empty. */
export function filledText() {
  return z.string().min(1);
}

/** A path of a file, absolute in code. */
export function filePath() {
  return z.string().min(1).register(fieldNotes, { file: true, type: 'file' });
}

/** A path of a URL, such as `/graphql`. */
export function urlPath() {
  return z
    .string()
    .regex(/^\/[^\s?#]*$/, { error: 'expected a path that begins with /' })
    .register(fieldNotes, { type: 'URL path' });
}

export function httpUrl() {
  return z
    .string()
    .refine(isHttpUrl, { error: 'expected a URL that begins with http:// or https://' })
    .register(fieldNotes, { type: 'URL' });
}

function isHttpUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}

/** HTTP statuses from `from` to `to`, both included: `404` is one, `4xx` a hundred. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

const STATUS_EXPECTED = 'expected an HTTP status such as 404, or a class such as 4xx';

/** A status such as `404`, or a class such as `4xx`. */
export function statusRange() {
  return parsedText(parseStatusRange, STATUS_EXPECTED, { type: 'status or class' });
}

function parseStatusRange(value: string): Result<StatusRange, string> {
  if (/^[1-5]\d\d$/.test(value)) return ok({ from: Number(value), to: Number(value) });
  if (/^[1-5]xx$/i.test(value)) return ok({ from: Number(value[0]) * 100, to: Number(value[0]) * 100 + 99 });
  return err(STATUS_EXPECTED);
}

/** The note of a field, wherever among its wrappers (optional, default) it was put. */
export function noteOf(field: z.core.$ZodType): FieldNote {
  for (const layer of layersOf(field)) {
    const note = fieldNotes.get(layer);
    if (note !== undefined) return note;
  }
  return {};
}

/** The schema with its wrappers, outermost first; the last one is what the key's YAML value must be. */
export function layersOf(field: z.core.$ZodType): readonly z.core.$ZodTypes[] {
  const layers: z.core.$ZodTypes[] = [];
  let next: z.core.$ZodType | undefined = field;
  while (next !== undefined) {
    // Every schema that zod can make is a member of this union; the base type just does not say so.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const layer: z.core.$ZodTypes = next as z.core.$ZodTypes;
    layers.push(layer);
    next = innerOf(layer);
  }
  return layers;
}

function innerOf(layer: z.core.$ZodTypes): z.core.$ZodType | undefined {
  const def = definitionOf(layer);
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return def.innerType;
    case 'pipe':
      return def.in;
    default:
      return undefined;
  }
}

/** What a schema is made of. */
export function definitionOf<T extends z.core.$ZodTypes>(schema: T): T['_zod']['def'] {
  // zod's place for tools that look into schemas.
  // oxlint-disable-next-line no-underscore-dangle
  return schema._zod.def;
}
