import { findArgumentProblem } from '../expressions/bind-arguments.ts';
import { describeParameters } from '../source/describe-parameters.ts';
import { LoadError } from '../source/load-error.ts';
import type { CallAction, RetryPolicy } from '../source/workflow.ts';
import { isConnectorName } from './connector-name.ts';
import type { StepCheck } from './step-check.ts';

/**
 * Checks that a call's target exists and takes these arguments.
 *
 * @throws LoadError
 */
export function checkCall({ callee, args, position }: CallAction, check: StepCheck): void {
  const parameters = findParameters(callee, check);
  if (parameters === undefined) {
    throw new LoadError(describeMissing(callee), { step: check.step, position });
  }
  const problem = findArgumentProblem(callee, parameters, args);
  if (problem !== undefined) throw new LoadError(problem, { step: check.step, position });
}

/**
 * Checks that a retry predicate is a function of one argument.
 *
 * @throws LoadError
 */
export function checkPredicate(
  { predicate, position }: RetryPolicy & { kind: 'custom' },
  check: StepCheck,
): void {
  const parameters = findParameters(predicate, check);
  if (parameters === undefined) {
    throw new LoadError(
      `error evaluating predicate: symbol '${predicate}' is neither a variable nor a sub-workflow name`,
      { step: check.step, position },
    );
  }
  if (parameters === 'any') return;
  const required = parameters.filter(({ isOptional }) => !isOptional);
  if (parameters.length === 0 || required.length > 1) {
    throw new LoadError(`retry predicate '${predicate}' must take one argument, the error`, {
      step: check.step,
      position,
    });
  }
}

function findParameters(callee: string, { workflow, functions }: StepCheck) {
  const routine = workflow.routines.get(callee);
  if (routine !== undefined) return describeParameters(routine);
  return functions.get(callee)?.parameters;
}

function describeMissing(callee: string): string {
  if (!isConnectorName(callee)) return `symbol '${callee}' not found`;
  return (
    `connector '${callee}' is not registered here; pass it to createWorkflowsService in connectors, ` +
    'made with createRestConnector, or with acceptConnector if it is never called'
  );
}
