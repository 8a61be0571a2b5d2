import type { LoadedConfig } from '../../config/load.ts';
import { compileErrorPolicy, type ErrorPolicy } from '../../errors/policy/compile.ts';
import { type EffectiveSetting, effectiveSettings, printSource, type SettingScope, sourceOfRule } from '../../explain/setting-sources.ts';
import { isJsonArray, type JsonValue, printJson } from '../../shared/json.ts';
import { loadConfigFiles } from '../config-source.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK, printProblems } from '../output.ts';
import { audiencesOf, unknownName } from './policy-source.ts';

export interface PolicyOptions {
  readonly config?: readonly string[];
  readonly subgraph?: string;
  readonly audience?: string;
  readonly json?: boolean;
}

/** The settings of one audience for one subgraph. */
interface Section {
  readonly audience: string;
  /** Null: every subgraph without settings of its own. */
  readonly subgraph: string | null;
  readonly settings: readonly EffectiveSetting[];
  readonly rules: readonly string[];
}

/** `candor errors policy`: what is in force for whom, and who says so. */
export function showPolicy(options: PolicyOptions, output: CliOutput): number {
  const loaded = loadConfigFiles(options.config ?? []);
  const problems = loaded.ok ? nameProblems(options, loaded.value) : loaded.error;
  if (!loaded.ok || problems.length > 0) {
    printProblems(output, problems);
    return EXIT_FAILED;
  }
  const sections = sectionsOf(options, loaded.value);
  if (options.json === true) output.out(`${JSON.stringify(sections, null, 2)}\n`);
  else output.out(sections.map((section, i) => printSection(section, sections[0], i)).join('\n'));
  return EXIT_OK;
}

function nameProblems({ audience, subgraph }: PolicyOptions, loaded: LoadedConfig): readonly string[] {
  const { graph } = loaded.config;
  const unknownAudience = audience === undefined ? null : unknownName('audience', audience, audiencesOf(loaded));
  // The names of a composed graph are in its file; `candor check` compares those.
  const names = graph.kind === 'subgraphs' ? graph.subgraphs.map(({ name }) => name) : null;
  const unknownSubgraph = subgraph === undefined || names === null ? null : unknownName('subgraph', subgraph, names);
  return [unknownAudience, unknownSubgraph].flatMap((problem) => problem ?? []);
}

function sectionsOf({ audience, subgraph }: PolicyOptions, { config, locate, origin }: LoadedConfig): readonly Section[] {
  const policy = compileErrorPolicy(config);
  const audiences = audience === undefined ? audiencesOf({ config }) : [audience];
  const subgraphs = subgraph === undefined ? [null, ...config.subgraphErrorPropagation.subgraphs.keys()] : [subgraph];
  return audiences.flatMap((name) =>
    subgraphs.map((each) => sectionOf({ config, source: { locate, origin }, audience: name, subgraph: each }, policy)),
  );
}

function sectionOf(scope: SettingScope, policy: ErrorPolicy): Section {
  const { audience, subgraph, config } = scope;
  const block = config.subgraphErrorPropagation;
  const ruleLists = [
    { at: `audiences.${audience}.rules`, rules: block.audiences.find(({ name }) => name === audience)?.rules ?? [] },
    { at: `subgraphs.${subgraph}.rules`, rules: subgraph === null ? [] : (block.subgraphs.get(subgraph)?.rules ?? []) },
    { at: 'rules', rules: block.rules },
  ];
  const rules = ruleLists.flatMap(({ at, rules: list }) =>
    list.map((_rule, i) => `${at}[${i}]  ${printSource(sourceOfRule(scope, `${at}[${i}]`))}`),
  );
  return { audience, subgraph, settings: effectiveSettings(scope, policy, policy.of(audience, subgraph).base), rules };
}

/** The first section whole, of the others what differs from it. */
function printSection(section: Section, first: Section | undefined, index: number): string {
  const { audience, subgraph, rules } = section;
  const whom = `${audience}, ${subgraph === null ? 'every subgraph without settings of its own' : `subgraph ${subgraph}`}`;
  const shown = section.settings.filter((setting) => index === 0 || differs(setting, first));
  const title = index === 0 ? `# ${whom}\n` : `# ${whom}: what differs\n`;
  const lines = shown.map((setting) => [setting.key, printValue(setting.value), printOrigin(setting)] as const);
  const width = (column: 0 | 1): number => Math.max(0, ...lines.map((line) => line[column].length));
  const table = lines.map(([key, value, origin]) => `${key.padEnd(width(0))}  ${value.padEnd(width(1))}  ${origin}\n`).join('');
  const ruleLines =
    rules.length === 0 ? '' : `rules, in the order in which they are asked:\n${rules.map((rule) => `  ${rule}\n`).join('')}`;
  return `${title}${table === '' && ruleLines === '' ? 'nothing\n' : table}${ruleLines}`;
}

function differs(setting: EffectiveSetting, first: Section | undefined): boolean {
  const other = first?.settings.find(({ key }) => key === setting.key);
  if (other === undefined) return setting.sources[0]?.kind !== 'default';
  return printJson(other.value) !== printJson(setting.value) || other.block !== setting.block;
}

function printValue(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(printValue).join(', ')}]`;
  return typeof value === 'string' && value !== '' ? value : printJson(value);
}

function printOrigin({ sources, block }: EffectiveSetting): string {
  const places = sources.map(printSource).join(', then ');
  return block === '' ? places : `${places}  ${block}`;
}
