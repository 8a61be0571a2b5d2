/** Reads which file imports what, and judges it by the layer table. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';

/** Left never imports right. Folders of one rank do not import each other. */
const RANKS: readonly (readonly string[])[] = [
  ['shared'],
  ['config'],
  ['errors'],
  ['supergraph'],
  ['operation'],
  ['plan', 'subgraph'],
  ['execute'],
  ['respond'],
  ['explain'],
  ['server'],
  ['inspector-ui'],
  ['router'],
  ['cli', 'index'],
];

/** The one place through which a package may be used: a folder, or a file. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  zod: ['config/'],
  yaml: ['config/'],
  undici: ['subgraph/'],
  'graphql-yoga': ['server/'],
  '@graphql-yoga/render-graphiql': ['server/'],
  pino: ['server/log.ts'],
  'pino-pretty': ['server/log.ts'],
  'prom-client': ['server/'],
  '@opentelemetry/api': ['server/'],
  '@opentelemetry/sdk-trace-base': ['server/'],
  '@opentelemetry/resources': ['server/'],
  '@opentelemetry/exporter-trace-otlp-http': ['server/'],
  '@graphql-hive/router-query-planner': ['plan/planner.ts'],
  '@theguild/federation-composition': ['supergraph/compose.ts'],
  commander: ['cli/'],
};

export interface SourceImport {
  /** Relative to `src/`, with forward slashes. */
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const IMPORT = /^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;

export function readImports(file: string, text: string): readonly SourceImport[] {
  return [...text.matchAll(IMPORT)].map((match) => ({
    file,
    specifier: match[2] ?? match[3] ?? match[4] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

export function readSourceTree(src: string): readonly SourceImport[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => readImports(relative('.', name).replaceAll('\\', '/'), readFileSync(join(src, name), 'utf8')));
}

/** A sentence for an edge that breaks the table, or null. */
export function judge(edge: SourceImport): string | null {
  return edge.specifier.startsWith('.') ? judgeLayer(edge) : judgePackage(edge);
}

function judgeLayer(edge: SourceImport): string | null {
  const from = layerOf(edge.file);
  const to = layerOf(posix.join(posix.dirname(edge.file), edge.specifier));
  if (from === to) return null;
  if (to === 'config' && from === 'errors' && !edge.typeOnly) return `${edge.file} imports values from config; errors may take only types`;
  return rankOf(to) < rankOf(from) ? null : `${edge.file} (${from}) imports ${edge.specifier} (${to})`;
}

function judgePackage(edge: SourceImport): string | null {
  const name = edge.specifier
    .split('/')
    .slice(0, edge.specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const doors = DOORS[name];
  if (doors === undefined || doors.some((door) => edge.file.startsWith(door))) return null;
  return `${edge.file} imports ${name}, whose door is ${doors.join(', ')}`;
}

const layerOf = (file: string): string => file.split('/')[0]?.replace(/\.ts$/, '') ?? '';

function rankOf(layer: string): number {
  const rank = RANKS.findIndex((layers) => layers.includes(layer));
  if (rank < 0) throw new Error(`no rank for the layer '${layer}': add it to the table`);
  return rank;
}
