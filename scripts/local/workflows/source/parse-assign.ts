import type { Expression } from '../expressions/expression.ts';
import { LoadError } from './load-error.ts';
import { parseExpressionText, parseTemplate } from './parse-template.ts';
import { checkCount, expectList } from './shape.ts';
import { SOURCE_LIMITS } from './source-limits.ts';
import type { SourceNode } from './source-node.ts';
import type { AssignAction, Assignment } from './workflow.ts';

/**
 * Parses `assign: [- target: value]`.
 *
 * @throws LoadError
 */
export function parseAssign(node: SourceNode, step: string): AssignAction {
  const list = expectList(node, 'assign', step);
  const range = { minimum: 1, maximum: SOURCE_LIMITS.assignmentsPerStep };
  checkCount(list, 'assignments', range, step);
  return { kind: 'assign', assignments: list.items.map((item) => parseAssignment(item, step)) };
}

function parseAssignment(node: SourceNode, step: string): Assignment {
  const entry = node.kind === 'map' && node.entries.length === 1 ? node.entries[0] : undefined;
  if (entry === undefined) {
    throw new LoadError('an assignment must be a map of one target to its value', {
      step,
      position: node.position,
    });
  }
  const location = { position: entry.keyPosition };
  const target = readTarget(parseExpressionText(entry.key, location, step));
  if (target === undefined) {
    throw new LoadError(`cannot assign to '${entry.key}'`, { step, ...location });
  }
  return { ...target, value: parseTemplate(entry.value, step), ...location };
}

// A target is written like an expression: a name, then any number of `.key` and `[index]`.
function readTarget(
  expression: Expression,
): { variable: string; path: readonly Expression[] } | undefined {
  if (expression.kind === 'variable') return { variable: expression.name, path: [] };
  if (expression.kind !== 'member' && expression.kind !== 'index') return undefined;
  const parent = readTarget(expression.target);
  if (parent === undefined) return undefined;
  const last: Expression =
    expression.kind === 'member' ? { kind: 'literal', value: expression.key } : expression.index;
  return { variable: parent.variable, path: [...parent.path, last] };
}
