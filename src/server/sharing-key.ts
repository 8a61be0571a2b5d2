import type { RouterConfig } from '../config/schema.ts';
import type { GraphqlRequest } from '../respond/model.ts';
import { passesCookies } from '../subgraph/response-headers.ts';

/**
 * What of a request, beside its operation, can change the answer: the media type, and every header that a rule may pass on to a subgraph.
 *
 * Two requests with the same text here may be answered by one execution. Null when none may, whatever it says: where response rules hand
 * cookies of subgraphs on, one client would get another's.
 */
export function compileSharingKey(config: Pick<RouterConfig, 'headers'>): ((request: GraphqlRequest) => string) | null {
  const { all, subgraphs } = config.headers;
  if ([all, ...subgraphs.values()].some(({ response }) => passesCookies(response))) return null;
  const names = new Set<string>();
  const patterns: { readonly pattern: RegExp; readonly negate: boolean }[] = [];
  for (const { request } of [all, ...subgraphs.values()]) {
    for (const rule of request) {
      if (rule.op !== 'propagate') continue;
      if (rule.selector.kind === 'named') names.add(rule.selector.name);
      else patterns.push(rule.selector);
    }
  }
  const fixed = [...names];
  const isMatched = (name: string): boolean => patterns.some(({ pattern, negate }) => pattern.test(name) !== negate);
  return ({ mediaType, headers }) => {
    let key: string = mediaType;
    for (const name of fixed) key += `\n${line(name, headers[name])}`;
    if (patterns.length > 0) for (const name of Object.keys(headers)) if (isMatched(name)) key += `\n${line(name, headers[name])}`;
    return key;
  };
}

function line(name: string, value: string | readonly string[] | undefined): string {
  return value === undefined ? name : `${name}:${typeof value === 'string' ? value : value.join('\n,')}`;
}
