import { LoadError } from './load-error.ts';
import { parseBlock } from './parse-step.ts';
import { parseTemplate } from './parse-template.ts';
import { checkKeys, expectMap, expectName, expectString } from './shape.ts';
import { findEntry, type MapNode, type SourceNode } from './source-node.ts';
import type { ForAction, Template } from './workflow.ts';

/**
 * Parses `for: {value, index?, in | range, steps}`.
 *
 * @throws LoadError
 */
export function parseFor(node: SourceNode, step: string): ForAction {
  const block = expectMap(node, 'for', step);
  checkKeys(block, ['value', 'index', 'in', 'range', 'steps'], step);
  const steps = findEntry(block, 'steps');
  const value = findEntry(block, 'value');
  const index = findEntry(block, 'index');
  if (value === undefined || steps === undefined) {
    throw new LoadError('for needs value and steps', { step, position: block.position });
  }
  const readName = (name: SourceNode, what: string) =>
    expectName(expectString(name, what, step), 'a variable', { step, position: name.position });
  return {
    kind: 'for',
    value: readName(value, 'value'),
    index: index === undefined ? undefined : readName(index, 'index'),
    over: parseOver(block, step),
    steps: parseBlock(steps, step),
  };
}

function parseOver(block: MapNode, step: string): ForAction['over'] {
  const list = findEntry(block, 'in');
  const range = findEntry(block, 'range');
  if ((list === undefined) === (range === undefined)) {
    throw new LoadError('for needs one of in and range', { step, position: block.position });
  }
  if (list !== undefined) {
    const template = parseTemplate(list, step);
    if (!mayBeList(template)) {
      throw new LoadError('in must be a list or an expression', { step, position: list.position });
    }
    return { kind: 'in', list: template };
  }
  const template = parseTemplate(range ?? block, step);
  if (!mayBeList(template) || !mayBePair(template)) {
    throw new LoadError('range must be a list of two numbers or an expression', {
      step,
      position: block.position,
    });
  }
  return { kind: 'range', range: template };
}

function mayBeList(template: Template): boolean {
  return (
    template.kind === 'expression' ||
    template.kind === 'list' ||
    (template.kind === 'literal' && Array.isArray(template.value))
  );
}

function mayBePair(template: Template): boolean {
  if (template.kind === 'list') return template.items.length === 2;
  return (
    template.kind !== 'literal' || !Array.isArray(template.value) || template.value.length === 2
  );
}
