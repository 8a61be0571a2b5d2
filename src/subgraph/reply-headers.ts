type HeaderRecord = Record<string, string | readonly string[]>;

/** Lower-case names; a header that was sent more than once is a list. The record has no prototype: any name is just a name. */
export function readHeaders(raw: readonly Buffer[]): Readonly<HeaderRecord> {
  const headers: HeaderRecord = Object.create(null);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = textOf(raw[i]).toLowerCase();
    const value = textOf(raw[i + 1]);
    const known = headers[name];
    if (known === undefined) headers[name] = value;
    else headers[name] = typeof known === 'string' ? [known, value] : [...known, value];
  }
  return headers;
}

/** One header's value, several lines joined by a comma, or null; without turning the other headers into text. */
export function findHeader(raw: readonly Buffer[], name: string): string | null {
  let found: string | null = null;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const candidate = raw[i];
    if (candidate?.length !== name.length || candidate.toString('latin1').toLowerCase() !== name) continue;
    found = found === null ? textOf(raw[i + 1]) : `${found},${textOf(raw[i + 1])}`;
  }
  return found;
}

function textOf(value: Buffer | undefined): string {
  return value === undefined ? '' : value.toString('latin1');
}
