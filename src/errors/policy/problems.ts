/** What is wrong with a policy although each of its keys is well-formed: found at load, all at once (error-layer.md section 3). */
import type { CatalogueEntry, ErrorRule } from '../../config/keys/error-rules.ts';
import { compilePattern } from '../linear-pattern.ts';
import { PLACEHOLDERS } from '../rules/message.ts';
import { ALWAYS_RESERVED } from '../rules/reserved.ts';
import type { ErrorPolicyConfig, PropagationBlock } from './compile.ts';
import type { CatalogueSource } from './conditions.ts';
import { specificityOf } from './own-catalogue.ts';

/** `path` leads from the top of the configuration to the key, in YAML's names. */
export interface PolicyProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const BLOCK = 'subgraph_error_propagation';

/** Every contradiction in a policy; `subgraphs` are the names of the graph. Empty when it can be used. */
export function findPolicyProblems(
  { subgraphErrorPropagation: block }: ErrorPolicyConfig,
  subgraphs: Iterable<string>,
): readonly PolicyProblem[] {
  const names = new Set(subgraphs);
  return [...scopesOf(block).flatMap(scopeProblems), ...subgraphProblems(block, names), ...catalogueProblems(block, names)];
}

/** A part of the policy that has options of its own. */
interface Scope {
  readonly path: readonly (string | number)[];
  readonly message?: string | null | undefined;
  readonly lists: readonly { readonly key: string; readonly keys: readonly string[] }[];
  readonly rules: readonly ErrorRule[];
  readonly customPatterns: readonly { readonly name: string; readonly pattern: string }[];
}

type Overrides = Pick<ErrorRule, 'allowedExtensionFields' | 'deniedExtensionFields' | 'message'>;

function scopesOf(block: PropagationBlock): readonly Scope[] {
  const global: Scope = {
    path: [BLOCK],
    message: block.message,
    lists: [{ key: 'allowed_extension_fields', keys: block.allowedExtensionFields }],
    rules: block.rules ?? [],
    customPatterns: block.scrub?.custom ?? [],
  };
  const bySubgraph = [...(block.subgraphs ?? [])].map(([name, overrides]) =>
    overrideScope([BLOCK, 'subgraphs', name], overrides, overrides.rules ?? [], overrides.scrub?.custom ?? []),
  );
  const byAudience = (block.audiences ?? []).map((audience, i) =>
    overrideScope([BLOCK, 'audiences', i], audience, audience.rules ?? [], audience.scrub?.custom ?? []),
  );
  const scopes = [global, ...bySubgraph, ...byAudience];
  const ofRules = scopes.flatMap((scope) => scope.rules.map((rule, i) => overrideScope([...scope.path, 'rules', i], rule, [], [])));
  return [...scopes, ...ofRules];
}

function overrideScope(
  path: readonly (string | number)[],
  overrides: Overrides,
  rules: readonly ErrorRule[],
  customPatterns: Scope['customPatterns'],
): Scope {
  const change = overrides.allowedExtensionFields;
  const keys = change === undefined ? [] : change.kind === 'replace' ? change.keys : change.add;
  const lists = [{ key: 'allowed_extension_fields', keys }];
  return { path, message: overrides.message, lists, rules, customPatterns };
}

function scopeProblems(scope: Scope): readonly PolicyProblem[] {
  const { path, message } = scope;
  const problems: PolicyProblem[] = [];
  for (const { key, keys } of scope.lists) {
    for (const [i, name] of keys.entries()) {
      if (ALWAYS_RESERVED.includes(name))
        problems.push({ path: [...path, key, i], message: `${name} is set by the router alone; remove it` });
    }
  }
  for (const [, name = ''] of (message ?? '').matchAll(/\{([a-z_]+)\}/g)) {
    if (!PLACEHOLDERS.some((known) => known === name))
      problems.push({
        path: [...path, 'message'],
        message: `{${name}} is no placeholder; there are ${PLACEHOLDERS.map((each) => `{${each}}`).join(', ')}`,
      });
  }
  scope.customPatterns.forEach(({ pattern }, i) => {
    const compiled = compilePattern(pattern);
    if (!compiled.ok) problems.push({ path: [...path, 'scrub', 'custom', i, 'pattern'], message: compiled.error });
  });
  return [...problems, ...ruleProblems(scope)];
}

function ruleProblems({ path, rules }: Scope): readonly PolicyProblem[] {
  return rules.flatMap(({ when }, i): PolicyProblem[] => {
    const at = [...path, 'rules', i, 'when'];
    const pattern = when.message === undefined ? null : compilePattern(when.message);
    if (pattern !== null && !pattern.ok) return [{ path: [...at, 'message'], message: pattern.error }];
    const impossible = impossibility(when);
    if (impossible !== null) return [{ path: at, message: `can never match: ${impossible}` }];
    const earlier = rules.slice(0, i).findIndex((other) => covers(other.when, when));
    return earlier < 0 ? [] : [{ path: at, message: `can never match: rule ${earlier + 1} of this list matches first` }];
  });
}

const WITHOUT_STATUS = new Set(['unreachable', 'circuit_open', 'rate_limited', 'dependency']);

/** Why no error can fulfil all conditions; null when one can. */
function impossibility({ kind, code, status }: ErrorRule['when']): string | null {
  if (kind !== undefined && status !== undefined && kind.every((each) => WITHOUT_STATUS.has(each)))
    return `${kind.join(', ')} has no status`;
  if (code?.length === 0 || kind?.length === 0 || status?.length === 0) return 'a list of conditions is empty';
  return null;
}

/** Whether everything that `later` matches, `earlier` matches too, as far as their lists tell. */
function covers(earlier: ErrorRule['when'], later: ErrorRule['when']): boolean {
  return (
    includesAll(earlier.code, later.code) &&
    includesAll(earlier.kind, later.kind) &&
    includesAll(earlier.coordinate, later.coordinate) &&
    includesAll(earlier.operation, later.operation) &&
    (earlier.status === undefined || isWithin(later.status, earlier.status)) &&
    (earlier.message === undefined || earlier.message === later.message)
  );
}

type Values = readonly string[] | undefined;
type Ranges = ErrorRule['when']['status'];

/** An absent list stands for everything. */
function includesAll(wide: Values, narrow: Values): boolean {
  return wide === undefined || (narrow !== undefined && narrow.every((each) => wide.includes(each)));
}

function isWithin(narrow: Ranges, wide: NonNullable<Ranges>): boolean {
  return narrow !== undefined && narrow.every((own) => wide.some(({ from, to }) => from <= own.from && own.to <= to));
}

function subgraphProblems({ subgraphs = new Map() }: PropagationBlock, names: ReadonlySet<string>): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const shown = new Map([...names].filter((name) => subgraphs.get(name)?.alias === undefined).map((name) => [name, name]));
  for (const [name, { alias }] of subgraphs) {
    const path = [BLOCK, 'subgraphs', name];
    if (!names.has(name)) problems.push({ path, message: `unknown subgraph; the graph has ${[...names].join(', ')}` });
    if (alias !== undefined) {
      const other = shown.get(alias);
      if (alias === '') problems.push({ path: [...path, 'alias'], message: 'must not be empty' });
      else if (other !== undefined) problems.push({ path: [...path, 'alias'], message: `${other} is called ${alias} already` });
      // Whatever that one is called itself: whoever knows both names would blame the wrong one.
      else if (alias !== name && names.has(alias)) problems.push({ path: [...path, 'alias'], message: 'is the name of another subgraph' });
      shown.set(alias, name);
    }
  }
  return problems;
}

interface NamedSource {
  readonly code: string;
  readonly index: number;
  readonly source: CatalogueSource;
}

function catalogueProblems({ catalogue }: PropagationBlock, names: ReadonlySet<string>): readonly PolicyProblem[] {
  const entries: readonly (readonly [string, CatalogueEntry])[] = [...(catalogue?.codes ?? [])];
  const sources = entries.flatMap(([code, { from }]) => from.map((source, index): NamedSource => ({ code, index, source })));
  const pathOf = ({ code, index }: NamedSource) => [BLOCK, 'catalogue', 'codes', code, 'from', index];
  const unknown = sources.flatMap((each) =>
    (each.source.subgraph ?? [])
      .filter((name) => !names.has(name))
      .map((name) => ({ path: [...pathOf(each), 'subgraph'], message: `unknown subgraph ${name}` })),
  );
  const ties = sources.flatMap((each, i) => {
    const rival = sources.slice(0, i).find((other) => other.code !== each.code && isTie(other.source, each.source));
    return rival === undefined
      ? []
      : [{ path: pathOf(each), message: `is as specific as one of ${rival.code}, and both can match one error` }];
  });
  return [...unknown, ...ties];
}

/** Whether two sources of equal weight can match the same error. */
function isTie(a: CatalogueSource, b: CatalogueSource): boolean {
  if (specificityOf(a) !== specificityOf(b)) return false;
  return meet(a.subgraph, b.subgraph) && meet(a.code, b.code) && meet(a.kind, b.kind) && rangesMeet(a.status, b.status);
}

function meet(a: Values, b: Values): boolean {
  return a === undefined || b === undefined || a.some((each) => b.includes(each));
}

function rangesMeet(a: CatalogueSource['status'], b: CatalogueSource['status']): boolean {
  return a === undefined || b === undefined || a.some(({ from, to }) => b.some((other) => from <= other.to && other.from <= to));
}
