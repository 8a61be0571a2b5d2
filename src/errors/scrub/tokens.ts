/** Credentials that are known by their look, whatever stands before them. */
import { isOrdinary } from './sentences.ts';
import { among, isDigit, isLetter, isWord, NOTHING, runEnd, type Span } from './spans.ts';

const isTokenCharacter = (code: number): boolean => isWord(code) || code === 45;
const DOT = 46;

/** Two expressions, since most texts with a dot hold no run of characters that is as long as a key. */
const DOTTED = /eyJ|SG\./g;
const KEY = /A[KS]IA|gh[pousr]_|github_pat_|[rs]k[_-](?:live|test|proj|ant)|sk-|xox[abeprs]-|xapp-|glpat-|whsec_|AIza|npm_|shpat_/g;
/** Of such a shape that what is glued before it does not matter. */
const UNMISTAKABLE = /^(?:A[KS]IA[A-Z0-9]{16}|AIza[\w-]{35})/;
const LEAST = 16;
/** `sk-` alone begins many words, but none of this length that holds a digit. */
const LEAST_PLAIN = 35;

/** Tokens of several parts with dots between them: JWTs, and keys of SendGrid. */
export function findTokens(text: string): readonly Span[] {
  return findBeginnings(text, DOTTED);
}

/** Keys of well-known services. */
export function findKeys(text: string): readonly Span[] {
  return findBeginnings(text, KEY);
}

function findBeginnings(text: string, beginning: RegExp): readonly Span[] {
  let found: Span[] | null = null;
  let end = 0;
  beginning.lastIndex = 0;
  for (let match = beginning.exec(text); match !== null; match = beginning.exec(text)) {
    const start = match.index;
    // Runs are looked at once, however many beginnings they hold.
    if (start >= end) end = runEnd(text, start, isTokenCharacter);
    const covered = coveredBy(text, start, end, match[0]);
    if (covered === start) continue;
    (found ??= []).push([start, covered]);
    beginning.lastIndex = end = covered;
  }
  return found ?? NOTHING;
}

/** The end of the token that begins at a position within a run; the position itself when there is none. */
function coveredBy(text: string, start: number, end: number, beginning: string): number {
  if (!isApart(text, start)) return UNMISTAKABLE.test(text.slice(start, start + 40)) ? end : start;
  if (beginning === 'eyJ') return coveredParts(text, start, end, 3);
  if (beginning === 'SG.') return end === start + 2 ? coveredParts(text, start, end, LEAST) : start;
  if (beginning === 'sk-') return end - start >= LEAST_PLAIN && runEnd(text, start, (code) => !isDigit(code)) < end ? end : start;
  return end - start >= LEAST ? end : start;
}

/** A JWT has three or five parts, a key of SendGrid three; some lose the last one. `least`: how long the second must be. */
function coveredParts(text: string, start: number, end: number, least: number): number {
  if (text.charCodeAt(end) !== DOT) return start;
  let covered = runEnd(text, end + 1, isTokenCharacter);
  if (covered - end <= least) return start;
  for (let part = 3; part <= 5 && text.charCodeAt(covered) === DOT; part++) {
    // The second of five may be empty, but no text ends in a dot that is the token's.
    const next = runEnd(text, covered + 1, isTokenCharacter);
    if (next === covered + 1) break;
    covered = next;
  }
  return covered;
}

/** No letter stands before it, unless it belongs to an escape: `%2Fsk_live_…`, `\nsk_live_…`. */
function isApart(text: string, at: number): boolean {
  return !isLetter(text.charCodeAt(at - 1)) || text.charCodeAt(at - 2) === 92 || text.charCodeAt(at - 3) === 37;
}

const SCHEME = /(?:bearer|basic)(?:[\s:="'`\\+\u201c\u2018]|%20){1,16}/gi;
const isCredentialSign = among('-._~+/=');
const isCredential = (code: number): boolean => isWord(code) || isCredentialSign(code);

/** Credentials behind `Bearer` and `Basic`, as headers have them. */
export function findBearers(text: string): readonly Span[] {
  let found: Span[] | null = null;
  SCHEME.lastIndex = 0;
  for (let match = SCHEME.exec(text); match !== null; match = SCHEME.exec(text)) {
    if (!isApart(text, match.index)) continue;
    const start = match.index + match[0].length;
    const end = runEnd(text, start, isCredential);
    if (end - start >= 6 && !isOrdinary(text.slice(start, end))) (found ??= []).push([start, end]);
    SCHEME.lastIndex = Math.max(SCHEME.lastIndex, end);
  }
  return found ?? NOTHING;
}

/** PEM blocks of private keys; one without an end reaches to the end of the text. */
export function findPems(text: string): readonly Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf('-----BEGIN '); at >= 0; ) {
    const isPrivate = text.slice(at, at + 64).includes('PRIVATE KEY');
    const close = isPrivate ? text.indexOf('-----END ', at) : -1;
    const end = close < 0 ? text.length : runEnd(text, close + 9, (code) => code !== 10, 64);
    if (isPrivate) found.push([at, end]);
    at = text.indexOf('-----BEGIN ', isPrivate ? end : at + 11);
  }
  return found;
}
