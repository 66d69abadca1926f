import { LoadError } from './load-error.ts';
import { parseUnnamedStep } from './parse-step.ts';
import { parseTemplate } from './parse-template.ts';
import { checkCount, expectList, expectMap } from './shape.ts';
import { SOURCE_LIMITS } from './source-limits.ts';
import { findEntry, type SourceNode } from './source-node.ts';
import type { SwitchAction } from './workflow.ts';

/**
 * Parses `switch: [- condition and action]`.
 *
 * @throws LoadError
 */
export function parseSwitch(node: SourceNode, step: string): SwitchAction {
  const list = expectList(node, 'switch', step);
  const range = { minimum: 1, maximum: SOURCE_LIMITS.conditionsPerSwitch };
  checkCount(list, 'conditions', range, step);
  return { kind: 'switch', cases: list.items.map((item) => parseCase(item, step)) };
}

function parseCase(node: SourceNode, step: string): SwitchAction['cases'][number] {
  const block = expectMap(node, 'a switch entry', step);
  const condition = findEntry(block, 'condition');
  if (condition === undefined) {
    throw new LoadError('a switch entry needs a condition', { step, position: node.position });
  }
  const template = parseTemplate(condition, step);
  if (template.kind !== 'expression' && !isBoolean(template)) {
    throw new LoadError('a condition must be an expression or a boolean', {
      step,
      position: condition.position,
    });
  }
  return { condition: template, step: parseUnnamedStep(block, step, ['condition']) };
}

function isBoolean(template: { kind: string; value?: unknown }): boolean {
  return template.kind === 'literal' && typeof template.value === 'boolean';
}
