/** Field sets: the text of `@key`, `@requires` and `@provides`, and of the join directives that stand for them. */
import { type FieldNode, Kind, parse, print, type SelectionNode, type SelectionSetNode, type ValueNode, visit } from 'graphql';

/** Reads a field set of a join directive; null for text that is none. In a supergraph that `readSupergraph` accepts there is no such text. */
export function parseFieldSet(text: string): SelectionSetNode | null {
  const sets = parseSelectionSets(`{${text}}`);
  return sets.length === 1 ? (sets[0] ?? null) : null;
}

/** Reads a field set as composition lets a subgraph write it: braces and a comment behind it do no harm. Null for text that is none. */
export function parseWrittenFieldSet(text: string): SelectionSetNode | null {
  return parseSelectionSets(text.trimStart().startsWith('{') ? text : `{${text}\n}`).find((set) => set !== null) ?? null;
}

/** Of each definition of a document, null for one that is no operation; nothing for text that does not parse. */
function parseSelectionSets(text: string): readonly (SelectionSetNode | null)[] {
  try {
    const { definitions } = parse(text, { noLocation: true });
    return definitions.map((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : null));
  } catch {
    return []; // the message of the parser would speak of text that nobody wrote
  }
}

/** The text of a field set on one line, without braces and without comments: `id org { id }`. Strings in it keep their value. */
export function printFieldSet(set: SelectionSetNode): string {
  return set.selections.map(printSelection).join(' ');
}

function printSelection(selection: SelectionNode): string {
  const directives = (selection.directives ?? []).map((directive) => ` ${print(directive)}`).join('');
  switch (selection.kind) {
    case Kind.FIELD:
      return `${printField(selection)}${directives}${selection.selectionSet === undefined ? '' : ` ${printBelow(selection.selectionSet)}`}`;
    case Kind.INLINE_FRAGMENT: {
      const condition = selection.typeCondition === undefined ? '' : ` on ${selection.typeCondition.name.value}`;
      return `...${condition}${directives} ${printBelow(selection.selectionSet)}`;
    }
    default:
      return `...${selection.name.value}${directives}`;
  }
}

function printField({ alias, name, arguments: args = [] }: FieldNode): string {
  const given = args.map((argument) => `${argument.name.value}: ${printValue(argument.value)}`).join(', ');
  return `${alias === undefined ? '' : `${alias.value}: `}${name.value}${given === '' ? '' : `(${given})`}`;
}

/** Block strings become quoted ones: they are several lines otherwise. */
function printValue(value: ValueNode): string {
  return print(visit(value, { [Kind.STRING]: (node) => ({ ...node, block: false }) }));
}

function printBelow(set: SelectionSetNode): string {
  return `{ ${printFieldSet(set)} }`;
}
