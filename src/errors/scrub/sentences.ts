/** Tells sentences about secrets from secrets: `Invalid token: signature mismatch` holds none. */

/** What may be said of a secret in one word. */
const REASONS = new Set(
  (
    'denied disabled empty expired failed forbidden incorrect invalid malformed mismatch missing nil none not null rejected required ' +
    'revoked unauthorized undefined unexpected unknown unsupported wrong'
  ).split(' '),
);

/** Words that sentences of errors begin with, and that stand behind `Bearer` and `Basic` in them. Alone, they may be a (poor) password. */
const BEGINNINGS = new Set(
  (
    'a access account an and are at audience auth authentication authorization be because but can cannot claim claims could credential ' +
    'credentials did do does error expected field for format from got had has have header headers if in is issuer it its jwt key may must ' +
    'neither no of only or please prefix realm received scheme session should signature something that the there this to token tokens too try ' +
    'unable use user value verification was were when with you your'
  ).split(' '),
);

const MAX_WORD = 16;
const FIRST_WORDS = /^([a-z]{1,16})(?=[.,;!?)]*(?:\s|$))(?:[.,;!?)]*\s+([a-z'-]{1,24})(?=[.,;:!?)\s]|$))?/i;

/**
 * Whether a sentence goes on at a position, rather than a value beginning there. Only words that are known count: of a sentence that begins
 * with another one, its first word is lost, since `password: hunter of bob` must not show a password.
 */
export function isSentence(text: string, at: number): boolean {
  const match = FIRST_WORDS.exec(text.slice(at, at + 64));
  const word = match?.[1]?.toLowerCase();
  if (match === null || word === undefined) return false;
  // The scheme of `Authorization: token x` is a word of sentences, too, but not a first one.
  return REASONS.has(word) || (word !== 'token' && match[2] !== undefined && BEGINNINGS.has(word));
}

/** Whether a word stands in sentences and is nobody's credential. */
export function isOrdinary(word: string): boolean {
  if (word.length > MAX_WORD) return false;
  const plain = word.replace(/[.=]+$/, '').toLowerCase();
  return REASONS.has(plain) || BEGINNINGS.has(plain);
}
