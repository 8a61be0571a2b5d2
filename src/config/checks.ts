/** What no single key can know: contradictions between keys. Runs on the source, so that one wrong value hides no other problem. */
import { defaultsOf } from './defaults.ts';
import type { ConfigProblem, KeyPath } from './problem.ts';
import { problemAt } from './schema-problems.ts';
import { entryAt, type SourceEntry, type SourceNode, type SourceScalar } from './source.ts';
import { parseBoolean } from './variables.ts';

const ERRORS = 'subgraph_error_propagation';

export function crossCheck(root: SourceNode): readonly ConfigProblem[] {
  return [
    ...checkGraph(root),
    ...checkSubgraphNames(root),
    ...checkPaths(root),
    ...checkPlayground(root),
    ...checkCors(root),
    ...checkErrors(root),
  ];
}

function checkGraph(root: SourceNode): readonly ConfigProblem[] {
  const subgraphs = filledEntry(root, ['subgraphs']);
  const composed = filledEntry(root, ['execution_config']);
  if (subgraphs !== undefined && composed !== undefined)
    return [problemAt(composed.origin, ['execution_config'], 'stands beside subgraphs; a router has one graph, keep one of the two')];
  if (subgraphs !== undefined || composed !== undefined) return [];
  return [
    problemAt(root.origin, [], 'names no graph; add `subgraphs:` with SDL files, or `execution_config:` with the file of a composed graph'),
  ];
}

/** An entry with something in it: `subgraphs:` alone names none. */
function filledEntry(root: SourceNode, path: KeyPath): SourceEntry | undefined {
  const entry = entryAt(root, path);
  return entry?.node.kind === 'scalar' && entry.node.value === null && !entry.node.broken ? undefined : entry;
}

function checkSubgraphNames(root: SourceNode): readonly ConfigProblem[] {
  return duplicates(root, ['subgraphs'], 'name', 'is the name of two subgraphs');
}

function duplicates(root: SourceNode, list: KeyPath, key: string, message: string): readonly ConfigProblem[] {
  const node = entryAt(root, list)?.node;
  if (node?.kind !== 'list') return [];
  const seen = new Set<string>();
  return node.items.flatMap((item, index) => {
    const name = scalarAt(item, [key]);
    if (name === undefined || name.value === null || name.broken) return [];
    if (!seen.has(name.text)) {
      seen.add(name.text);
      return [];
    }
    return [problemAt(name.origin, [...list, index, key], message)];
  });
}

/** Two of these at one path: the one that is looked at first would answer for both, and a probe that asks GraphQL is answered 400. */
function checkPaths(root: SourceNode): readonly ConfigProblem[] {
  if (!CLASHES.flat(2).some((key) => entryAt(root, [key]) !== undefined)) return []; // the defaults differ
  const valueOf = pathReader(root);
  return CLASHES.flatMap(([key, others]): readonly ConfigProblem[] => {
    const path = valueOf(key);
    const other = others.find((each) => path !== null && valueOf(each) === path);
    if (other === undefined) return [];
    const [named, unnamed] = entryAt(root, [key]) === undefined ? [other, key] : [key, other];
    const origin = entryAt(root, [named])?.node.origin ?? root.origin;
    return [problemAt(origin, [named], `is the path of ${unnamed} as well; each needs one of its own`)];
  });
}

const HEALTH_PATHS = ['health_check_path', 'readiness_check_path', 'liveness_check_path'] as const;

/** `/health` and `/health/live` say the same, so these two may share a path. */
const CLASHES = [
  ['graphql_path', HEALTH_PATHS],
  ['readiness_check_path', ['health_check_path', 'liveness_check_path']],
] as const;

/** GraphQL may share its path with the playground; a health check would answer for it. One that nobody placed just gives way. */
function checkPlayground(root: SourceNode): readonly ConfigProblem[] {
  const path = scalarAt(root, ['playground', 'path']);
  if (path === undefined || path.broken || booleanOf(scalarAt(root, ['playground', 'enabled'])) === false) return [];
  const valueOf = pathReader(root);
  const other = HEALTH_PATHS.find((key) => valueOf(key) === path.text);
  if (other === undefined) return [];
  return [problemAt(path.origin, ['playground', 'path'], `is the path of ${other} as well; each needs one of its own`)];
}

/** Paths as written, or their defaults; null for one that is wrong in itself. */
function pathReader(root: SourceNode): (key: string) => string | null {
  const defaultOf = defaultsOf('none');
  return (key) => {
    const entry = entryAt(root, [key]);
    if (entry === undefined) return String(defaultOf([key]));
    const { node } = entry;
    return node.kind === 'scalar' && node.value !== null && !node.broken ? node.text : null;
  };
}

function checkCors(root: SourceNode): readonly ConfigProblem[] {
  const credentials = scalarAt(root, ['cors', 'allow_credentials']);
  if (credentials === undefined || booleanOf(credentials) !== true) return [];
  if (booleanOf(scalarAt(root, ['cors', 'enabled'])) === false) return [];
  const origins = entryAt(root, ['cors', 'allow_origins'])?.node;
  const isOpen =
    origins === undefined || (origins.kind === 'list' && origins.items.some((item) => item.kind === 'scalar' && item.value === '*'));
  if (!isOpen) return [];
  const message = 'cannot go with `*` in cors.allow_origins: any page could act as the user; list the origins';
  return [problemAt(credentials.origin, ['cors', 'allow_credentials'], message)];
}

function checkErrors(root: SourceNode): readonly ConfigProblem[] {
  const audiences = listItems(root, [ERRORS, 'audiences']);
  const subgraphs = mapKeys(root, [ERRORS, 'subgraphs']);
  const open: readonly KeyPath[] = [[ERRORS], ...subgraphs];
  const openBlocks = [...open, ...open.flatMap((path) => listItems(root, [...path, 'rules']))];
  const audienceBlocks = [...audiences, ...audiences.flatMap((path) => listItems(root, [...path, 'rules']))];
  return [
    ...duplicates(root, [ERRORS, 'audiences'], 'name', 'is the name of two audiences'),
    ...[...openBlocks, ...audienceBlocks].flatMap((path) => checkLists(root, path)),
    ...openBlocks.flatMap((path) => checkAttachRequest(root, path)),
    ...subgraphs.flatMap((path) => checkDetails(root, path)),
  ];
}

/** error-layer.md section 3: an allow-list and a deny-list of the same block contradict each other. */
function checkLists(root: SourceNode, block: KeyPath): readonly ConfigProblem[] {
  const denied = entryAt(root, [...block, 'denied_extension_fields']);
  const allowed = entryAt(root, [...block, 'allowed_extension_fields']);
  if (denied === undefined || allowed === undefined) return [];
  const message = 'stands beside allowed_extension_fields in the same block; leave the keys out of that list instead';
  return [problemAt(denied.origin, [...block, 'denied_extension_fields'], message)];
}

function checkAttachRequest(root: SourceNode, block: KeyPath): readonly ConfigProblem[] {
  const path = [...block, 'attach_request'];
  const value = scalarAt(root, path);
  if (value === undefined || booleanOf(value) !== true) return [];
  return [
    problemAt(value.origin, path, 'would show the public URLs and variables; set it in an audience (subgraph_error_propagation.audiences)'),
  ];
}

/** error-layer.md section 7.2. */
function checkDetails(root: SourceNode, block: KeyPath): readonly ConfigProblem[] {
  const details = entryAt(root, [...block, 'return_error_details']);
  const code = scalarAt(root, [...block, 'return_error_code']);
  if (details === undefined || code === undefined || booleanOf(code) !== true) return [];
  const message =
    'stands beside return_error_details: the one puts the status into the body of an answer with status 200, the other makes it the status of the answer; keep one';
  return [problemAt(code.origin, [...block, 'return_error_code'], message)];
}

function booleanOf(scalar: SourceScalar | undefined): boolean | null {
  if (scalar?.expanded === true) return parseBoolean(scalar.text);
  return typeof scalar?.value === 'boolean' ? scalar.value : null;
}

function scalarAt(root: SourceNode, path: KeyPath): SourceScalar | undefined {
  const node = entryAt(root, path)?.node;
  return node?.kind === 'scalar' ? node : undefined;
}

function listItems(root: SourceNode, path: KeyPath): readonly KeyPath[] {
  const node = entryAt(root, path)?.node;
  return node?.kind === 'list' ? node.items.map((_item, index) => [...path, index]) : [];
}

function mapKeys(root: SourceNode, path: KeyPath): readonly KeyPath[] {
  const node = entryAt(root, path)?.node;
  return node?.kind === 'map' ? [...node.entries.keys()].map((key) => [...path, key]) : [];
}
