/** Gives back their names to values that the planner had to fetch under another one. */
import type { Rewrite, RewriteSegment } from '../plan/nodes.ts';
import { isJsonArray, type JsonValue, setProperty } from '../shared/json.ts';
import type { TypeIndex } from '../supergraph/model.ts';
import { matchesType, matchingTypenames } from './flatten-path.ts';
import { type DataObject, isDataObject, member } from './tree.ts';

/** Changes fetched data in place. Paths start at the data for a root fetch and at each entity for an entity fetch. */
export type OutputRewrite = (data: DataObject) => void;

type Step = { readonly kind: 'key'; readonly key: string } | { readonly kind: 'type'; readonly names: ReadonlySet<string> };

export function compileOutputRewrites(rewrites: readonly Rewrite[], types: TypeIndex): OutputRewrite | null {
  const compiled = rewrites.map((rewrite) => compileRewrite(rewrite, types));
  if (compiled.length === 0) return null;
  return (data) => {
    for (const apply of compiled) apply(data);
  };
}

function compileRewrite(rewrite: Rewrite, types: TypeIndex): OutputRewrite {
  const steps = rewrite.path.map((segment) => compileStep(segment, types));
  const last = steps.findLastIndex((step) => step.kind === 'key');
  const key = steps[last];
  if (key?.kind !== 'key') return () => {};
  const change = rewrite.kind === 'renameKey' ? rename(key.key, rewrite.key) : setValue(key.key, rewrite.value);
  return (data) => walk(data, steps, 0, last, change);
}

function compileStep(segment: RewriteSegment, types: TypeIndex): Step {
  return segment.kind === 'key' ? segment : { kind: 'type', names: matchingTypenames(segment.types, types) };
}

function walk(value: JsonValue | undefined, steps: readonly Step[], at: number, last: number, change: (object: DataObject) => void): void {
  if (isJsonArray(value)) {
    for (const item of value) walk(item, steps, at, last, change);
    return;
  }
  const step = steps[at];
  if (!isDataObject(value) || step === undefined) return;
  if (at === last) change(value);
  else if (step.kind === 'key') walk(member(value, step.key), steps, at + 1, last, change);
  else if (matchesType(value, step.names)) walk(value, steps, at + 1, last, change);
}

function rename(from: string, to: string): (object: DataObject) => void {
  return (object) => {
    if (!Object.hasOwn(object, from)) return;
    setProperty(object, to, object[from] ?? null);
    delete object[from];
  };
}

function setValue(key: string, value: string): (object: DataObject) => void {
  return (object) => {
    if (Object.hasOwn(object, key)) setProperty(object, key, value);
  };
}
