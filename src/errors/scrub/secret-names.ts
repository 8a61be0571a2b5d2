/** Names that say that what they stand for is a secret. */

const SECRET_NAME = new RegExp(
  '(?:passw(?:or)?d|pass[\\s._-]?phrase|[_.-]pass|pwd|secret|token|credential|cred|authorization|cookie|session[\\s._-]?id|signature|' +
    '(?:api|access|private|secret|account|auth|encryption|signing|master)[\\s._-]?key)s?$',
  'i',
);

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

const HEADER_NAME = /^(?:(?:proxy-)?authorization|(?:set-)?cookie2?|x-.+)$/i;

/** Whether a secret of this name is a header of HTTP, whose value holds spaces and separators. */
export function isHeaderName(name: string): boolean {
  return HEADER_NAME.test(name);
}
