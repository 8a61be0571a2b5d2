/** What the inspector's page is told, as JSON. Types only: the page, which runs in a browser, takes them from here. */

/** One line of the list: a fetch that failed, was skipped, or brought a value that the response cannot carry. */
export interface EntrySummary {
  /** Rises with time. */
  readonly id: number;
  /** Entries of one group have subgraph, code and message in common, but for what differs from case to case in the message. */
  readonly group: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly subgraph: string;
  readonly code: string;
  readonly kind: string;
  readonly status: number | null;
  readonly message: string;
  readonly operationName: string | null;
  readonly operationType: string;
  /** Dotted client path of the first place. */
  readonly path: string | null;
  readonly durationMs: number | null;
  readonly requestId: string;
}

export interface EntryDetail extends EntrySummary {
  readonly operation: OperationView;
  readonly plan: PlanView | null;
  readonly sent: SentView | null;
  readonly reply: ReplyView | null;
  /** How many errors there are in the entry. */
  readonly errorCount: number;
  readonly attempts: number | null;
  readonly stages: readonly Stage[];
  readonly audiences: readonly AudienceView[];
  readonly copies: Copies;
}

/** A text that may have been cut. */
export interface Clipped {
  readonly text: string;
  /** Of the whole. */
  readonly length: number;
}

export interface OperationView {
  readonly document: Clipped;
  /** Where in the document the failing fields stand: from, to. */
  readonly marks: readonly (readonly [start: number, end: number])[];
  /** Pretty JSON; null for none. */
  readonly variables: Clipped | null;
}

export type PlanView = PlanGroup | PlanFetch;

export interface PlanGroup {
  readonly kind: 'sequence' | 'parallel' | 'condition';
  /** For a condition: the variable. */
  readonly label: string | null;
  readonly nodes: readonly PlanView[];
}

export interface PlanFetch {
  readonly kind: 'fetch';
  readonly subgraph: string;
  /** Dotted; empty for the root. */
  readonly paths: readonly string[];
  readonly fields: readonly string[];
  readonly operation: Clipped;
  readonly state: 'ok' | 'failed' | 'skipped' | 'not_sent';
  /** Whether this is the fetch that the entry is about. */
  readonly isSubject: boolean;
  readonly status: number | null;
  readonly startMs: number | null;
  readonly durationMs: number | null;
}

export interface HeaderView {
  readonly name: string;
  readonly value: string;
  readonly isHidden: boolean;
}

export interface SentView {
  readonly url: string;
  readonly headers: readonly HeaderView[];
  readonly query: Clipped;
  /** Pretty JSON; null for none. */
  readonly variables: Clipped | null;
  readonly attempts: number;
  /** How many others got the same reply. */
  readonly shared: number;
}

export type ReplyView =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly statusLine: string;
      readonly headers: readonly HeaderView[];
      readonly body: Clipped /** Indented; null where the body is no JSON. */;
      readonly pretty: Clipped | null;
    }
  | {
      readonly kind: 'failure';
      readonly failure: string;
      readonly status: number | null;
      readonly wasSent: boolean;
      readonly cause: string | null;
    };

/** One step that is the same for every audience. */
export interface Stage {
  readonly name: 'transport' | 'classify' | 'ingest' | 'locate';
  /** One sentence. */
  readonly result: string;
  readonly details: readonly string[];
}

/** What one audience reads, and why. */
export interface AudienceView {
  readonly name: string;
  /** Whether the client that met the failure belongs to it. */
  readonly isActual: boolean;
  /** Of the whole answer. */
  readonly status: number;
  /** Pretty JSON: the list of client errors that this entry became. */
  readonly errors: Clipped;
  /** Pretty JSON: response-level extensions of this audience; null for none. */
  readonly extensions: Clipped | null;
  /** Rules and catalogue entries that matched. */
  readonly matched: readonly Matched[];
  readonly drafts: readonly DraftView[];
  /** Errors beyond those that `drafts` shows. */
  readonly moreDrafts: number;
}

export interface Matched {
  /** `rules[0]`, or a code of the catalogue. */
  readonly name: string;
  readonly kind: 'rule' | 'catalogue' | 'fallback';
  readonly place: string;
}

/** How one client error came about. */
export interface DraftView {
  /** `nested`, `entry`, `wrapper`, `failure`, `dependency`, `value`. */
  readonly subject: string;
  readonly index: number | null;
  readonly steps: readonly RuleStep[];
  /** What the subgraph sent and this audience does not read. */
  readonly withheld: readonly { readonly member: string; readonly by: string; readonly reason: string; readonly place: string }[];
}

/** An option that changed the error. */
export interface RuleStep {
  /** The YAML key. */
  readonly key: string;
  /** `router.config.yaml:12`, `environment variable X`, or `default`. */
  readonly place: string;
  readonly changes: readonly { readonly member: string; readonly action: 'set' | 'changed' | 'removed'; readonly value: string }[];
}

/** Texts for the clipboard. Credentials are left out. */
export interface Copies {
  readonly curl: string | null;
  readonly golden: string | null;
  readonly explain: string | null;
}

/** The event `snapshot`, first of every stream. */
export interface SnapshotEvent {
  /** Oldest first. */
  readonly entries: readonly EntrySummary[];
  readonly groups: readonly GroupCount[];
}

/** The event `entries`. */
export interface EntriesEvent {
  /** Oldest first. */
  readonly entries: readonly EntrySummary[];
  /** Of the groups that changed. */
  readonly groups: readonly GroupCount[];
  /** Entries with a lower id are gone. */
  readonly oldestId: number;
}

export interface GroupCount {
  readonly group: string;
  /** Since the router started or the list was cleared, entries that are gone included. */
  readonly count: number;
}
