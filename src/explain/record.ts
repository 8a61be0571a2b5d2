/** Writes down what the policy does, step by step. */
import type { PlacedError } from '../errors/model.ts';
import type { Treatment } from '../errors/policy/compile.ts';
import type { ErrorDraft, ErrorFacts, Subject } from '../errors/policy/draft.ts';
import type { PolicyObserver } from '../errors/policy/observer.ts';
import type { CatalogueMatch } from '../errors/policy/own-catalogue.ts';
import { isJsonObject, type JsonValue, ownProperty, printJson } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { Change } from './model.ts';

export interface RecordedError {
  readonly error: PlacedError;
  readonly treatment: Treatment;
  readonly match: CatalogueMatch | null;
}

export interface RecordedDraft {
  readonly subject: Subject;
  /** The error that the subgraph sent, as sent; null for what the router says itself. */
  readonly sent: JsonValue;
  readonly index: number | null;
  readonly path: ResponsePath | null;
  /** Whom the settings are about. */
  readonly subgraph: string | null;
  readonly steps: { readonly key: string; readonly changes: readonly Change[] }[];
  /** Members of the finished error, flat. */
  members: ReadonlyMap<string, JsonValue>;
}

export interface PolicyRecord extends PolicyObserver {
  readonly errors: readonly RecordedError[];
  readonly drafts: readonly RecordedDraft[];
  /** How many errors were judged, and how many drafts made, beyond the limit. */
  readonly omittedErrors: number;
  readonly omittedDrafts: number;
}

/** A record of the first `limit` errors, and of as many drafts: nobody reads more, and a reply may hold millions. */
export function createRecord(limit: number): PolicyRecord {
  const errors: RecordedError[] = [];
  const drafts: RecordedDraft[] = [];
  let omittedErrors = 0;
  let omittedDrafts = 0;
  const open = new WeakMap<ErrorDraft, RecordedDraft>();
  return {
    errors,
    drafts,
    get omittedErrors() {
      return omittedErrors;
    },
    get omittedDrafts() {
      return omittedDrafts;
    },
    judged(error, treatment, match) {
      if (errors.length >= limit) omittedErrors++;
      else errors.push({ error, treatment, match });
    },
    began(subject, draft, facts) {
      if (drafts.length >= limit) {
        omittedDrafts++;
        return;
      }
      const recorded = begin(subject, facts);
      drafts.push(recorded);
      open.set(draft, recorded);
    },
    applied(key, draft) {
      const recorded = open.get(draft);
      if (recorded === undefined) return;
      const members = flatten(draft);
      const changes = compare(recorded.members, members);
      if (changes.length > 0) recorded.steps.push({ key, changes });
      recorded.members = members;
    },
  };
}

function begin(subject: Subject, facts: ErrorFacts): RecordedDraft {
  const { entry, site, value, path } = facts;
  const subgraph = site?.subgraph ?? value?.subgraph ?? null;
  return { subject, sent: entry?.raw ?? null, index: entry?.index ?? null, path, subgraph, steps: [], members: new Map() };
}

/** `extensions.code` and so on; what stands deeper is one value. */
function flatten(draft: ErrorDraft): ReadonlyMap<string, JsonValue> {
  const members = new Map<string, JsonValue>();
  if (draft.message !== undefined) members.set('message', draft.message);
  if (draft.path !== undefined) members.set('path', draft.path);
  if (draft.locations !== undefined) members.set('locations', draft.locations);
  if (draft.members !== null) for (const key of Object.keys(draft.members)) members.set(key, ownProperty(draft.members, key) ?? null);
  for (const [key, value] of extensionsOf(draft.extensions)) members.set(key, value);
  return members;
}

/** The members of some extensions under their dotted names; extensions that are no object are one value. */
export function extensionsOf(extensions: JsonValue | undefined): readonly (readonly [string, JsonValue])[] {
  if (extensions === undefined || extensions === null) return [];
  if (!isJsonObject(extensions)) return [['extensions', extensions]];
  return Object.keys(extensions).map((key) => [`extensions.${key}`, ownProperty(extensions, key) ?? null]);
}

function compare(before: ReadonlyMap<string, JsonValue>, after: ReadonlyMap<string, JsonValue>): readonly Change[] {
  const changes: Change[] = [];
  for (const [member, value] of after) {
    const old = before.get(member);
    if (old === undefined) changes.push({ member, action: 'set', value });
    else if (old !== value && printJson(old) !== printJson(value)) changes.push({ member, action: 'changed', value });
  }
  for (const member of before.keys()) if (!after.has(member)) changes.push({ member, action: 'removed', value: null });
  return changes;
}
