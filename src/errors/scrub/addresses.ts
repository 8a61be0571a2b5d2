/** URLs, internal hosts, IP addresses, e-mail addresses and file paths in a text. */
import { isIP } from 'node:net';
import { among, type Finder, isDigit, isLetter, isWord, NOTHING, pickRuns, runEnd, runStart, type Span } from './spans.ts';

const isBreak = among(' \t\r\n"\'`<>{}|\\^');
const isScheme = (code: number): boolean => isDigit(code) || isLetter(code) || code === 43 || code === 45 || code === 46;

/** `scheme://…` up to the next space or quote. */
export const findUrls: Finder = (text) => {
  const found: Span[] = [];
  let from = 0;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', from)) {
    const start = runStart(text, at, isScheme, 32);
    from = runEnd(text, at + 3, (code) => !isBreak(code));
    if (start < at) found.push([start, from]);
  }
  return found;
};

const isHostCharacter = (code: number): boolean => isWord(code) || code === 45 || code === 46;

/** Host names that end in one of the suffixes, with their port. */
export function findHosts(suffixes: readonly string[]): Finder {
  const lower = suffixes.map((suffix) => suffix.toLowerCase());
  const hint = new RegExp(lower.map((suffix) => suffix.replace(/[^a-z0-9]/g, '\\$&')).join('|'), 'i');
  return (text) => {
    if (!hint.test(text)) return NOTHING;
    return pickRuns(text, isHostCharacter, (start, end) => {
      let last = end;
      while (last > start && text.charCodeAt(last - 1) === 46) last--;
      const name = text.slice(start, last).toLowerCase();
      const isInternal = lower.some((suffix) => name.endsWith(suffix) && isWholeLabel(name, suffix));
      if (!isInternal) return null;
      return [start, text.charCodeAt(last) === 58 ? runEnd(text, last + 1, isDigit, 5) : last];
    });
  };
}

/** A suffix without a dot in front, such as `localhost`, is a name of its own. */
function isWholeLabel(name: string, suffix: string): boolean {
  return suffix.startsWith('.') || name.length === suffix.length || name[name.length - suffix.length - 1] === '.';
}

const isIpCharacter = (code: number): boolean =>
  isDigit(code) || code === 46 || code === 58 || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);

/** IPv4 addresses with their port, and IPv6 addresses. */
export const findIps: Finder = (text) => {
  const four = pickRuns(
    text,
    (code) => isDigit(code) || code === 46,
    (start, end) => {
      let last = end;
      while (last > start && text.charCodeAt(last - 1) === 46) last--;
      if (last - start > 15 || isIP(text.slice(start, last)) !== 4 || isInWord(text, start, last)) return null;
      return [start, text.charCodeAt(last) === 58 ? runEnd(text, last + 1, isDigit, 5) : last];
    },
  );
  if (!text.includes(':')) return four;
  const six = pickRuns(text, isIpCharacter, (start, end) => {
    if (end - start < 3 || end - start > 45 || isInWord(text, start, end)) return null;
    let last = end;
    while (last > start && text.charCodeAt(last - 1) === 46) last--;
    return isIP(text.slice(start, last)) === 6 ? [start, last] : null;
  });
  return [...four, ...six];
};

function isInWord(text: string, start: number, end: number): boolean {
  return (start > 0 && isWord(text.charCodeAt(start - 1))) || (end < text.length && isWord(text.charCodeAt(end)));
}

const isLocalPart = (code: number): boolean => isWord(code) || code === 46 || code === 37 || code === 43 || code === 45;
const isDomain = (code: number): boolean => isDigit(code) || isLetter(code) || code === 46 || code === 45;

/** `someone@example.com`. */
export const findEmails: Finder = (text) => {
  const found: Span[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = runStart(text, at, isLocalPart, 64);
    let end = runEnd(text, at + 1, isDomain, 255);
    while (end > at && text.charCodeAt(end - 1) === 46) end--;
    if (start < at && text.slice(at + 1, end).includes('.')) found.push([start, end]);
  }
  return found;
};

const isPathBreak = among(' \t\r\n"\'`()<>[]{},;=|');

/** Absolute and relative file paths: `/app/src/x.js:1:2`, `./x`, `C:\x`, `\\host\share`. */
export const findPaths: Finder = (text) =>
  pickRuns(
    text,
    (code) => !isPathBreak(code),
    (start, end) => {
      const token = text.slice(start, Math.min(end, start + 300));
      const rooted = /^(?:[\w.-]{0,40}:)?(?=\/[^/\s]+\/|~\/)/.exec(token);
      if (rooted !== null) return [start + rooted[0].length, end];
      return /^(?:\.{1,2}[\\/]|[A-Za-z]:[\\/]|\\\\\w)/.test(token) ? [start, end] : null;
    },
  );
