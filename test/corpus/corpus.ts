/** The corpus as typed data; `README.md` describes the format. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Operation } from '../support/exchange.ts';
import { isRefused, type JsonRecord, type Script } from '../support/script.ts';

export interface Scenario {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  readonly config: JsonRecord;
  readonly needs?: readonly string[];
  readonly graph: string;
  readonly operation?: Operation;
  /** The fetches that the scenario presumes, for people: `employees > products@employee`. */
  readonly plan?: string;
  readonly request?: RawRequest;
  readonly before?: readonly Operation[];
  readonly subgraphs: Readonly<Record<string, Script>>;
  readonly expected: Expected;
  readonly tags?: readonly string[];
}

interface RawRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly search?: string;
}

export interface Expected {
  readonly httpStatus: number;
  readonly body: string;
  readonly compare?: 'json';
  readonly bodyJson: unknown;
  readonly unorderedErrors?: boolean;
  readonly calls?: Readonly<Record<string, number>>;
}

/** Our own expectation, where Cosmo's behaviour is one of its bugs, or where the default profile differs in data. */
export interface OwnExpectation {
  /** The sentence of the error layer spec that decides. */
  readonly why: string;
  /** Absent: Cosmo's. */
  readonly cosmo?: OwnAnswer;
  readonly none: OwnAnswer;
}

interface OwnAnswer {
  /** JSON text, so that number lexemes survive. */
  readonly body: string;
  readonly calls?: Readonly<Record<string, number>>;
}

/** Features that scenarios may need and the router has; the others' scenarios are pending. */
const FEATURES: ReadonlySet<string> = new Set(['retry', 'query-limits']);

const folder = new URL('./', import.meta.url);

const readText = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

// The corpus is our own data; a scenario of another shape fails in its own test.
export const SCENARIOS: readonly Scenario[] = JSON.parse(readText('cosmo-errors.json'));

export const OURS: Readonly<Record<string, OwnExpectation>> = JSON.parse(readText('ours.json'));

export function isPending({ needs = [], config }: Scenario): boolean {
  // Of the limits under this name the router has those of `security.parser_limits`, not the other family.
  if (JSON.stringify(config).includes('complexity_limits')) return true;
  return needs.some((feature) => !FEATURES.has(feature));
}

export const isCosmoBug = ({ tags = [] }: Scenario): boolean => tags.includes('cosmo-bug');

/** SDL file by subgraph name. */
export function graphFiles(graph: string): Readonly<Record<string, string>> {
  const directory = new URL(`graphs/${graph}/`, folder);
  return Object.fromEntries(
    readdirSync(directory).map((file) => [file.replace(/\.graphql$/, ''), fileURLToPath(new URL(file, directory))]),
  );
}

export interface Group {
  readonly name: string;
  readonly graph: string;
  readonly config: JsonRecord;
  readonly scenarios: readonly Scenario[];
}

/** Scenarios that one router can serve: the same graph, configuration and refusing subgraphs, and no state between them. */
export function groupScenarios(scenarios: readonly Scenario[]): readonly Group[] {
  const groups = new Map<string, Scenario[]>();
  for (const scenario of scenarios) {
    const refused = Object.keys(scenario.subgraphs).filter((name) => isRefused(scenario.subgraphs[name] ?? []));
    const alone = scenario.before === undefined ? '' : scenario.id;
    const name = [scenario.graph, JSON.stringify(scenario.config), refused.map((subgraph) => `${subgraph} refuses`).join(), alone].join(' ').trim();
    groups.set(name, [...(groups.get(name) ?? []), scenario]);
  }
  return [...groups].flatMap(([name, members]) => {
    const [first] = members;
    return first === undefined ? [] : [{ name, graph: first.graph, config: first.config, scenarios: members }];
  });
}
