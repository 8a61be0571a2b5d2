/** Credentials and payment cards in a text. */
import { among, type Finder, isDigit, isWord, NOTHING, pickRuns, runEnd, runStart, type Span } from './spans.ts';

const SECRET_NAME =
  /(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization|cookie|session[_-]?id|signature)$/i;

/** The same names come with every error. Bounded, since it is subgraphs that choose them. */
const KNOWN_NAMES = new Map<string, boolean>();
const MAX_KNOWN_NAMES = 1000;
const MAX_NAME_LENGTH = 64;

/** Whether something of this name is a secret, whatever its value looks like. */
export function isSecretName(name: string): boolean {
  const known = KNOWN_NAMES.get(name);
  if (known !== undefined) return known;
  const isSecret = SECRET_NAME.test(name.slice(-MAX_NAME_LENGTH));
  if (KNOWN_NAMES.size < MAX_KNOWN_NAMES && name.length <= MAX_NAME_LENGTH) KNOWN_NAMES.set(name, isSecret);
  return isSecret;
}

const isTokenCharacter = (code: number): boolean => isWord(code) || code === 45;
const PREFIXES = 'AKIA|ASIA|gh[pousr]_|github_pat_|sk[_-](?:live|test|proj|ant)|rk_live_|xox[abprs]-|glpat-|AIza|npm_|shpat_';
const KNOWN_PREFIX = new RegExp(`^(?:${PREFIXES})`);
/** Every token holds one of these; most texts hold none. */
const TOKEN_HINT = new RegExp(`eyJ|SG\\.|${PREFIXES}`);

/** Runs of token characters that begin like the keys of well-known services, and tokens of several such runs with dots between them. */
export function findTokens(text: string): readonly Span[] {
  if (!TOKEN_HINT.test(text)) return NOTHING;
  let covered = 0;
  return pickRuns(text, isTokenCharacter, (start, end) => {
    if (start < covered) return null;
    if (end - start >= 16 && KNOWN_PREFIX.test(text.slice(start, start + 20))) return [start, end];
    const least = leastSecondPart(text, start, end);
    if (least === null || text.charCodeAt(end) !== 46) return null;
    const payload = runEnd(text, end + 1, isTokenCharacter);
    if (payload - end <= least) return null;
    covered = text.charCodeAt(payload) === 46 ? runEnd(text, payload + 1, isTokenCharacter) : payload;
    return [start, covered];
  });
}

/** How long the second part must be at least if a run is the first part of a JWT or of a SendGrid key; null when it is neither. */
function leastSecondPart(text: string, start: number, end: number): number | null {
  if (text.startsWith('eyJ', start)) return 3;
  return end - start === 2 && text.startsWith('SG', start) ? 16 : null;
}

const SCHEME = /\b(?:bearer|basic) /gi;
const isCredentialSign = among('-._~+/=');
const isCredential = (code: number): boolean => isWord(code) || isCredentialSign(code);

/** Credentials behind `Bearer` and `Basic`, as headers have them. */
export function findBearers(text: string): readonly Span[] {
  const found: Span[] = [];
  SCHEME.lastIndex = 0;
  for (let match = SCHEME.exec(text); match !== null; match = SCHEME.exec(text)) {
    const start = match.index + match[0].length;
    const end = runEnd(text, start, isCredential);
    if (end - start >= 6) found.push([start, end]);
    SCHEME.lastIndex = Math.max(SCHEME.lastIndex, end);
  }
  return found;
}

const EQUALS = 61;
const COLON = 58;
const isQuoteOrSpace = among(' \t"\'\\');
const isName = (code: number): boolean => isWord(code) || code === 45;
const endsValue = among(' \t\r\n"\'`,;&<>()[]{}\\');

/** The value behind a name that says it is a secret: `password=x`, `"apiKey": "x"`. */
export function findAssignments(text: string): readonly Span[] {
  const found: Span[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign !== EQUALS && sign !== COLON) continue;
    const nameEnd = runStart(text, at, isQuoteOrSpace, 4);
    const name = text.slice(runStart(text, nameEnd, isName, 64), nameEnd);
    if (name === '' || !isSecretName(name)) continue;
    const start = runEnd(text, at + 1, isQuoteOrSpace, 4);
    const end = runEnd(text, start, (code) => !endsValue(code));
    if (end > start) found.push([start, end]);
    at = Math.max(at, end - 1);
  }
  return found;
}

/** `user:password@` in a URL. */
export function findUserInfo(text: string): readonly Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const end = runEnd(text, at + 3, (code) => !endsValue(code) && code !== 47 && code !== 64, 256);
    if (text.charCodeAt(end) === 64 && text.slice(at + 3, end).includes(':')) found.push([at + 3, end]);
  }
  return found;
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

/** Numbers of 13 to 19 digits, spaces and dashes between them allowed, that satisfy the Luhn check. */
export const findCards: Finder = (text) =>
  pickRuns(
    text,
    (code) => isDigit(code) || code === 32 || code === 45,
    (start, end) => {
      if (end - start < 13) return null;
      const run = text.slice(start, end);
      const digits = run.replace(/[^0-9]/g, '');
      if (digits.length < 13) return null;
      return holdsCard(digits) ? trimmed(text, start, end) : null;
    },
  );

function holdsCard(digits: string): boolean {
  if (digits.length <= 19) return passesLuhn(digits);
  for (let at = 0; at + 13 <= digits.length; at++) {
    for (const length of [16, 15, 13, 14, 19]) if (at + length <= digits.length && passesLuhn(digits.slice(at, at + length))) return true;
  }
  return false;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function trimmed(text: string, start: number, end: number): Span {
  let first = start;
  let last = end;
  while (first < last && !isDigit(text.charCodeAt(first))) first++;
  while (last > first && !isDigit(text.charCodeAt(last - 1))) last--;
  return [first, last];
}
