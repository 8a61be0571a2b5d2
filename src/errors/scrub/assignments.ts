/** Values behind names that say that they are secrets: `password=x`, `"apiKey": "x"`, `<token>x</token>`. */
import { isHeaderName, isSecretName } from './secret-names.ts';
import { isSentence } from './sentences.ts';
import { among, isBackslash, isQuote, isSpace, isWord, NOTHING, runEnd, runStart, type Span } from './spans.ts';
import { bareEnd, bracketEnd, isBracket, quoteEnd } from './values.ts';

const EQUALS = 61;
const COLON = 58;
const MAX_NAME = 64;
const MAX_GAP = 32;

const isName = (code: number): boolean => isWord(code) || code === 45 || code === 46;
const isBeforeSign = (code: number): boolean => isSpace(code) || isQuote(code) || isBackslash(code) || code === 93;
/** What follows the first character of `:=`, `=>` and `==`. */
const isFurtherSign = among('=>');
const isLineEnd = (code: number): boolean => code === 10 || code === 13;
const isBlank = (code: number): boolean => isSpace(code) && !isLineEnd(code);

/** `password=x`, `"apiKey": "x"`, `Authorization: Bearer x` and the like. */
export function findAssignments(text: string): readonly Span[] {
  const found: Span[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign !== EQUALS && sign !== COLON) continue;
    const value = valueBehind(text, runStart(text, at, isBeforeSign, MAX_GAP), at, at + 1);
    if (value === null) continue;
    found.push(value);
    at = Math.max(at, value[1] - 1);
  }
  return found;
}

const ENCODED_SIGN = /^%3[ad]/i;

/** The same where the sign is encoded for a URL: `password%3Dx`, `%22password%22%3A%22x%22`. */
export function findEncodedAssignments(text: string): readonly Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf('%3'); at >= 0; ) {
    const value = ENCODED_SIGN.test(text.slice(at, at + 3)) ? valueBehind(text, at, at, at + 3) : null;
    if (value !== null) found.push(value);
    at = text.indexOf('%3', value === null ? at + 2 : Math.max(at + 2, value[1]));
  }
  return found.length === 0 ? NOTHING : found;
}

function valueBehind(text: string, gapStart: number, signAt: number, behindSign: number): Span | null {
  const nameEnd = beforeEscapes(text, gapStart);
  const nameStart = startOfName(text, nameEnd);
  const name = text.slice(nameStart, nameEnd);
  if (name === '' || !isSecretName(name)) return null;
  const isColon = text.charCodeAt(signAt) === COLON;
  const signEnd = runEnd(text, behindSign, isFurtherSign, 2);
  const start = runEnd(text, signEnd, isColon ? isSpace : isBlank, MAX_GAP);
  if (isColon && signEnd === behindSign && start > signEnd && isNoValue(text, signEnd, start)) return null;
  const quote = nameEnd === signAt ? text.charCodeAt(nameStart - 1) : NaN;
  const [first, end] = valueFrom(text, start, isColon && isHeaderName(name) ? { closing: isQuote(quote) ? quote : null } : null);
  return end > first && isTelling(text, first, end) ? [first, end] : null;
}

const ESCAPE = /(?:%2[027]|%5c|\\u002[027]|&(?:quot|apos|#3[49]);)$/i;
const mayEndEscape = among('0257cC;');

/** Before quotes and spaces that are escaped for URLs, JSON or HTML. */
function beforeEscapes(text: string, end: number): number {
  let at = end;
  for (let i = 0; i < 4 && mayEndEscape(text.charCodeAt(at - 1)); i++) {
    const escape = ESCAPE.exec(text.slice(Math.max(0, at - 6), at));
    if (escape === null) break;
    at = runStart(text, at - escape[0].length, isBackslash, 8);
  }
  return at;
}

/** A name ends in at most two words: `api key`. */
function startOfName(text: string, end: number): number {
  const start = runStart(text, end, isName, MAX_NAME);
  const isSecondWord = end - start <= 6 && isBlank(text.charCodeAt(start - 1)) && /^(?:keys?|ids?|phrase)$/i.test(text.slice(start, end));
  return isSecondWord ? runStart(text, start - 1, isName, MAX_NAME) : start;
}

/** Behind a colon and a space a sentence may go on, and on the next line another name may stand instead of a value. */
function isNoValue(text: string, from: number, start: number): boolean {
  if (isSentence(text, text.charCodeAt(start) === 40 ? start + 1 : start)) return true;
  if (runEnd(text, from, isBlank, MAX_GAP) === start) return false;
  const sign = text.charCodeAt(runEnd(text, start, isName, MAX_NAME));
  return sign === EQUALS || sign === COLON || text.startsWith('***', start);
}

const ESCAPED_QUOTE = /^(?:%2[27]|\\{1,8}u002[27]|&(?:quot|apos|#3[49]);)/i;
/** Letters before a quote in Python and SQL: `b'x'`. */
const isQuotePrefix = among('bBuUrRfFnNeE$');

const SCHEME = /^(?:bearer|basic|token|negotiate|digest|ntlm|apikey)$/i;

/**
 * Where the value that begins at a position begins and ends without its quotes. A header's reaches to the end of the line, or to the quote
 * that opened before its name. What is never closed reaches to the end of the text.
 */
function valueFrom(text: string, start: number, header: { readonly closing: number | null } | null): Span {
  const escaped = ESCAPED_QUOTE.exec(text.slice(start, start + 16))?.[0];
  if (escaped !== undefined) {
    const closing = text.indexOf(escaped, start + escaped.length);
    return [start + escaped.length, closing < 0 ? text.length : closing];
  }
  const first = isQuotePrefix(text.charCodeAt(start)) && isQuote(text.charCodeAt(start + 1)) ? start + 1 : start;
  const opening = runEnd(text, first, isBackslash, 8);
  const code = text.charCodeAt(opening);
  if (isQuote(code) && code !== header?.closing) return [opening + 1, quoteEnd(text, opening + 1, code, opening - first)];
  if (header !== null) {
    const end = runEnd(text, start, (each) => !isLineEnd(each) && each !== header.closing);
    return [start, runStart(text, end, isBackslash, end - start)];
  }
  if (isBracket(text.charCodeAt(start))) return [start, bareEnd(text, bracketEnd(text, start))];
  const end = bareEnd(text, start);
  if (end - start > 9 || !SCHEME.test(text.slice(start, end))) return [start, end];
  const credential = runEnd(text, end, isBlank, MAX_GAP);
  return [start, credential > end ? bareEnd(text, credential) : end];
}

/** Neither the `}` of `Unexpected token: "}"` nor a mask tells anything. */
function isTelling(text: string, start: number, end: number): boolean {
  return end - start > 3 || runEnd(text, start, (code) => !isWord(code) && code < 128) < end;
}

const isTagName = (code: number): boolean => isName(code) || code === COLON;
/** A hostile text may hold any number of names that are never closed, each of which takes a look at the whole text. */
const MAX_TAGS = 16;

/** The content of XML elements: `<password>x</password>`. What is not closed is a placeholder: `Bearer <token>`. */
export function findElements(text: string): readonly Span[] {
  const found: Span[] = [];
  const closings = new Map<string, number>();
  for (let at = text.indexOf('<'); at >= 0; ) {
    const nameEnd = runEnd(text, at + 1, isTagName, MAX_NAME);
    const name = text.slice(at + 1, nameEnd);
    const start = name === '' || !isSecretName(name) ? 0 : behindTag(text, nameEnd);
    const end = start === 0 ? -1 : closingOf(text, name, start, closings);
    if (end > start && isTelling(text, start, end)) found.push([start, end]);
    at = text.indexOf('<', Math.max(end, at + 1));
  }
  return found.length === 0 ? NOTHING : found;
}

/** Behind the `>` of an opening tag; 0 when it is none. */
function behindTag(text: string, nameEnd: number): number {
  const end = isSpace(text.charCodeAt(nameEnd)) ? runEnd(text, nameEnd, (code) => code !== 60 && code !== 62, 512) : nameEnd;
  return text.charCodeAt(end) === 62 && text.charCodeAt(end - 1) !== 47 ? end + 1 : 0;
}

function closingOf(text: string, name: string, from: number, known: Map<string, number>): number {
  const before = known.get(name);
  if (before !== undefined && (before < 0 || before >= from)) return before;
  if (before === undefined && known.size >= MAX_TAGS) return -1;
  const closing = text.indexOf(`</${name}`, from);
  known.set(name, closing);
  return closing;
}
