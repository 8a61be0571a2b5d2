import type { HeaderSelector, RequestHeaderRule } from '../config/keys/headers.ts';
import { connectionNames, isForwardable } from './header-names.ts';
import type { RequestScope } from './port.ts';

/** Lower-case names and values in turn. Never changed once made; undici's type alone asks for a mutable list. */
export type HeaderLines = string[];

/** Sent with every request. */
export const BASE_HEADERS: HeaderLines = [
  'content-type',
  'application/json',
  'accept',
  'application/graphql-response+json, application/json',
  'accept-encoding',
  'gzip, deflate, br',
];

/** All headers of the requests for one client request, `BASE_HEADERS` first. */
export type RequestHeaders = (scope: RequestScope) => HeaderLines;

type Source = RequestScope['headers'];
type CompiledRule = (source: Source, hop: ReadonlySet<string>, into: HeaderLines) => void;

/**
 * Turns the rules for one subgraph into a function that costs nothing where there is nothing to do: without a `propagate`
 * rule every request gets the same list. A pattern has to look at every header, so its result is kept per client request.
 *
 * Of two rules for one name the later one wins. Rules for headers that are never forwarded have no effect.
 */
export function compileHeaderRules(rules: readonly RequestHeaderRule[]): RequestHeaders {
  const compiled = rules.map(compileRule);
  if (rules.every((rule) => rule.op === 'set')) {
    const fixed = applyRules(compiled, {});
    return () => fixed;
  }
  if (!rules.some((rule) => rule.op === 'propagate' && rule.selector.kind === 'matching'))
    return (scope) => applyRules(compiled, scope.headers);
  const known = new WeakMap<RequestScope, HeaderLines>();
  return (scope) => {
    let headers = known.get(scope);
    if (headers === undefined) {
      headers = applyRules(compiled, scope.headers);
      known.set(scope, headers);
    }
    return headers;
  };
}

/** What a shared request must have in common beside its body: every header that a rule made. */
export function headersKey(headers: Readonly<HeaderLines>): string {
  return headers.length === BASE_HEADERS.length ? '' : headers.slice(BASE_HEADERS.length).join('\n');
}

/** A new list in which the names of `lines` stand only as they do there. */
export function replaceHeaders(headers: Readonly<HeaderLines>, lines: readonly string[]): HeaderLines {
  const kept: HeaderLines = [];
  for (let i = 0; i < headers.length; i += 2) {
    const [name = '', value = ''] = headers.slice(i, i + 2);
    if (!lines.some((line, at) => at % 2 === 0 && line === name)) kept.push(name, value);
  }
  return [...kept, ...lines];
}

function applyRules(rules: readonly CompiledRule[], source: Source): HeaderLines {
  if (rules.length === 0) return BASE_HEADERS;
  const headers = [...BASE_HEADERS];
  const hop = connectionNames(source['connection']);
  for (const rule of rules) rule(source, hop, headers);
  return headers;
}

function compileRule(rule: RequestHeaderRule): CompiledRule {
  if (rule.op === 'set') {
    const { name, value } = rule;
    return isForwardable(name) ? (_source, _hop, into) => put(into, name, [value]) : ignore;
  }
  if (rule.rename !== null && !isForwardable(rule.rename)) return ignore;
  return compileSelector(rule.selector, rule.rename, rule.default);
}

function compileSelector(selector: HeaderSelector, rename: string | null, fallback: string | null): CompiledRule {
  if (selector.kind === 'named') {
    const { name } = selector;
    if (!isForwardable(name)) return ignore;
    return (source, hop, into) => {
      const value = hop.has(name) ? undefined : valuesOf(source, name);
      if (value !== undefined) put(into, rename ?? name, value);
      else if (fallback !== null) put(into, rename ?? name, [fallback]);
    };
  }
  const { pattern, negate } = selector;
  return (source, hop, into) => {
    for (const name of Object.keys(source)) {
      if (pattern.test(name) === negate || hop.has(name) || !isForwardable(name)) continue;
      const value = valuesOf(source, name);
      if (value !== undefined) put(into, rename ?? name, value);
    }
  };
}

function ignore(): void {}

function valuesOf(source: Source, name: string): readonly string[] | undefined {
  const value = Object.hasOwn(source, name) ? source[name] : undefined;
  return typeof value === 'string' ? [value] : value;
}

/** Replaces what stands under the name; several values become several lines. */
function put(into: HeaderLines, name: string, values: readonly string[]): void {
  for (let i = into.length - 2; i >= 0; i -= 2) if (into[i] === name) into.splice(i, 2);
  for (const value of values) into.push(name, value);
}
