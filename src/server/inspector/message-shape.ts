const MAX_LENGTH = 200;

/** A message without what differs from case to case: quoted texts become `…`, words with digits `#`. Linear in the length. */
export function messageShape(message: string): string {
  return message
    .slice(0, MAX_LENGTH)
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '…')
    .replace(/[\w-]+/g, (word) => (/\d/.test(word) ? '#' : word))
    .replace(/\s+/g, ' ')
    .trim();
}
