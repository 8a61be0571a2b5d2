/** The representations of one fetch, each written once however many places it stands at. */
import type { JsonValue } from '../shared/json.ts';
import type { InputFacts, RepresentationWriter, Unusable } from './representation.ts';
import { type DataObject, member } from './tree.ts';

/** By the value of one leaf after the other; the last level holds numbers of representations. */
type ValueTree = Map<JsonValue | undefined, ValueTree | number>;

export class RepresentationIndex {
  readonly #writer: RepresentationWriter;
  readonly #facts: InputFacts;
  readonly #byText = new Map<string, number>();
  readonly #byValues: ValueTree = new Map();

  constructor(writer: RepresentationWriter, facts: InputFacts) {
    this.#writer = writer;
    this.#facts = facts;
  }

  /** JSON texts, by their numbers. */
  get texts(): readonly string[] {
    return [...this.#byText.keys()];
  }

  /**
   * The number of an object's representation, or why it has none.
   *
   * Where equal leaves make equal texts, most objects are recognised by them and nothing is written.
   */
  indexOf(object: DataObject): number | Unusable {
    const { leaves } = this.#writer;
    if (leaves === null) return this.#write(object);
    let node: ValueTree = this.#byValues;
    for (let i = 0; i < leaves.length; i++) {
      const value = member(object, leaves[i] ?? '');
      // Absent or null leaves may be an error's doing, which no value tells. Raw numbers are equal only to themselves.
      if (value === null || typeof value === 'object' || (value === undefined && i > 0)) return this.#write(object);
      const next = node.get(value);
      if (typeof next === 'number') return next;
      if (next === undefined) return this.#learn(object, leaves, i, node);
      node = next;
    }
    return this.#write(object);
  }

  /** Writes an object whose leaves up to `from` are known, and remembers all of them. */
  #learn(object: DataObject, leaves: readonly string[], from: number, known: ValueTree): number | Unusable {
    const index = this.#write(object);
    if (typeof index !== 'number') return index;
    let node = known;
    for (let i = from; i < leaves.length; i++) {
      const value = member(object, leaves[i] ?? '');
      if (typeof value === 'object' || (value === undefined && i > 0)) break;
      if (i === leaves.length - 1) {
        node.set(value, index);
        break;
      }
      const next: ValueTree = new Map();
      node.set(value, next);
      node = next;
    }
    return index;
  }

  #write(object: DataObject): number | Unusable {
    const written = this.#writer.write(object, this.#facts);
    if ('unusable' in written) return written.unusable;
    let index = this.#byText.get(written.text);
    if (index === undefined) this.#byText.set(written.text, (index = this.#byText.size));
    return index;
  }
}
