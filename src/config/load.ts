/** Files, environment and defaults to one complete configuration, or to everything that is wrong with them. */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { err, ok, type Result } from '../shared/result.ts';
import { crossCheck } from './checks.ts';
import { DEV_MODE_WARNING } from './dev-mode.ts';
import { layerEnvironment, variableKeys } from './environment.ts';
import { directoryOf, toInput } from './input.ts';
import { graphKeys } from './keys/graph.ts';
import { type ConfigPosition, type ConfigProblem, type KeyPath, sortProblems } from './problem.ts';
import { type RouterConfig, resolveConfig, rootSchema, rootShape } from './schema.ts';
import { issueMessage, problemAt, schemaProblems } from './schema-problems.ts';
import { entryAt, mergeNodes, type Origin, type SourceMap, type SourceNode } from './source.ts';
import { type Environment, readVariable } from './variables.ts';
import { parseYamlSource } from './yaml-source.ts';

export interface LoadOptions {
  /** Later ones win. Empty: those of `CONFIG_PATH`, or else `router.config.yaml`. */
  readonly files: readonly string[];
  /** The process's environment; a `.env` file in `cwd` fills in what it does not set. */
  readonly env: Environment;
  readonly cwd: string;
  /** Text of a file, by absolute path; throws like `readFileSync`. */
  readonly readFile?: (path: string) => string;
}

export interface LoadedConfig {
  readonly config: RouterConfig;
  /** Absolute paths of all files that were read for it, to watch. */
  readonly files: readonly string[];
  /** Where a key stands, by its YAML path; null when no file sets it. For problems that later layers find. */
  readonly locate: (path: KeyPath) => ConfigPosition | null;
  /** Where a value came from, by its YAML path; null for a default. */
  readonly origin: (path: KeyPath) => Origin | null;
  /** Sentences for the log. */
  readonly warnings: readonly string[];
}

const DEFAULT_FILE = 'router.config.yaml';

const NO_FILE: ConfigProblem = {
  file: DEFAULT_FILE,
  line: null,
  column: null,
  key: '',
  message: 'does not exist; write it, or name another file with --config or CONFIG_PATH',
};

const CATALOGUE: KeyPath = ['subgraph_error_propagation', 'catalogue'];

const VARIABLE_KEYS = variableKeys(rootShape);

/** Loads the configuration. Never throws; the error is every problem of every file, in the order of files and lines. */
export function loadConfig(options: LoadOptions): Result<LoadedConfig, readonly ConfigProblem[]> {
  const sources = new SourceFiles(options);
  const root = layerEnvironment(readRoot(sources, options), VARIABLE_KEYS, sources.environment);
  const parsed = rootSchema.safeParse(toInput(root, rootSchema, options.cwd), { error: issueMessage });
  const found = [...(parsed.success ? [] : schemaProblems(parsed.error.issues, root, rootSchema)), ...crossCheck(root)];
  // What a file that is not YAML seems to say, or to leave out, is no problem of its own.
  const trusted = sources.brokenFiles.size === 0 ? found : found.filter(({ file, key }) => key !== '' && !sources.brokenFiles.has(file));
  const isWithoutFile = sources.paths.length === 0;
  const problems = [...sources.problems, ...trusted.map((problem) => (isWithoutFile && problem.key === '' ? NO_FILE : problem))];
  if (problems.length > 0 || !parsed.success) return err(sortProblems(problems, sources.names));
  const config = resolveConfig(parsed.data);
  return ok({
    config,
    files: sources.paths,
    locate: (path) => positionOf(entryAt(root, path)?.origin),
    origin: (path) => entryAt(root, path)?.node.origin ?? null,
    warnings: config.devMode ? [DEV_MODE_WARNING] : [],
  });
}

/**
 * The configuration with nothing but its graph in it, whatever is wrong with its other keys; null when the graph's own keys are wrong.
 *
 * So that a check can tell problems of the graph beside those of the configuration.
 */
export function loadGraphOnly(options: LoadOptions): RouterConfig | null {
  const root = readRoot(new SourceFiles(options), options);
  if (root.kind !== 'map') return null;
  const graph: SourceMap = { ...root, entries: new Map([...root.entries].filter(([key]) => Object.hasOwn(graphKeys, key))) };
  const parsed = rootSchema.safeParse(toInput(graph, rootSchema, options.cwd));
  return parsed.success && crossCheck(graph).length === 0 ? resolveConfig(parsed.data) : null;
}

function positionOf(origin: Origin | undefined): ConfigPosition | null {
  return origin?.kind === 'file' ? origin.position : null;
}

function readRoot(sources: SourceFiles, { files, cwd }: LoadOptions): SourceNode {
  const named =
    files.length > 0 ? files : (readVariable(sources.environment, 'CONFIG_PATH') ?? '').split(',').flatMap((file) => file.trim() || []);
  const isDefault = named.length === 0;
  let root: SourceNode = {
    kind: 'map',
    origin: { kind: 'file', position: { file: named[0] ?? DEFAULT_FILE, line: 1, column: 1 } },
    entries: new Map(),
  };
  for (const file of isDefault ? [DEFAULT_FILE] : named) {
    const next = sources.read(file, isDefault);
    if (next !== null) root = mergeNodes(root, next);
  }
  return includeCatalogue(root, sources, cwd);
}

/** Puts the keys of `catalogue.file` under those that stand in the catalogue itself. */
function includeCatalogue(root: SourceNode, sources: SourceFiles, cwd: string): SourceNode {
  const path = [...CATALOGUE, 'file'];
  const named = entryAt(root, path)?.node;
  if (named?.kind !== 'scalar' || named.broken || named.value === null || named.text === '') return root;
  const file = relative(cwd, resolve(directoryOf(named, cwd), named.text));
  const refusal = sources.names.includes(file) ? 'is a file that is read already; name another' : sources.refusal(file);
  if (refusal !== null) {
    sources.problems.push(problemAt(named.origin, path, refusal));
    return root;
  }
  const included = sources.read(file, false);
  return included === null ? root : mergeNodes(nested(CATALOGUE, included, root), root);
}

/** `node` below the keys of `path`, in maps that stand where `root` stands. */
function nested(path: KeyPath, node: SourceNode, root: SourceNode): SourceMap {
  const [key = '', ...rest] = path;
  const child = rest.length === 0 ? node : nested(rest, node, root);
  return { kind: 'map', origin: root.origin, entries: new Map([[String(key), { origin: node.origin, node: child }]]) };
}

/** Reads files and keeps what is known of them: names, problems, which are broken. */
class SourceFiles {
  readonly names: string[] = [];
  readonly paths: string[] = [];
  readonly problems: ConfigProblem[] = [];
  readonly brokenFiles = new Set<string>();
  readonly environment: Environment;
  readonly #cwd: string;
  readonly #readFile: (path: string) => string;

  constructor({ env, cwd, readFile }: LoadOptions) {
    this.#cwd = cwd;
    this.#readFile = readFile ?? ((path) => readFileSync(path, 'utf8'));
    this.environment = { ...this.#readDotEnv(), ...env };
  }

  /** The tree of one file; null when there is none, which only for an optional file is no problem. */
  read(file: string, isOptional: boolean): SourceNode | null {
    const path = resolve(this.#cwd, file);
    this.names.push(file);
    const text = this.#readText(path);
    if (!text.ok && isOptional && text.error === 'ENOENT') return null;
    this.paths.push(path);
    if (!text.ok) {
      this.#refuse(file, unreadable(text.error));
      return null;
    }
    const parsed = parseYamlSource(text.value, file, this.environment);
    this.problems.push(...parsed.problems);
    if (parsed.isBroken || parsed.root === null) this.brokenFiles.add(file);
    return parsed.root;
  }

  /** Why a file cannot be read, for whoever names it; null when it can be. */
  refusal(file: string): string | null {
    const text = this.#readText(resolve(this.#cwd, file));
    return text.ok ? null : `the file ${unreadable(text.error)}`;
  }

  #readDotEnv(): Environment {
    const text = this.#readText(resolve(this.#cwd, '.env'));
    if (text.ok) return parseEnv(text.value);
    if (text.error !== 'ENOENT') this.#refuse('.env', unreadable(text.error));
    return {};
  }

  #refuse(file: string, message: string): void {
    this.brokenFiles.add(file);
    this.problems.push({ file, line: null, column: null, key: '', message });
  }

  #readText(path: string): Result<string, string> {
    try {
      return ok(this.#readFile(path));
    } catch (error) {
      return err(codeOf(error));
    }
  }
}

/** Why a file cannot be read; follows its name. */
export function readingProblem(error: unknown): string {
  return unreadable(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unreadable';
}

function unreadable(code: string): string {
  return code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
}
