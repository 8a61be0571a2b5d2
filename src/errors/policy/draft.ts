/** An error on its way to a client: blank at first, so that whatever no rule copies in stays hidden. */
import type { Detector } from '../../config/keys/error-scrub.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownProperty, setProperty } from '../../shared/json.ts';
import type { ResponsePath } from '../../shared/path.ts';
import type { FetchFailure, FetchSite, IngestedError, OperationType, PlacedValueError, SubgraphReply } from '../model.ts';
import type { CatalogueMatch } from './own-catalogue.ts';

/**
 * What a draft is about: an error that a subgraph sent (inside a wrapper or on its own), the wrapper of one fetch, a fetch that failed
 * or was skipped, or a value that the response cannot carry.
 */
export type Subject = 'nested' | 'entry' | 'wrapper' | 'failure' | 'dependency' | 'value';

/** What rules may look at. Nothing in here was chosen by a subgraph, except `entry` and the `reply` itself. */
export class ErrorFacts {
  /** The name that clients know; null where no subgraph is known. */
  subgraph: string | null = null;
  /** Of the fetch. */
  operationType: OperationType = 'query';
  site: FetchSite | null = null;
  /** Null when nothing was sent because an input was missing, and for values. */
  reply: SubgraphReply | null = null;
  status: number | null = null;
  path: ResponsePath | null = null;
  entry: IngestedError | null = null;
  failure: FetchFailure | null = null;
  value: PlacedValueError | null = null;
  /** Wrappers: the finished inner errors that are shown. */
  inner: readonly JsonValue[] = [];
  /** Wrappers: the code that all inner errors show; null when they differ. */
  innerCode: JsonValue | null = null;
  /** Wrappers: the text of the first inner error. */
  innerMessage = '';
  /** What the inner errors' paths have in common. */
  innerPath: ResponsePath | null = null;
  errorId: string | null = null;
  /** What a rule (`set`) or the operator's catalogue makes of the code; null for the error's own. */
  code: string | null = null;
  catalogue: CatalogueMatch | null = null;
  /** Where the request went, and its body; for audiences that may see it. */
  url: string | null = null;
  requestBody: string | null = null;
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
  /** Further members of the subgraph's entry that are shown; null for none. */
  members: JsonObject | null = null;
  /** What the scrubber found, for a metric; null for nothing. */
  findings: Detector[] | null = null;

  noteFinding(detector: Detector): void {
    this.findings ??= [];
    this.findings.push(detector);
  }

  /**
   * The extensions, for keys of the router's own; an existing key keeps its position. Where they are no object (cosmo profile) they
   * stay as they are, and what is set here is lost.
   */
  extensible(): Record<string, JsonValue> {
    if (this.extensions === undefined) this.extensions = {};
    // Own by construction: rules only ever assign objects that they have made for this draft.
    return isJsonObject(this.extensions) ? this.extensions : {};
  }

  /** Members in the order of the subgraph's entry where there is one, the others behind them. */
  finish(source: JsonValue): JsonObject {
    const out: Record<string, JsonValue> = {};
    // Subgraphs' objects are parsed JSON: they inherit nothing that could be listed.
    if (isJsonObject(source)) for (const key in source) this.#copyMember(out, key);
    if (this.message !== undefined) out['message'] = this.message;
    if (this.locations !== undefined) out['locations'] = this.locations;
    if (this.path !== undefined) out['path'] = this.path;
    if (this.extensions !== undefined) out['extensions'] = this.extensions;
    return out;
  }

  /** Keys are written out for speed: a store under a constant key is several times as fast as one under a variable. */
  #copyMember(out: Record<string, JsonValue>, key: string): void {
    if (key === 'message') {
      if (this.message !== undefined) out['message'] = this.message;
    } else if (key === 'locations') {
      if (this.locations !== undefined) out['locations'] = this.locations;
    } else if (key === 'path') {
      if (this.path !== undefined) out['path'] = this.path;
    } else if (key === 'extensions') {
      if (this.extensions !== undefined) out['extensions'] = this.extensions;
    } else if (this.members !== null && Object.hasOwn(this.members, key)) {
      setProperty(out, key, ownProperty(this.members, key) ?? null);
    }
  }
}
