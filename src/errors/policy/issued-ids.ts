/** The ids of one response: the same error has the same one wherever it is shown. */
export class IssuedIds {
  readonly #next: () => string;
  readonly #byOriginal = new Map<object, string>();
  /** What the last id was for: most errors ask several times in a row. */
  #lastOriginal: object | null = null;
  #lastId = '';

  constructor(next: () => string) {
    this.#next = next;
  }

  /** By original (`originalOf`), in the order in which they were asked for first. */
  get all(): ReadonlyMap<object, string> {
    return this.#byOriginal;
  }

  of(original: object): string {
    if (original === this.#lastOriginal) return this.#lastId;
    let id = this.#byOriginal.get(original);
    if (id === undefined) this.#byOriginal.set(original, (id = this.#next()));
    this.#lastOriginal = original;
    this.#lastId = id;
    return id;
  }
}
