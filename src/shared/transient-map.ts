export interface TransientKey {
  readonly scope: string;
  readonly text: string;
  readonly hash: number;
}

/**
 * A map for entries that stay for moments, such as requests in flight.
 *
 * A `Map` that entries go through all day long is rebuilt every few entries, and each table that it leaves behind points to the next. Once
 * one of them has reached the old generation, all that follow are kept alive with what was in them, and so are moved there too: half of
 * what a busy router allocated. Here nothing that is gone points to anything that came later.
 */
export class TransientMap<V> {
  #heads: (Entry<V> | null)[] = emptyHeads(16);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: TransientKey): V | undefined {
    for (let entry = this.#heads[key.hash & (this.#heads.length - 1)] ?? null; entry !== null; entry = entry.next)
      if (isSame(entry.key, key)) return entry.value;
    return undefined;
  }

  /** An earlier entry of the same key is hidden from now on, and must be deleted all the same. */
  add(key: TransientKey, value: V): void {
    this.#size++;
    if (this.#size > 2 * this.#heads.length) this.#grow();
    this.#link({ key, value, next: null });
  }

  /** Does nothing when `value` does not stand there. */
  delete(key: TransientKey, value: V): void {
    const at = key.hash & (this.#heads.length - 1);
    let before: Entry<V> | null = null;
    for (let entry = this.#heads[at] ?? null; entry !== null; before = entry, entry = entry.next) {
      if (entry.value !== value || !isSame(entry.key, key)) continue;
      if (before === null) this.#heads[at] = entry.next;
      else before.next = entry.next;
      entry.next = null;
      this.#size--;
      return;
    }
  }

  #link(entry: Entry<V>): void {
    const at = entry.key.hash & (this.#heads.length - 1);
    entry.next = this.#heads[at] ?? null;
    this.#heads[at] = entry;
  }

  #grow(): void {
    const heads = this.#heads;
    this.#heads = emptyHeads(2 * heads.length);
    for (const head of heads) {
      for (let entry = head; entry !== null; ) {
        const { next }: Entry<V> = entry;
        this.#link(entry);
        entry = next;
      }
    }
  }
}

interface Entry<V> {
  readonly key: TransientKey;
  readonly value: V;
  next: Entry<V> | null;
}

function emptyHeads<V>(count: number): (Entry<V> | null)[] {
  return Array.from({ length: count }, () => null);
}

// Enough to tell requests apart; those that it does not are compared.
const SAMPLES = 64;

/** A key of two parts, so that nobody has to join what may be long. Made once for all that is done with it. */
export function transientKey(scope: string, text: string): TransientKey {
  return { scope, text, hash: sampled(text, sampled(scope, 0x811c9dc5)) };
}

function isSame(a: TransientKey, b: TransientKey): boolean {
  return a.hash === b.hash && a.text === b.text && a.scope === b.scope;
}

/** FNV-1a over the length of a text and so many of its characters. */
function sampled(text: string, seed: number): number {
  let hash = Math.imul(seed ^ text.length, 0x01000193);
  const step = text.length <= SAMPLES ? 1 : text.length / SAMPLES;
  for (let at = 0; at < text.length; at += step) hash = Math.imul(hash ^ text.charCodeAt(at | 0), 0x01000193);
  return hash >>> 0;
}
