/** What an explanation holds. Plain JSON: `--json`, golden files and the inspector show it as it is. */
import type { Subject } from '../errors/policy/draft.ts';
import type { JsonValue } from '../shared/json.ts';
import type { ResponsePath } from '../shared/path.ts';
import type { EffectiveSetting, Source } from './setting-sources.ts';

/** A reply on its way to the client, stage by stage, and what the client gets. */
export interface Explanation {
  /** Who reads the response. */
  readonly audience: string;
  readonly profile: 'none' | 'cosmo';
  readonly exchanges: readonly ExplainedExchange[];
  /** The errors before the policy, in the order of the response; of thousands the first. */
  readonly placed: readonly ExplainedError[];
  /** Errors that the policy made for the client, in the order in which it made them; inner errors of wrappers included, of thousands the first. */
  readonly drafts: readonly ExplainedDraft[];
  /** Errors that are too many to be told of in `placed`, or even to be treated one by one. */
  readonly notExplained: number;
  /** Errors made for the client that are too many to be told of in `drafts`. */
  readonly notTraced: number;
  /** Errors that `limits` cut off. */
  readonly notShown: number;
  readonly response: ExplainedResponse;
}

/** Stage 1 and 2: what the reply was taken for, and what had to be mended. */
export interface ExplainedExchange {
  readonly subgraph: string;
  readonly status: number | null;
  /** What the reply came to: `graphql`, kinds of failure (error-layer.md section 4), or `data` alone. */
  readonly kinds: readonly string[];
  /** Why, in a sentence each. */
  readonly reasons: readonly string[];
  readonly entries: readonly {
    readonly index: number;
    readonly message: string;
    readonly path: ResponsePath | null;
    readonly repairs: readonly string[];
  }[];
}

/** Stage 3 and 4: where an error stands, and which settings treat it. */
export interface ExplainedError {
  readonly kind: 'graphql' | 'failure' | 'dependency' | 'value';
  readonly subgraph: string | null;
  /** Of an error that the subgraph sent: its index there. */
  readonly index: number | null;
  readonly paths: readonly (ResponsePath | null)[];
  /** Rules that matched, widest block first. */
  readonly rules: readonly { readonly rule: string; readonly source: Source }[];
  readonly catalogue: { readonly code: string; readonly declared: boolean; readonly source: Source } | null;
  readonly settings: readonly EffectiveSetting[];
}

/** Stage 5: what each option did to one error. */
export interface ExplainedDraft {
  readonly subject: Subject;
  /** Of an error that the subgraph sent: its index there. */
  readonly index: number | null;
  readonly path: ResponsePath | null;
  readonly steps: readonly ExplainedStep[];
  /** What the subgraph sent and the client does not get. */
  readonly withheld: readonly { readonly member: string; readonly by: string; readonly source: Source; readonly reason: string }[];
}

export interface ExplainedStep {
  /** The YAML key; `set` for a rule's, `catalogue` for an entry's. */
  readonly key: string;
  readonly source: Source;
  readonly changes: readonly Change[];
}

export interface Change {
  /** `message`, `path`, `extensions.code`, or a further member. */
  readonly member: string;
  readonly action: 'set' | 'changed' | 'removed';
  /** What the client reads after this step; null after a removal. */
  readonly value: JsonValue;
}

export interface ExplainedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Exactly the client's `errors`. */
  readonly errors: JsonValue;
  /** The response-level `extensions`; null when there are none. */
  readonly extensions: JsonValue;
}
