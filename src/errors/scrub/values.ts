/** Where values end that stand in texts: in quotes, in brackets, or bare. */
import { among, isBackslash, isQuote, isSpace, isWord, runEnd, runStart } from './spans.ts';

/** Quotes that are closed by another one. */
const CLOSING_QUOTES: Readonly<Record<string, string>> = { '“': '”', '„': '“', '‘': '’', '‚': '‘', '«': '»', '»': '«' };

/**
 * The position of the quote that closes a value, without its escapes; the end of the text when there is none.
 *
 * `level` is the number of backslashes before the opening quote: 1 for JSON in a string, 3 for JSON in a string of JSON in a string. Quotes
 * of the value have more of them.
 */
export function quoteEnd(text: string, from: number, quote: number, level: number): number {
  const opening = String.fromCharCode(quote);
  const closing = CLOSING_QUOTES[opening] ?? opening;
  for (let at = text.indexOf(closing, from); at >= 0; at = text.indexOf(closing, at + 1)) {
    const escapes = at - runStart(text, at, isBackslash, at - from);
    if (escapes >= level && escapes % (2 * (level + 1)) !== level) continue;
    if (!isApostrophe(text, at)) return at - Math.min(escapes, level);
  }
  return text.length;
}

/** `it's`, and SQL's `''`. */
function isApostrophe(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code !== 39 && code !== 0x2019) return false;
  const next = text.charCodeAt(at + 1);
  return isWord(next) || (code === 39 && next === 39);
}

/** Whether a value in brackets begins with it; angle brackets stand around bare values. */
export const isBracket = among('([{');
const isOpening = among('([{<');
const isClosing = among(')]}>');
const CLOSING_BRACKETS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Behind the bracket that closes the one at a position, whatever is quoted in between; the end of the text when there is none. */
export function bracketEnd(text: string, start: number): number {
  const opening = text.charCodeAt(start);
  const closing = (CLOSING_BRACKETS[text.charAt(start)] ?? '').charCodeAt(0);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === opening) depth++;
    if (code === closing && --depth === 0) return at + 1;
    if (code !== 34) continue;
    const level = at - runStart(text, at, isBackslash, Math.min(8, at - start));
    at = quoteEnd(text, at + 1, code, level) + level;
  }
  return text.length;
}

const isSeparator = among(',;&');
/** Most characters of values, which need no closer look. */
const isPlain = (code: number): boolean => isWord(code) || code === 45 || code === 46;

/**
 * The end of a value without quotes: a space, or punctuation that no value goes on behind. `password=a{b},c` is one value, but neither are
 * `(password=a), c` nor `password=a&user=c`.
 */
export function bareEnd(text: string, start: number): number {
  let depth = 0;
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isPlain(code)) continue;
    if (isSpace(code) || endsBare(text, at, code, depth)) break;
    if (isOpening(code)) depth++;
    else if (isClosing(code) && depth > 0) depth--;
  }
  return at;
}

function endsBare(text: string, at: number, code: number, depth: number): boolean {
  const next = text.charCodeAt(at + 1);
  if (isClosing(code)) return depth === 0 && !isWord(next);
  if (isQuote(code)) return !isWord(next);
  if (isBackslash(code)) return isQuote(text.charCodeAt(runEnd(text, at, isBackslash, 8)));
  if (code === 60) return next === 47;
  return isSeparator(code) && endsAtSeparator(text, at);
}

const isParameter = (code: number): boolean => isWord(code) || code === 45 || code === 46 || code === 91 || code === 93;

/** Whether the text ends behind separators, or something else begins there: another name with a value, or what no value goes on with. */
function endsAtSeparator(text: string, at: number): boolean {
  const next = runEnd(text, at, isSeparator, 8);
  const code = text.charCodeAt(next);
  if (Number.isNaN(code) || isSpace(code) || isQuote(code) || isBackslash(code) || isOpening(code) || isClosing(code)) return true;
  // What was masked before, name and all, was something else.
  if (text.startsWith('***', next)) return true;
  const nameEnd = runEnd(text, next, isParameter, 64);
  const sign = text.charCodeAt(nameEnd);
  return nameEnd > next && (sign === 61 || (sign === 58 && text.charCodeAt(at) !== 38));
}
