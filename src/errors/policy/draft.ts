/** An error on its way to a client: blank at first, so that whatever no rule copies in stays hidden. */
import { isJsonObject, type JsonObject, type JsonValue, ownProperty, setProperty } from '../../shared/json.ts';
import type { ResponsePath } from '../../shared/path.ts';
import type { FetchFailure, FetchSite, IngestedError, OperationType, PlacedValueError, SubgraphReply } from '../model.ts';

/**
 * What a draft is about: an error that a subgraph sent (inside a wrapper or on its own), the wrapper of one fetch, a fetch that failed
 * or was skipped, or a value that the response cannot carry.
 */
export type Subject = 'nested' | 'entry' | 'wrapper' | 'failure' | 'dependency' | 'value';

/** What rules may look at. Nothing in here was chosen by a subgraph, except `entry` and the `reply` itself. */
export interface ErrorFacts {
  /** The name that clients know; null where no subgraph is known. */
  readonly subgraph: string | null;
  readonly site: FetchSite | null;
  /** Of the fetch. */
  readonly operationType: OperationType;
  /** Null when nothing was sent because an input was missing, and for values. */
  readonly reply: SubgraphReply | null;
  readonly status: number | null;
  readonly path: ResponsePath | null;
  readonly entry: IngestedError | null;
  readonly failure: FetchFailure | null;
  readonly value: PlacedValueError | null;
  /** Set when the client reads the path as the subgraph sent it. */
  readonly asSent: { readonly path: JsonValue | undefined } | null;
  /** Wrappers: the finished inner errors. */
  readonly inner: readonly JsonValue[];
  readonly errorId: string | null;
}

/** Mutable on purpose: it lives for one error. */
export class ErrorDraft {
  message: JsonValue | undefined = undefined;
  path: JsonValue | undefined = undefined;
  locations: JsonValue | undefined = undefined;
  /** An object that this draft owns; anything else only in the cosmo profile, as the subgraph sent it. */
  extensions: JsonValue | undefined = undefined;
  /** The code to add to the subgraph's extensions before they are filtered. */
  defaultCode: string | null = null;
  /** Further members of the subgraph's entry that are shown. */
  extras: 'none' | 'all' | ReadonlySet<string> = 'none';

  /** Sets an extension; an existing one keeps its position. Extensions that are no object (cosmo profile) stay as they are. */
  setExtension(key: string, value: JsonValue): void {
    if (this.extensions === undefined) this.extensions = {};
    // Own by construction: rules only ever assign objects that they have made for this draft.
    if (isJsonObject(this.extensions)) setProperty(this.extensions, key, value);
  }

  /** Members in the order of the subgraph's entry where there is one, the others behind them. */
  finish(source: JsonValue): JsonObject {
    const out: Record<string, JsonValue> = {};
    if (isJsonObject(source)) for (const key of Object.keys(source)) this.#copyMember(out, key, source);
    this.#put(out, 'message', this.message);
    this.#put(out, 'locations', this.locations);
    this.#put(out, 'path', this.path);
    this.#put(out, 'extensions', this.extensions);
    return out;
  }

  #copyMember(out: Record<string, JsonValue>, key: string, source: JsonObject): void {
    switch (key) {
      case 'message':
        return this.#put(out, key, this.message);
      case 'locations':
        return this.#put(out, key, this.locations);
      case 'path':
        return this.#put(out, key, this.path);
      case 'extensions':
        return this.#put(out, key, this.extensions);
      default:
        if (this.extras === 'all' || (this.extras !== 'none' && this.extras.has(key)))
          setProperty(out, key, ownProperty(source, key) ?? null);
    }
  }

  #put(out: Record<string, JsonValue>, key: string, value: JsonValue | undefined): void {
    if (value !== undefined) out[key] = value;
  }
}
