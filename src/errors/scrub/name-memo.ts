const MAX_NAMES = 1000;
const MAX_LENGTH = 64;

/** The same names of members come with every error: asks once for each. Bounded, since it is subgraphs that choose them. */
export function rememberByName(ask: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const answer = ask(name);
    if (known.size < MAX_NAMES && name.length <= MAX_LENGTH) known.set(name, answer);
    return answer;
  };
}
