import { createError } from '../../errors/workflow-error.ts';
import { checkIndex } from '../../expressions/read-element.ts';
import type { AssignAction, Assignment } from '../../source/workflow.ts';
import { getTypeName, isList, isMap, type Value } from '../../values/value.ts';
import { evaluateAt, evaluateTemplate } from '../runtime/evaluate-template.ts';
import type { Frame } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';

/** Runs the assignments in order. Later ones see earlier ones. */
export async function runAssign(action: AssignAction, frame: Frame): Promise<Outcome> {
  for (const assignment of action.assignments) await assign(assignment, frame);
  return NEXT;
}

// If the value is ready, there is no await between reading and writing: this makes
// `total: ${total + n}` on a shared variable safe in parallel branches.
async function assign(assignment: Assignment, frame: Frame): Promise<void> {
  const { scope } = frame;
  const pending = evaluateTemplate(assignment.value, frame);
  const value = pending instanceof Promise ? await pending : pending;
  if (assignment.path.length === 0) {
    scope.write(assignment.variable, value);
    return;
  }
  const keys: Value[] = [];
  for (const part of assignment.path) {
    const key = evaluateAt(part, assignment.position, frame);
    keys.push(key instanceof Promise ? await key : key);
  }
  const before = scope.read(assignment.variable) ?? null;
  scope.write(assignment.variable, replaceElement(before, keys, value));
}

// Only the last key may be new; every level above it must exist (creating one is UNCONFIRMED).
function replaceElement(container: Value, keys: readonly Value[], value: Value): Value {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (isList(container)) {
    const at = checkIndex(container, key);
    return container.with(at, replaceElement(container[at] ?? null, rest, value));
  }
  if (!isMap(container)) {
    throw createError('TypeError', `cannot assign to an element of ${getTypeName(container)}`);
  }
  if (typeof key !== 'string') {
    throw createError('TypeError', `a map's key must be a string, not ${getTypeName(key)}`);
  }
  const inner = container.get(key);
  if (inner === undefined && rest.length > 0) {
    throw createError('KeyError', `key not found: ${key}`);
  }
  return new Map(container).set(key, replaceElement(inner ?? null, rest, value));
}
