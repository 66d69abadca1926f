import {
  createError,
  locateError,
  type Position,
  WorkflowError,
} from '../../errors/workflow-error.ts';
import { evaluateExpression } from '../../expressions/evaluate-expression.ts';
import type { Expression } from '../../expressions/expression.ts';
import { chain, type MaybePromise } from '../../expressions/maybe-promise.ts';
import type { Template } from '../../source/workflow.ts';
import { getTypeName, type Value } from '../../values/value.ts';
import type { Frame } from './frame.ts';

/** Evaluates a template. Errors carry the position of the failing expression. */
export function evaluateTemplate(template: Template, frame: Frame): MaybePromise<Value> {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return evaluateAt(template.expression, template.position, frame);
    case 'list':
      return evaluateItems(template.items, frame);
    case 'map':
      return evaluateEntries(template.entries, frame);
  }
}

/** Evaluates an expression and adds its position to errors. */
export function evaluateAt(
  expression: Expression,
  position: Position,
  frame: Frame,
): MaybePromise<Value> {
  try {
    const value = evaluateExpression(expression, frame.activation);
    if (!(value instanceof Promise)) return value;
    return value.catch((error: unknown) => {
      throw addPosition(error, position);
    });
  } catch (error) {
    throw addPosition(error, position);
  }
}

// An error with a stack comes from a subworkflow and keeps the position it has.
function addPosition(error: unknown, position: Position): unknown {
  return error instanceof WorkflowError && error.frames === undefined
    ? locateError(error, { position })
    : error;
}

function evaluateItems(items: readonly Template[], frame: Frame): MaybePromise<readonly Value[]> {
  let values: MaybePromise<readonly Value[]> = [];
  for (const item of items) {
    values = chain(values, (before) =>
      chain(evaluateTemplate(item, frame), (value) => [...before, value]),
    );
  }
  return values;
}

type MapEntries = (Template & { kind: 'map' })['entries'];

function evaluateEntries(entries: MapEntries, frame: Frame): MaybePromise<Value> {
  let values: MaybePromise<ReadonlyMap<string, Value>> = new Map<string, Value>();
  for (const entry of entries) {
    values = chain(values, (before) =>
      chain(evaluateTemplate(entry.key, frame), (key) =>
        chain(
          evaluateTemplate(entry.value, frame),
          (value) => new Map([...before, [checkKey(key), value] as const]),
        ),
      ),
    );
  }
  return values;
}

function checkKey(key: Value): string {
  if (typeof key === 'string') return key;
  throw createError('TypeError', `a map's key must be a string, not ${getTypeName(key)}`);
}
