/** Reads directive arguments of SDL nodes, and tells the machinery of link and join specifications from what users wrote. */
import { type ConstDirectiveNode, type DocumentNode, Kind } from 'graphql';

export const FEDERATION_URL = 'https://specs.apollo.dev/federation';

interface Annotated {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

export function directivesNamed(node: Annotated, name: string): readonly ConstDirectiveNode[] {
  return node.directives?.filter((directive) => directive.name.value === name) ?? [];
}

/** A string or enum argument as text; null when it is absent or of another kind. */
export function textArgument(directive: ConstDirectiveNode, name: string): string | null {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : null;
}

export function isTrueArgument(directive: ConstDirectiveNode, name: string): boolean {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.BOOLEAN && value.value;
}

/** The names under which a supergraph document uses linked specifications. */
export interface Machinery {
  /** Of `@inaccessible`, which a document may rename. */
  readonly inaccessible: string;
  /** Whether a type belongs to a specification (`join__Graph`, `policy__Policy`). */
  ownsType(name: string): boolean;
  /** Whether a directive belongs to a specification (`link`, `join__field`). */
  ownsDirective(name: string): boolean;
}

/** Reads `@link` and, of Federation 1 supergraphs, `@core` on the schema definition. */
export function readMachinery(document: DocumentNode): Machinery {
  const namespaces = new Set(['link', 'core', 'join']);
  const imported = new Set<string>();
  let inaccessible = 'inaccessible';
  for (const link of linksOf(document)) {
    const url = textArgument(link, 'url') ?? textArgument(link, 'feature') ?? '';
    const [, identity] = /\/([^/]+)\/v\d[^/]*\/?$/.exec(url) ?? [];
    if (identity === undefined) continue;
    const namespace = textArgument(link, 'as') ?? identity;
    const imports = importsOf(link);
    namespaces.add(namespace);
    for (const name of imports.values()) imported.add(name);
    if (identity === 'inaccessible') inaccessible = imports.get('@inaccessible')?.slice(1) ?? namespace;
  }
  const isPrefixed = (name: string): boolean => {
    const end = name.indexOf('__');
    return end > 0 && namespaces.has(name.slice(0, end));
  };
  return {
    inaccessible,
    ownsType: (name) => isPrefixed(name) || imported.has(name),
    ownsDirective: (name) => isPrefixed(name) || namespaces.has(name) || imported.has(`@${name}`),
  };
}

/** The name under which a subgraph's document uses a directive of the federation specification, such as `requires`; without `@link` that itself. */
export function federationDirective(document: DocumentNode, name: string): string {
  const link = federationLink(document);
  if (link === undefined) return name;
  return importsOf(link).get(`@${name}`)?.slice(1) ?? `${textArgument(link, 'as') ?? 'federation'}__${name}`;
}

/** The `@link` by which a subgraph's document uses the federation specification. */
export function federationLink(document: DocumentNode): ConstDirectiveNode | undefined {
  return linksOf(document).find((link) => textArgument(link, 'url')?.startsWith(FEDERATION_URL));
}

function linksOf(document: DocumentNode): readonly ConstDirectiveNode[] {
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
      ? [...directivesNamed(definition, 'link'), ...directivesNamed(definition, 'core')]
      : [],
  );
}

/** Imported name to the name in this document; directives carry their `@`. */
function importsOf(link: ConstDirectiveNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const list = link.arguments?.find((argument) => argument.name.value === 'import')?.value;
  if (list?.kind !== Kind.LIST) return names;
  for (const item of list.values) {
    if (item.kind === Kind.STRING) names.set(item.value, item.value);
    if (item.kind !== Kind.OBJECT) continue;
    const member = (key: string): string | null => {
      const value = item.fields.find((field) => field.name.value === key)?.value;
      return value?.kind === Kind.STRING ? value.value : null;
    };
    const name = member('name');
    if (name !== null) names.set(name, member('as') ?? name);
  }
  return names;
}
