import type { Value } from '../values/value.ts';

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '//'
  | '%'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in';

/** The syntax tree (AST) of an expression. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly target: Expression; readonly key: string }
  | { readonly kind: 'index'; readonly target: Expression; readonly index: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly callee: string; readonly args: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'logical';
      readonly operator: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
    };

/** Reads `a.b.c` as text; undefined if the expression has more than names and dots. */
export function readDottedName(expression: Expression): string | undefined {
  if (expression.kind === 'variable') return expression.name;
  if (expression.kind !== 'member') return undefined;
  const target = readDottedName(expression.target);
  return target === undefined ? undefined : `${target}.${expression.key}`;
}

/** Lists the direct operands of an expression. */
export function listOperands(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'variable':
      return [];
    case 'member':
      return [expression.target];
    case 'index':
      return [expression.target, expression.index];
    case 'list':
      return expression.items;
    case 'call':
      return expression.args;
    case 'unary':
      return [expression.operand];
    default:
      return [expression.left, expression.right];
  }
}
