import type { Position } from '../errors/workflow-error.ts';
import { findArgumentProblem } from '../expressions/bind-arguments.ts';
import { type Expression, listOperands, readDottedName } from '../expressions/expression.ts';
import { libraryConstants } from '../library/standard-library.ts';
import { describeParameters } from '../source/describe-parameters.ts';
import { LoadError } from '../source/load-error.ts';
import { isConnectorName } from './connector-name.ts';
import type { StepCheck } from './step-check.ts';

/**
 * Checks the names in an expression and the functions it calls.
 *
 * @throws LoadError
 */
export function checkExpression(
  expression: Expression,
  context: string,
  position: Position,
  check: StepCheck,
): void {
  const fail = (detail: string): never => {
    throw new LoadError(context + detail, { step: check.step, position });
  };
  const constant = expression.kind === 'member' ? readDottedName(expression) : undefined;
  if (constant !== undefined && libraryConstants.has(constant)) return;
  if (expression.kind === 'variable' && !check.symbols.knows(expression.name)) {
    // The service accepts a subworkflow's name here, but it is only a value in `predicate`.
    fail(
      check.workflow.routines.has(expression.name)
        ? `sub-workflow '${expression.name}' is not a value; call it or use it as a predicate`
        : `symbol '${expression.name}' is neither a variable nor a sub-workflow name`,
    );
  }
  if (expression.kind === 'call') {
    const { callee, args } = expression;
    const routine = check.workflow.routines.get(callee);
    const definition = check.functions.get(callee);
    if (routine === undefined && definition === undefined) {
      fail(isConnectorName(callee) ? blocking(callee) : `symbol '${callee}' not found`);
    }
    if (definition?.isBlocking === true && routine === undefined) fail(blocking(callee));
    const parameters =
      routine === undefined ? (definition?.parameters ?? []) : describeParameters(routine);
    const problem = findArgumentProblem(callee, parameters, { kind: 'positional', values: args });
    if (problem !== undefined) fail(problem);
  }
  for (const operand of listOperands(expression)) {
    checkExpression(operand, context, position, check);
  }
}

function blocking(callee: string): string {
  return `blocking function '${callee}' cannot be called in an expression; use a call step`;
}
