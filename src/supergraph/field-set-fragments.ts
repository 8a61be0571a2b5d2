/**
 * Spells out fragments on interfaces and unions in `@requires` and `@provides` before composition.
 *
 * The composition package cannot follow `data { ... on Narrower { a } }` where `data` is abstract itself, and calls the graph unsatisfiable.
 * It follows the same set said with the object types of the subgraph. The supergraph keeps what the subgraph wrote (`repairSupergraph`).
 */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { federationDirective, textArgument } from './directives.ts';
import { parseWrittenFieldSet, printFieldSet } from './field-set.ts';
import { declaredFields, hasFields } from './subgraph-fields.ts';
import { namedType, possibleTypesOf } from './type-nodes.ts';

/** The document with such field sets spelled out; the document itself where there are none. */
export function withPlainFieldSets(document: DocumentNode): DocumentNode {
  const names = { requires: federationDirective(document, 'requires'), provides: federationDirective(document, 'provides') };
  const speller = createSpeller(document);
  let changed = false;
  const definitions = document.definitions.map((definition) => {
    if (!hasFields(definition)) return definition;
    const fields = (definition.fields ?? []).map((field) => {
      const directives = (field.directives ?? []).map((directive) => {
        const parent = parentOfFieldSet(directive, field, definition.name.value, names);
        const plain = parent === null ? directive : withPlainFields(directive, parent, speller);
        changed ||= plain !== directive;
        return plain;
      });
      return { ...field, directives };
    });
    return { ...definition, fields };
  });
  return changed ? { ...document, definitions } : document;
}

/** The type on which a directive's field set selects; null for other directives. */
function parentOfFieldSet(
  directive: ConstDirectiveNode,
  field: FieldDefinitionNode,
  typeName: string,
  names: { readonly requires: string; readonly provides: string },
): string | null {
  if (directive.name.value === names.requires) return typeName;
  return directive.name.value === names.provides ? namedType(field.type) : null;
}

function withPlainFields(directive: ConstDirectiveNode, parent: string, spell: Speller): ConstDirectiveNode {
  const fields = textArgument(directive, 'fields');
  // Only a fragment needs spelling out, and only a set that parses; composition has a word for the others.
  const set = fields?.includes('...') === true ? parseWrittenFieldSet(fields) : null;
  if (set === null) return directive;
  const plain = spell(set, parent);
  if (plain === null || printFieldSet(plain) === printFieldSet(set)) return directive;
  const value = { kind: Kind.STRING, value: printFieldSet(plain) } as const;
  return {
    ...directive,
    arguments: (directive.arguments ?? []).map((argument) => (argument.name.value === 'fields' ? { ...argument, value } : argument)),
  };
}

/** Null when nothing is left of a set. */
type Speller = (set: SelectionSetNode, parent: string) => SelectionSetNode | null;

function createSpeller(document: DocumentNode): Speller {
  const possible = possibleTypesOf(document);
  const types = new Map([...declaredFields(document)].map(([coordinate, field]) => [coordinate, namedType(field.type)]));
  const isObject = (name: string): boolean => possible.get(name)?.has(name) === true;

  const spell: Speller = (set, parent) => {
    const selections = set.selections.flatMap((selection) => spellSelection(selection, parent));
    return selections.length === 0 ? null : { ...set, selections };
  };
  function spellSelection(selection: SelectionNode, parent: string): readonly SelectionNode[] {
    if (selection.kind === Kind.INLINE_FRAGMENT) return spellFragment(selection, parent);
    if (selection.kind !== Kind.FIELD || selection.selectionSet === undefined) return [selection];
    const type = types.get(`${parent}.${selection.name.value}`);
    const below = type === undefined ? selection.selectionSet : spell(selection.selectionSet, type);
    return below === null ? [] : [{ ...selection, selectionSet: below }];
  }
  function spellFragment(fragment: InlineFragmentNode, parent: string): readonly SelectionNode[] {
    const condition = fragment.typeCondition?.name.value ?? parent;
    const inner = possible.get(condition);
    const outer = possible.get(parent);
    if (inner === undefined || outer === undefined) return [fragment];
    // What always holds is no fragment; an interface that merely happens to have the same types is one, for its fields are its own.
    const alwaysHolds = condition === parent || (isObject(parent) && inner.has(parent));
    if (alwaysHolds) return spell(fragment.selectionSet, parent)?.selections ?? [];
    const conditions = [...outer].filter((name) => inner.has(name));
    return conditions.flatMap((name) => {
      const body = spell(fragment.selectionSet, name);
      const typeCondition = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } } as const;
      return body === null ? [] : [{ ...fragment, typeCondition, selectionSet: body }];
    });
  }
  return spell;
}
