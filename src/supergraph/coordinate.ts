/** Finds the schema coordinate that a composition error is about. */
import { type ASTNode, type DocumentNode, Kind } from 'graphql';

/** The coordinate of the innermost definition around an offset of a document; null outside of any. */
export function coordinateAt(document: DocumentNode, offset: number): string | null {
  for (const definition of document.definitions) {
    if (!covers(definition, offset) || !('name' in definition) || definition.name === undefined) continue;
    const name = definition.kind === Kind.DIRECTIVE_DEFINITION ? `@${definition.name.value}` : definition.name.value;
    const member = membersOf(definition).find((candidate) => covers(candidate, offset));
    return member === undefined ? name : `${name}.${member.name.value}${argumentAt(member, offset)}`;
  }
  return null;
}

type Member = ASTNode & { readonly name: { readonly value: string } };

function membersOf(definition: ASTNode): readonly Member[] {
  if ('fields' in definition) return (definition.fields ?? []).flatMap((field) => ('name' in field ? [field] : []));
  if (definition.kind === Kind.ENUM_TYPE_DEFINITION || definition.kind === Kind.ENUM_TYPE_EXTENSION) return definition.values ?? [];
  return [];
}

function argumentAt(member: Member, offset: number): string {
  if (member.kind !== Kind.FIELD_DEFINITION) return '';
  const argument = member.arguments?.find((candidate) => covers(candidate, offset));
  return argument === undefined ? '' : `(${argument.name.value}:)`;
}

function covers(node: ASTNode, offset: number): boolean {
  return node.loc !== undefined && node.loc.start <= offset && offset < node.loc.end;
}

const QUOTED = /["'`](@?[_A-Za-z]\w*(?:\.[_A-Za-z]\w*(?:\([_A-Za-z]\w*:\))?)?)["'`]/g;

/** The first thing in quotes that is a name of the graph: messages write coordinates so, and subgraph names too. */
export function coordinateIn(message: string, isTypeName: (name: string) => boolean): string | null {
  for (const [, quoted] of message.matchAll(QUOTED)) {
    if (quoted !== undefined && (quoted.startsWith('@') || isTypeName(quoted.split('.', 1)[0] ?? ''))) return quoted;
  }
  return null;
}
