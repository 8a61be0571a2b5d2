/** Names that say that what they stand for is a secret. */
import { rememberByName } from './name-memo.ts';

const SECRET_NAME = new RegExp(
  '(?:passw(?:or)?d|pass[\\s._-]?phrase|[_.-]pass|pwd|secret|token|credential|cred|authorization|cookie|session[\\s._-]?id|signature|' +
    '(?:api|access|private|secret|account|auth|encryption|signing|master)[\\s._-]?key)s?$',
  'i',
);

const MAX_NAME_LENGTH = 64;

/** Whether something of this name is a secret, whatever its value looks like. */
export const isSecretName = rememberByName((name) => SECRET_NAME.test(name.slice(-MAX_NAME_LENGTH)));

const HEADER_NAME = /^(?:(?:proxy-)?authorization|(?:set-)?cookie2?|x-.+)$/i;

/** Whether a secret of this name is a header of HTTP, whose value holds spaces and separators. */
export function isHeaderName(name: string): boolean {
  return HEADER_NAME.test(name);
}
