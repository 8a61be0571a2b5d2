/** What a text holds, found in one pass: most texts hold nothing that any detector could find, and need no closer look. */

/** Bits of `signsOf`. */
export const SIGN = {
  /** `.` */
  dot: 1,
  /** `:` */
  colon: 2,
  /** `/` or a backslash */
  slash: 4,
  /** `@` */
  at: 8,
  /** `=` */
  equals: 16,
  /** A quote, bracket or parenthesis. */
  bracket: 32,
  /** A space, or anything else that stands in no word and has no bit of its own. */
  gap: 64,
  /** `-` */
  dash: 128,
  /** As many letters, digits, `_` and `-` in a row as the shortest key of a known service has. */
  token: 256,
  /** As many digits in all as a payment card has at least. */
  digits: 512,
  /** `%`, a gap as well. */
  percent: 1024,
} as const;

const TOKEN_LENGTH = 16;
const CARD_DIGITS = 13;

const WORD = 2048;
const DIGIT = 4096;

/** Bits by character code, for ASCII. */
const TABLE = signTable();

function signTable(): Uint16Array {
  const table = new Uint16Array(128);
  const set = (characters: string, bits: number): void => {
    for (const each of characters) table[each.charCodeAt(0)] = bits;
  };
  table.fill(SIGN.gap);
  set('.', SIGN.dot);
  set(':', SIGN.colon);
  set('/\\', SIGN.slash);
  set('@', SIGN.at);
  set('=', SIGN.equals);
  set('"\'()[]{}', SIGN.bracket);
  set('%', SIGN.gap | SIGN.percent);
  set('-', SIGN.dash | WORD);
  set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', WORD);
  set('0123456789', WORD | DIGIT);
  return table;
}

/** The bits of `SIGN` that hold for a text. */
export function signsOf(text: string): number {
  let signs = 0;
  let run = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const bits = code < 128 ? (TABLE[code] ?? 0) : SIGN.gap;
    signs |= bits;
    run = (bits & WORD) === 0 ? 0 : run + 1;
    if (run === TOKEN_LENGTH) signs |= SIGN.token;
    if ((bits & DIGIT) !== 0) digits++;
  }
  return digits >= CARD_DIGITS ? signs | SIGN.digits : signs;
}
