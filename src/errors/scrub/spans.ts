/** `[start, end)` of a finding in a text. */
export type Span = readonly [start: number, end: number];

export const NOTHING: readonly Span[] = [];

/** Finds all of one kind in a text, from left to right, in time linear in its length whatever the text. */
export type Finder = (text: string) => readonly Span[];

/** Spans of the runs of characters that `isMember` accepts, as far as `pick` keeps them. */
export function pickRuns(
  text: string,
  isMember: (code: number) => boolean,
  pick: (start: number, end: number) => Span | null,
): readonly Span[] {
  const found: Span[] = [];
  let at = 0;
  while (at < text.length) {
    if (!isMember(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const start = at;
    while (at < text.length && isMember(text.charCodeAt(at))) at++;
    const span = pick(start, at);
    if (span !== null) found.push(span);
  }
  return found;
}

/** The first position at or behind `at` whose character is not accepted, at most `limit` characters further. */
export function runEnd(text: string, at: number, isMember: (code: number) => boolean, limit = Infinity): number {
  const last = Math.min(text.length, at + limit);
  let end = at;
  while (end < last && isMember(text.charCodeAt(end))) end++;
  return end;
}

/** The first position from which all characters up to `at` are accepted, at most `limit` characters back. */
export function runStart(text: string, at: number, isMember: (code: number) => boolean, limit: number): number {
  const first = Math.max(0, at - limit);
  let start = at;
  while (start > first && isMember(text.charCodeAt(start - 1))) start--;
  return start;
}

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;
export const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
export const isWord = (code: number): boolean => isDigit(code) || isLetter(code) || code === 95;

export const isBackslash = (code: number): boolean => code === 92;
/** White space of any kind, line ends included. */
export const isSpace = (code: number): boolean =>
  code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x2028 || code === 0x2029;
/** A straight or curly quote, or a backtick. */
export const isQuote = (code: number): boolean =>
  code === 34 || code === 39 || code === 96 || (code >= 0x2018 && code <= 0x201f) || code === 0xab || code === 0xbb;

/** A test for one of a few ASCII characters. */
export function among(characters: string): (code: number) => boolean {
  const table = new Uint8Array(128);
  for (const char of characters) table[char.charCodeAt(0)] = 1;
  return (code) => code < 128 && table[code] === 1;
}
