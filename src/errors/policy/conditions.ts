/** `when` of a rule and `from` of a catalogue entry, compiled. */
import type { CatalogueEntry, ErrorRule } from '../../config/keys/error-rules.ts';
import { compilePattern } from '../linear-pattern.ts';
import type { ErrorTraits } from './traits.ts';

type When = ErrorRule['when'];
export type CatalogueSource = CatalogueEntry['from'][number];

export type Matches = (traits: ErrorTraits) => boolean;

const NEVER: Matches = () => false;

/** All conditions must hold; of a list, one. A pattern that cannot be compiled never matches: the check of the policy reports it. */
export function compileWhen(when: When): Matches {
  const conditions: Matches[] = [];
  if (when.kind !== undefined) conditions.push(oneOf(when.kind, (traits) => traits.kind));
  if (when.code !== undefined) conditions.push(oneOf(when.code, (traits) => traits.code));
  if (when.status !== undefined) conditions.push(inRanges(when.status));
  if (when.operation !== undefined) conditions.push(oneOf(when.operation, (traits) => traits.operationName));
  if (when.coordinate !== undefined) conditions.push(atCoordinate(when.coordinate));
  if (when.message !== undefined) conditions.push(saying(when.message));
  return allOf(conditions);
}

export function compileSource(source: CatalogueSource): Matches {
  const conditions: Matches[] = [];
  if (source.subgraph !== undefined) conditions.push(oneOf(source.subgraph, (traits) => traits.subgraph));
  if (source.code !== undefined) conditions.push(oneOf(source.code, (traits) => traits.code));
  if (source.kind !== undefined) conditions.push(oneOf(source.kind, (traits) => traits.kind));
  if (source.status !== undefined) conditions.push(inRanges(source.status));
  return allOf(conditions);
}

function allOf(conditions: readonly Matches[]): Matches {
  const [first, second] = conditions;
  if (first === undefined) return NEVER;
  return second === undefined ? first : (traits) => conditions.every((holds) => holds(traits));
}

function oneOf(values: readonly string[], read: (traits: ErrorTraits) => string | null): Matches {
  const wanted = new Set(values);
  return (traits) => {
    const value = read(traits);
    return value !== null && wanted.has(value);
  };
}

function inRanges(ranges: readonly { readonly from: number; readonly to: number }[]): Matches {
  return ({ status }) => status !== null && ranges.some(({ from, to }) => status >= from && status <= to);
}

function atCoordinate(coordinates: readonly string[]): Matches {
  return (traits) => {
    const found = traits.coordinates();
    return coordinates.some((coordinate) => found.has(coordinate));
  };
}

function saying(source: string): Matches {
  const pattern = compilePattern(source);
  return pattern.ok ? ({ message }) => pattern.value.test(message) : NEVER;
}
