import { createError } from '../errors/workflow-error.ts';
import { getTypeName, type Value } from '../values/value.ts';
import { applyOperator, negateNumber } from './apply-operator.ts';
import { type Expression, readDottedName } from './expression.ts';
import { chain, type MaybePromise } from './maybe-promise.ts';
import { readElement } from './read-element.ts';

/** Resolves the variables, constants and functions of an expression. */
export interface Activation {
  /** Undefined if no such variable has a value. */
  readVariable(name: string): Value | undefined;
  /** Reads a constant of the library by its dotted name, such as `retry.default_backoff`. */
  readConstant(name: string): Value | undefined;
  callFunction(name: string, args: readonly Value[]): MaybePromise<Value>;
}

/**
 * Evaluates an expression. Returns a promise only if a call in it does.
 *
 * @throws WorkflowError
 */
export function evaluateExpression(
  expression: Expression,
  activation: Activation,
): MaybePromise<Value> {
  const evaluate = (part: Expression) => evaluateExpression(part, activation);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'variable':
      return readVariable(expression.name, activation);
    case 'member':
      return (
        readLibraryConstant(expression, activation) ??
        chain(evaluate(expression.target), (target) => readElement(target, expression.key))
      );
    case 'index':
      return chain(evaluate(expression.target), (target) =>
        chain(evaluate(expression.index), (index) => readElement(target, index)),
      );
    case 'list':
      return evaluateAll(expression.items, activation);
    case 'call':
      return chain(evaluateAll(expression.args, activation), (args) =>
        activation.callFunction(expression.callee, args),
      );
    case 'unary':
      return chain(evaluate(expression.operand), (operand) =>
        expression.operator === '-' ? negateNumber(operand) : !checkBoolean('not', operand),
      );
    case 'binary':
      return chain(evaluate(expression.left), (left) =>
        chain(evaluate(expression.right), (right) =>
          applyOperator(expression.operator, left, right),
        ),
      );
    case 'logical':
      return chain(evaluate(expression.left), (left) => {
        const decided = expression.operator === 'or';
        if (checkBoolean(expression.operator, left) === decided) return decided;
        return chain(evaluate(expression.right), (right) =>
          checkBoolean(expression.operator, right),
        );
      });
  }
}

function evaluateAll(
  expressions: readonly Expression[],
  activation: Activation,
): MaybePromise<readonly Value[]> {
  let values: MaybePromise<readonly Value[]> = [];
  for (const expression of expressions) {
    values = chain(values, (before) =>
      chain(evaluateExpression(expression, activation), (value) => [...before, value]),
    );
  }
  return values;
}

function readVariable(name: string, activation: Activation): Value {
  // Every name was checked at load. A variable that no step has assigned yet is null: one of
  // Google's samples uses this to see whether a step of a try block was reached.
  return activation.readVariable(name) ?? null;
}

function readLibraryConstant(expression: Expression, activation: Activation): Value | undefined {
  const name = readDottedName(expression);
  if (name === undefined) return undefined;
  const root = name.slice(0, name.indexOf('.'));
  if (activation.readVariable(root) !== undefined) return undefined;
  return activation.readConstant(name);
}

/**
 * Checks that a value is a boolean.
 *
 * @throws WorkflowError tagged TypeError
 */
export function checkBoolean(where: string, value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw createError('TypeError', `${where} needs a boolean, not ${getTypeName(value)}`);
}
