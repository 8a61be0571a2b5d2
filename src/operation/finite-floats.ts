import { type ASTVisitor, type FloatValueNode, GraphQLError, getNamedType, type IntValueNode, type ValidationContext } from 'graphql';

/** Literals of `Float` are finite doubles (GraphQL specification 3.5.2); graphql-js asks that of variables only. */
export function FiniteFloatsRule(context: ValidationContext): ASTVisitor {
  const check = (node: IntValueNode | FloatValueNode): void => {
    const type = context.getInputType();
    if (Number.isFinite(Number(node.value)) || !type || getNamedType(type).name !== 'Float') return;
    const shown = node.value.length > 40 ? `${node.value.slice(0, 40)}…` : node.value;
    context.reportError(new GraphQLError(`Float cannot represent non-finite value: ${shown}`, { nodes: node }));
  };
  return { IntValue: check, FloatValue: check };
}
