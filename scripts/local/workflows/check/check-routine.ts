import type { Expression } from '../expressions/expression.ts';
import type { Functions } from '../library/library-function.ts';
import { predefinedPolicies } from '../library/retry-functions.ts';
import { LoadError } from '../source/load-error.ts';
import type {
  Block,
  ForAction,
  ParallelAction,
  Routine,
  Step,
  Template,
  TryAction,
  Workflow,
} from '../source/workflow.ts';
import { checkCall, checkPredicate } from './check-call.ts';
import { checkExpression } from './check-expression.ts';
import { collectAssigned } from './collect-assigned.ts';
import type { StepCheck } from './step-check.ts';
import { createSymbolTable } from './symbol-table.ts';

type BlockCheck = Omit<StepCheck, 'step'>;

/**
 * Checks the names and calls of a routine. A variable is known in the whole block that assigns it,
 * because a jump may lead backwards. `for` bodies, `except` blocks and parallel branches have
 * scopes of their own.
 *
 * @throws LoadError
 */
export function checkRoutine(routine: Routine, workflow: Workflow, functions: Functions): void {
  const symbols = createSymbolTable({ later: collectAssigned(routine.steps) });
  for (const { name } of routine.parameters) symbols.declare(name);
  checkBlock(routine.steps, { workflow, functions, symbols });
}

function checkBlock(block: Block, check: BlockCheck): void {
  for (const step of block.steps) checkStep(step, check);
}

function checkStep(step: Step, outer: BlockCheck): void {
  const check: StepCheck = { ...outer, step: step.name };
  const { action } = step;
  switch (action.kind) {
    case 'assign':
      for (const { variable, path, value, position } of action.assignments) {
        checkTemplate(value, 'assigned value', check);
        for (const part of path) checkPart(part, position, check);
        if (path.length > 0 && !check.symbols.knows(variable)) {
          throw unknownSymbol(variable, { step: step.name, position });
        }
        writeVariable(variable, position, check);
      }
      return;
    case 'call':
      checkCall(action, check);
      for (const template of action.args.values.values()) {
        checkTemplate(template, 'argument', check);
      }
      if (action.result !== undefined) writeVariable(action.result, action.position, check);
      return;
    case 'switch':
      for (const entry of action.cases) {
        checkTemplate(entry.condition, 'condition', check);
        checkStep(entry.step, outer);
      }
      return;
    case 'for':
      checkLoop(action, check, {});
      return;
    case 'parallel':
      checkParallel(action, check);
      return;
    case 'try':
      checkTry(action, check);
      return;
    case 'raise':
      checkTemplate(action.value, 'raised value', check);
      return;
    case 'return':
      checkTemplate(action.value, 'return value', check);
      return;
    case 'steps':
      checkBlock(action.steps, outer);
      return;
    case 'none':
      return;
  }
}

function checkLoop(
  action: ForAction,
  check: StepCheck,
  options: { shared?: ReadonlySet<string> },
): void {
  const over = action.over.kind === 'in' ? action.over.list : action.over.range;
  checkTemplate(over, 'loop', check);
  // Sibling loops may use the same names; enclosing and nested ones may not.
  const taken = [action.value, action.index].find(
    (name) => name !== undefined && check.symbols.knows(name),
  );
  if (taken !== undefined) {
    throw new LoadError(`loop variable '${taken}' is also used outside of the loop`, {
      step: check.step,
      position: over.position,
    });
  }
  const later = collectAssigned(action.steps);
  const symbols = createSymbolTable({ parent: check.symbols, later, ...options });
  symbols.declare(action.value);
  if (action.index !== undefined) symbols.declare(action.index);
  checkBlock(action.steps, { ...check, symbols });
}

function checkParallel(action: ParallelAction, check: StepCheck): void {
  // In Google's syntax cheat sheet, `shared` lists variables that nothing assigned: it creates
  // them.
  for (const name of action.shared) check.symbols.assign(name);
  if (action.concurrencyLimit !== undefined) {
    checkTemplate(action.concurrencyLimit, 'concurrency_limit', check);
  }
  const shared = new Set(action.shared);
  if (action.work.kind === 'for') {
    checkLoop(action.work, check, { shared });
    return;
  }
  for (const { steps } of action.work.branches) {
    const later = collectAssigned(steps);
    checkBlock(steps, {
      ...check,
      symbols: createSymbolTable({ parent: check.symbols, later, shared }),
    });
  }
}

function checkTry(action: TryAction, check: StepCheck): void {
  checkBlock(action.steps, check);
  const { retry, except } = action;
  if (retry?.kind === 'predefined' && !predefinedPolicies.has(retry.name)) {
    throw unknownSymbol(retry.name, { step: check.step, position: retry.position });
  }
  if (retry?.kind === 'custom') {
    checkPredicate(retry, check);
    checkTemplate(retry.maxRetries, 'max_retries', check);
    checkTemplate(retry.backoff, 'backoff', check);
  }
  if (except !== undefined) {
    const later = collectAssigned(except.steps);
    const symbols = createSymbolTable({ parent: check.symbols, later });
    symbols.declare(except.variable);
    checkBlock(except.steps, { ...check, symbols });
  }
}

function checkTemplate(template: Template, what: string, check: StepCheck): void {
  switch (template.kind) {
    case 'literal':
      return;
    case 'expression':
      checkExpression(template.expression, `error evaluating ${what}: `, template.position, check);
      return;
    case 'list':
      for (const item of template.items) checkTemplate(item, what, check);
      return;
    case 'map':
      for (const { key, value } of template.entries) {
        checkTemplate(key, what, check);
        checkTemplate(value, what, check);
      }
  }
}

function checkPart(part: Expression, position: Step['position'], check: StepCheck): void {
  checkExpression(part, 'error evaluating index: ', position, check);
}

function writeVariable(name: string, position: Step['position'], check: StepCheck): void {
  if (check.symbols.isForeign(name)) {
    throw new LoadError(
      `variable '${name}' belongs to the enclosing scope; to write it in a parallel step, list it in shared`,
      { step: check.step, position },
    );
  }
  check.symbols.assign(name);
}

function unknownSymbol(
  name: string,
  location: { step: string; position?: Step['position'] | undefined },
) {
  return new LoadError(`symbol '${name}' is neither a variable nor a sub-workflow name`, location);
}
