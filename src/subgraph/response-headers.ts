import type { ResponseHeaderRule } from '../config/keys/headers.ts';
import type { SubgraphReply } from '../errors/model.ts';
import { connectionNames, isForwardable } from './header-names.ts';
import type { HeaderConfig } from './options.ts';

/** The response rules of one configuration; null when there are none, so that a request without rules does nothing. */
export type ResponseHeaderRules = CompiledRules | null;

interface CompiledRules {
  /** For subgraphs without rules of their own. */
  readonly all: readonly ResponseHeaderRule[];
  /** By subgraph: the rules for all, then its own. */
  readonly subgraphs: ReadonlyMap<string, readonly ResponseHeaderRule[]>;
}

export interface AnsweredFetch {
  readonly subgraph: string;
  readonly reply: SubgraphReply;
}

/** Values by lower-case name, one for each line. */
type Lines = Map<string, readonly string[]>;

export function compileResponseHeaderRules(config: HeaderConfig): ResponseHeaderRules {
  const all = config.all.response.filter(hasEffect);
  const subgraphs = new Map(
    [...config.subgraphs].map(([name, rules]): [string, readonly ResponseHeaderRule[]] => [
      name,
      [...all, ...rules.response.filter(hasEffect)],
    ]),
  );
  return all.length === 0 && [...subgraphs.values()].every((rules) => rules.length === 0) ? null : { all, subgraphs };
}

/**
 * Whether these rules may hand a subgraph's `Set-Cookie` on to the client, under whatever name, or make another of its headers a cookie.
 *
 * A cookie is meant for one client, so an answer that may hold one is never given to two. A cookie that a `set` rule writes is the same
 * for everybody.
 */
export function passesCookies(rules: readonly ResponseHeaderRule[]): boolean {
  return rules.some(
    (rule) => hasEffect(rule) && rule.op === 'propagate' && (rule.rename === 'set-cookie' || isSelected(rule, 'set-cookie')),
  );
}

function isSelected({ selector }: PropagateRule, name: string): boolean {
  return selector.kind === 'named' ? selector.name === name : selector.pattern.test(name) !== selector.negate;
}

/**
 * The headers that subgraphs add to the client's response: lower-case names and values, one pair for each line.
 *
 * `replies` are the request's fetches in plan order, failed ones included: the result does not depend on which came first.
 * `first_write` and `last_write` take all lines of one reply, `append` joins the lines of all replies with commas, `Set-Cookie` keeps every
 * line of every reply. A `default` counts only when no reply carried the header. Headers of one connection are never passed on.
 */
export function collectResponseHeaders(
  rules: ResponseHeaderRules,
  replies: readonly AnsweredFetch[],
): readonly (readonly [name: string, value: string])[] {
  if (rules === null || replies.length === 0) return NO_HEADERS;
  const lines: Lines = new Map();
  for (const { subgraph, reply } of replies) {
    for (const rule of rulesFor(rules, subgraph)) {
      if (rule.op === 'set') lines.set(rule.name, [rule.value]);
      else if (reply.kind === 'response') propagate(rule, reply.headers, lines);
    }
  }
  for (const { subgraph } of replies) for (const rule of rulesFor(rules, subgraph)) applyDefault(rule, lines);
  return [...lines].flatMap(([name, values]) => values.map((value) => [name, value] as const));
}

const NO_HEADERS: readonly (readonly [string, string])[] = [];

function rulesFor(rules: CompiledRules, subgraph: string): readonly ResponseHeaderRule[] {
  return rules.subgraphs.get(subgraph) ?? rules.all;
}

type PropagateRule = Extract<ResponseHeaderRule, { readonly op: 'propagate' }>;
type ReplyHeaders = Readonly<Record<string, string | readonly string[]>>;

function propagate(rule: PropagateRule, headers: ReplyHeaders, lines: Lines): void {
  const { selector } = rule;
  const hop = connectionNames(headers['connection']);
  const names = selector.kind === 'named' ? [selector.name] : Object.keys(headers).filter((name) => isSelected(rule, name));
  for (const name of names) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (value === undefined || hop.has(name) || !isForwardable(name)) continue;
    write(lines, rule.rename ?? name, typeof value === 'string' ? [value] : value, rule.algorithm);
  }
}

function write(lines: Lines, name: string, values: readonly string[], algorithm: PropagateRule['algorithm']): void {
  const known = lines.get(name);
  if (known === undefined) lines.set(name, algorithm === 'append' && name !== 'set-cookie' ? [values.join(', ')] : values);
  else if (name === 'set-cookie') lines.set(name, [...known, ...values]);
  else if (algorithm === 'last_write') lines.set(name, values);
  else if (algorithm === 'append') lines.set(name, [[...known, ...values].join(', ')]);
}

function applyDefault(rule: ResponseHeaderRule, lines: Lines): void {
  if (rule.op === 'set' || rule.default === null || rule.selector.kind !== 'named') return;
  const name = rule.rename ?? rule.selector.name;
  if (!lines.has(name)) lines.set(name, [rule.default]);
}

function hasEffect(rule: ResponseHeaderRule): boolean {
  if (rule.op === 'set') return isForwardable(rule.name);
  if (rule.rename !== null && !isForwardable(rule.rename)) return false;
  return rule.selector.kind === 'matching' || isForwardable(rule.selector.name);
}
