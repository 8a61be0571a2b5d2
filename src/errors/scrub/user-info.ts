/** Users and passwords in addresses. */
import { among, isQuote, isSpace, isWord, NOTHING, runEnd, runStart, type Span } from './spans.ts';

const endsAuthority = among('/?#"<>`\\');
const isAuthority = (code: number): boolean => !endsAuthority(code) && !isSpace(code);
const isScheme = (code: number): boolean => isWord(code) || code === 43 || code === 45 || code === 46;

/** What stands before the last `@` of a URL's host: passwords may hold one, too. As no authority holds a slash, none is looked at twice. */
export function findUserInfo(text: string): readonly Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const start = at + 3;
    const end = runEnd(text, start, isAuthority);
    const last = text.slice(start, end).lastIndexOf('@');
    if (last > 0 && isSecret(text, at, text.slice(start, start + last))) found.push([start, start + last]);
  }
  return found.length === 0 ? NOTHING : found;
}

/** Somebody masked it before; what is left around it may come from anywhere. */
const MASKED = '***';
const TOKEN = /^[\w.~%+=-]+$/;
const LONG = 20;

/** A user alone is none (`ssh://git@host`), but of the web nobody is: what stands there is a token. */
function isSecret(text: string, schemeEnd: number, userInfo: string): boolean {
  if (userInfo.includes(MASKED)) return false;
  if (userInfo.includes(':') || /%3a/i.test(userInfo)) return true;
  if (!TOKEN.test(userInfo)) return false;
  const scheme = text.slice(runStart(text, schemeEnd, isScheme, 16), schemeEnd);
  return userInfo.length >= LONG || /https?$/i.test(scheme);
}

const DSN = /@(?:tcp|unix)\(/g;
const MAX_DSN = 1024;

/** `user:password@tcp(host)/database` without a scheme, as drivers of Go print it. */
export function findDsns(text: string): readonly Span[] {
  const found: Span[] = [];
  let covered = 0;
  DSN.lastIndex = 0;
  for (let match = DSN.exec(text); match !== null; match = DSN.exec(text)) {
    const at = match.index;
    const start = runStart(text, at, (code) => !isSpace(code) && !isQuote(code), Math.min(MAX_DSN, at - covered));
    const run = text.slice(start, at);
    const colon = run.indexOf(':');
    // One with a scheme was found as a URL.
    if (colon >= 0 && !run.includes(MASKED) && !text.startsWith('://', start + colon))
      found.push([runStart(text, start + colon, isWord, colon), at]);
    covered = at + 1;
  }
  return found.length === 0 ? NOTHING : found;
}
