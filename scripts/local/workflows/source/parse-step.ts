// This file and the parsers of constructs with blocks (for, parallel, switch, try) import each
// other in a circle because the grammar is recursive: a step holds a block, and a block holds
// steps.
import { LoadError } from './load-error.ts';
import { parseAssign } from './parse-assign.ts';
import { parseCall } from './parse-call.ts';
import { parseFor } from './parse-for.ts';
import { parseParallel } from './parse-parallel.ts';
import { parseSwitch } from './parse-switch.ts';
import { parseTemplate } from './parse-template.ts';
import { parseTry } from './parse-try.ts';
import { checkKeys, expectList, expectMap, expectString } from './shape.ts';
import { findEntry, type MapNode, type SourceNode } from './source-node.ts';
import type { Action, Block, Jump, Step } from './workflow.ts';

type ActionParser = (node: SourceNode, step: string, block: MapNode) => Action;

// The keys that define an action, each with the keys allowed beside it. `next` is allowed beside
// all.
const ACTIONS: Readonly<Record<string, { beside: readonly string[]; parse: ActionParser }>> = {
  assign: { beside: [], parse: parseAssign },
  call: { beside: ['args', 'result'], parse: parseCall },
  switch: { beside: [], parse: parseSwitch },
  for: { beside: [], parse: parseFor },
  parallel: { beside: [], parse: parseParallel },
  try: { beside: ['retry', 'except'], parse: parseTry },
  raise: {
    beside: [],
    parse: (node, step) => ({ kind: 'raise', value: parseTemplate(node, step) }),
  },
  return: {
    beside: [],
    parse: (node, step) => ({ kind: 'return', value: parseTemplate(node, step) }),
  },
  steps: { beside: [], parse: (node, step) => ({ kind: 'steps', steps: parseBlock(node, step) }) },
};

/**
 * Parses a list of named steps; `parent` is the enclosing step.
 *
 * @throws LoadError
 */
export function parseBlock(node: SourceNode, parent: string | undefined): Block {
  const { items } = expectList(node, 'steps', parent);
  if (items.length === 0) {
    throw new LoadError('steps must not be empty', { step: parent, position: node.position });
  }
  const steps = items.map((item) => parseNamedStep(item, parent));
  return { steps, indexes: new Map(steps.map((step, index) => [step.name, index])) };
}

/**
 * Parses the unnamed step of a `try` or a switch entry.
 *
 * @throws LoadError
 */
export function parseUnnamedStep(
  block: MapNode,
  parent: string,
  extraKeys: readonly string[] = [],
): Step {
  return {
    name: parent,
    isNamed: false,
    position: block.position,
    action: parseAction(block, parent, extraKeys),
    next: parseJump(findEntry(block, 'next'), parent),
  };
}

function parseNamedStep(node: SourceNode, parent: string | undefined): Step {
  const entry = node.kind === 'map' && node.entries.length === 1 ? node.entries[0] : undefined;
  if (entry === undefined) {
    throw new LoadError('a step must be a map of one name to its body', {
      step: parent,
      position: node.position,
    });
  }
  const name = entry.key;
  // The service accepts any name that is not empty.
  if (name.trim() === '') {
    throw new LoadError('step name should not be empty', {
      step: parent,
      position: entry.keyPosition,
    });
  }
  const body = expectMap(entry.value, 'a step', name);
  return {
    name,
    isNamed: true,
    position: entry.keyPosition,
    action: parseAction(body, name, []),
    next: parseJump(findEntry(body, 'next'), name),
  };
}

function parseAction(block: MapNode, step: string, extraKeys: readonly string[]): Action {
  const kinds = block.entries.filter(({ key }) => Object.hasOwn(ACTIONS, key));
  const [first, second] = kinds;
  if (second !== undefined) {
    throw new LoadError(`'${first?.key}' and '${second.key}' cannot be in one step`, {
      step,
      position: second.keyPosition,
    });
  }
  const action = first === undefined ? undefined : ACTIONS[first.key];
  if (first === undefined || action === undefined) {
    checkKeys(block, ['next', ...extraKeys, ...Object.keys(ACTIONS)], step);
    if (findEntry(block, 'next') === undefined) {
      throw new LoadError('the step does nothing', { step, position: block.position });
    }
    return { kind: 'none' };
  }
  checkKeys(block, [first.key, 'next', ...action.beside, ...extraKeys], step);
  return action.parse(first.value, step, block);
}

function parseJump(node: SourceNode | undefined, step: string): Jump | undefined {
  if (node === undefined) return undefined;
  return { target: expectString(node, 'next', step), position: node.position };
}
