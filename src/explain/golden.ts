/** What clients get of every failure, as text that is reviewed and compared (error-layer.md section 11). */
import type { RouterConfig } from '../config/schema.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, ownProperty, printJson } from '../shared/json.ts';
import { type ExplainInput, explain } from './explain.ts';
import { type FailureMode, failureModes } from './failure-modes.ts';

/** One file: one audience and one subgraph. */
export interface Golden {
  /** Relative to the folder of golden files. */
  readonly file: string;
  readonly title: string;
  readonly cases: readonly GoldenCase[];
}

export interface GoldenCase {
  readonly name: string;
  /** Lines below the name, each with its line break. */
  readonly text: string;
}

export interface GoldenInput extends Pick<ExplainInput, 'config' | 'schema' | 'urls'> {
  readonly audiences: readonly string[];
  /** Names of the graph. */
  readonly subgraphs: readonly string[];
  /** The user's own captured replies, by the name of their case. */
  readonly captured: readonly { readonly name: string; readonly subgraph: string; readonly fetch: FailureMode['fetch'] }[];
}

/** Every case of every file. Subgraphs that are treated alike are represented by the first of them. */
export function goldenFiles(input: GoldenInput): readonly Golden[] {
  const modes = failureModes(input.config);
  return input.audiences.flatMap((audience) =>
    representatives(input).map((subgraph): Golden => {
      const own = input.captured.filter((each) => each.subgraph === subgraph);
      return {
        file: `${audience}/${fileName(subgraph)}.yaml`,
        title: `What the audience ${audience} gets when subgraph ${subgraph} fails`,
        cases: [...modes, ...own].map((mode) => ({ name: mode.name, text: caseText(input, audience, subgraph, mode) })),
      };
    }),
  );
}

/** Names of subgraphs may hold anything. */
function fileName(subgraph: string): string {
  return encodeURIComponent(subgraph).replaceAll('.', '%2E');
}

function representatives({ config, subgraphs, captured }: GoldenInput): readonly string[] {
  const named = new Set([...ownTreatment(config), ...captured.map(({ subgraph }) => subgraph)]);
  const [other] = subgraphs.filter((name) => !named.has(name));
  return subgraphs.filter((name) => named.has(name) || name === other);
}

/** Subgraphs that the policy speaks of. */
function ownTreatment({ subgraphErrorPropagation: { subgraphs, catalogue } }: RouterConfig): readonly string[] {
  const sources = [...catalogue.codes.values()].flatMap(({ from }) => from);
  return [...subgraphs.keys(), ...sources.flatMap(({ subgraph }) => subgraph ?? [])];
}

/** Headers that say nothing about errors. */
const USUAL: ReadonlySet<string> = new Set(['content-type']);

function caseText(input: GoldenInput, audience: string, subgraph: string, { fetch }: FailureMode): string {
  const { response } = explain({ ...input, source: null, audience, fetch: { ...fetch, subgraph } });
  const headers = Object.fromEntries(response.headers.filter(([name]) => !USUAL.has(name)));
  const extensions = response.extensions === null ? {} : { extensions: response.extensions };
  return printYaml({ status: response.status, headers, errors: response.errors, ...extensions }, '  ');
}

/** Longer lists are shown by their first items and their length. */
const MAX_ITEMS = 8;

/** Members of an object in YAML's block style, so that a change is a line; texts and short lists as JSON, which YAML holds. */
function printYaml(object: JsonObject, indent: string): string {
  return Object.keys(object)
    .map((key) => `${indent}${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)}:${printMember(ownProperty(object, key) ?? null, indent)}`)
    .join('');
}

function printMember(value: JsonValue, indent: string): string {
  if (isJsonObject(value) && Object.keys(value).length > 0) return `\n${printYaml(value, `${indent}  `)}`;
  if (!isJsonArray(value) || !value.some(isJsonObject)) return ` ${printJson(value)}\n`;
  const shown = value.length > MAX_ITEMS ? value.slice(0, 2) : value;
  const more = value.length === shown.length ? '' : `${indent}  - "and ${value.length - shown.length} more"\n`;
  return `\n${shown.map((item) => printItem(item, `${indent}  `)).join('')}${more}`;
}

function printItem(item: JsonValue, indent: string): string {
  if (!isJsonObject(item) || Object.keys(item).length === 0) return `${indent}- ${printJson(item)}\n`;
  return `${indent}- ${printYaml(item, `${indent}  `).slice(indent.length + 2)}`;
}

/** The file's text: YAML that shows a change of policy as a short diff. */
export function printGolden({ title, cases }: Golden): string {
  return `# ${title}. Written by \`candor errors test --update\`.\n${cases.map(({ name, text }) => `${JSON.stringify(name)}:\n${text}`).join('')}`;
}

/** The cases of a file's text; what is no case is left out. */
export function parseGolden(text: string): readonly GoldenCase[] {
  return text.split(/^(?=")/m).flatMap((block): readonly GoldenCase[] => {
    const end = block.indexOf(':\n');
    return block.startsWith('"') && end > 0 ? [{ name: block.slice(1, end - 1).replaceAll('\\"', '"'), text: block.slice(end + 2) }] : [];
  });
}

/** Lines that are gone (`-`), new (`+`) or the same (` `). */
export function diffLines(before: string, after: string): readonly string[] {
  const old = before.split('\n').slice(0, -1);
  const now = after.split('\n').slice(0, -1);
  // Longest common subsequence; cases have a few lines.
  const lengths = Array.from({ length: old.length + 1 }, () => Array.from(now, () => 0));
  const lengthAt = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    const row = lengths[i] ?? [];
    for (let j = now.length - 1; j >= 0; j--)
      row[j] = old[i] === now[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
  }
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push(` ${old[i]}`);
      i++;
      j++;
    } else if (i < old.length && (j >= now.length || lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      lines.push(`-${old[i++]}`);
    } else {
      lines.push(`+${now[j++]}`);
    }
  }
  return lines;
}
