/** Lets subgraphs use Federation 2 directives without `@link`, as Cosmo's composition does; others refuse such SDL. */
import { type DirectiveNode, type DocumentNode, Kind, parse, visit } from 'graphql';
import { FEDERATION_URL, federationLink } from './directives.ts';

const BOTH_VERSIONS: readonly string[] = ['key', 'requires', 'provides', 'external', 'extends', 'tag'];
const SINCE_2_0: readonly string[] = ['shareable', 'override', 'inaccessible', 'interfaceObject'];
const SINCE_LATER: readonly string[] = ['authenticated', 'requiresScopes', 'policy', 'context', 'fromContext', 'cost', 'listSize'];

/** The document with a federation `@link` that imports what it uses, if it needs one; otherwise the document itself. */
export function withFederationLink(document: DocumentNode): DocumentNode {
  if (federationLink(document) !== undefined) return document;
  const used = usedDirectives(document);
  const isUsed = (name: string): boolean => used.has(name);
  const isLater = SINCE_LATER.some(isUsed);
  if (!isLater && !SINCE_2_0.some(isUsed)) return document;
  const imports = [...BOTH_VERSIONS, ...SINCE_2_0, ...SINCE_LATER].filter(isUsed).map((name) => `"@${name}"`);
  const url = `${FEDERATION_URL}/${isLater ? 'v2.9' : 'v2.3'}`;
  const link = parse(`extend schema @link(url: "${url}", import: [${imports.join(', ')}])`, { noLocation: true });
  return { ...document, definitions: [...link.definitions, ...document.definitions] };
}

function usedDirectives(document: DocumentNode): ReadonlySet<string> {
  const used = new Set<string>();
  visit(document, { [Kind.DIRECTIVE]: (directive: DirectiveNode) => void used.add(directive.name.value) });
  return used;
}
