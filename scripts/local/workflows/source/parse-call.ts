import { LoadError } from './load-error.ts';
import { parseTemplate } from './parse-template.ts';
import { expectName, expectString } from './shape.ts';
import { findEntry, type MapNode, type SourceNode } from './source-node.ts';
import type { CallAction, CallArguments } from './workflow.ts';

/**
 * Parses `call: name` with `args` by name or by position, and `result`.
 *
 * @throws LoadError
 */
export function parseCall(node: SourceNode, step: string, block: MapNode): CallAction {
  const result = findEntry(block, 'result');
  return {
    kind: 'call',
    callee: expectString(node, 'call', step),
    args: parseArguments(findEntry(block, 'args'), step),
    result:
      result === undefined
        ? undefined
        : expectName(expectString(result, 'result', step), 'a variable', {
            step,
            position: result.position,
          }),
    // The service points at the key.
    position: block.entries.find(({ key }) => key === 'call')?.keyPosition ?? node.position,
  };
}

function parseArguments(node: SourceNode | undefined, step: string): CallArguments {
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) {
    return { kind: 'named', values: new Map() };
  }
  if (node.kind === 'list') {
    return { kind: 'positional', values: node.items.map((item) => parseTemplate(item, step)) };
  }
  if (node.kind === 'map') {
    return {
      kind: 'named',
      values: new Map(
        node.entries.map((entry) => [entry.key, parseTemplate(entry.value, step)] as const),
      ),
    };
  }
  throw new LoadError('args must be a map or a list', { step, position: node.position });
}
