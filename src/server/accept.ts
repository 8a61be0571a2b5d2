import type { ResponseMediaType } from '../respond/model.ts';

interface Match {
  readonly quality: number;
  /** 0 for `*` over `*`, 1 for `application/*`, 2 for the type itself. */
  readonly specificity: number;
  readonly position: number;
}

// First wins where the client does not care: a client that says nothing predates `application/graphql-response+json`.
const OFFERED: readonly ResponseMediaType[] = ['application/json', 'application/graphql-response+json'];

/**
 * The media type to answer in, by the client's `accept`: highest quality, then the most specific range, then the client's order.
 *
 * Null when nothing that we can write is acceptable.
 */
export function negotiateMediaType(accept: string | undefined): ResponseMediaType | null {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return 'application/json';
  const ranges = accept.toLowerCase().split(',').map(parseRange);
  let best: { readonly type: ResponseMediaType; readonly match: Match } | null = null;
  for (const type of OFFERED) {
    const match = bestMatch(type, ranges);
    if (match !== null && match.quality > 0 && (best === null || isBetter(match, best.match))) best = { type, match };
  }
  return best?.type ?? null;
}

interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

function parseRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';');
  let quality = 1;
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=').map((part) => part.trim());
    if (name === 'q') quality = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value) ? Number(value) : 0;
    if (name === 'charset' && !/^"?utf-?8"?$/.test(value)) quality = 0;
  }
  return { type: type.trim(), quality };
}

/** The most specific range decides for a type (RFC 9110 section 12.5.1), so that `*` can be allowed and one type refused. */
function bestMatch(type: ResponseMediaType, ranges: readonly MediaRange[]): Match | null {
  let best: Match | null = null;
  for (const [position, range] of ranges.entries()) {
    const specificity = range.type === type ? 2 : range.type === 'application/*' ? 1 : range.type === '*/*' ? 0 : -1;
    if (specificity > (best?.specificity ?? -1)) best = { quality: range.quality, specificity, position };
  }
  return best;
}

function isBetter(a: Match, b: Match): boolean {
  if (a.quality !== b.quality) return a.quality > b.quality;
  if (a.specificity !== b.specificity) return a.specificity > b.specificity;
  return a.position < b.position;
}
