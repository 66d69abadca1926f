import { createParseError, LoadError } from './load-error.ts';
import { parseBlock } from './parse-step.ts';
import { parseTemplate } from './parse-template.ts';
import { readSource } from './read-source.ts';
import { checkKeys, expectList, expectMap, expectName } from './shape.ts';
import { SOURCE_LIMITS } from './source-limits.ts';
import { findEntry, type ScalarNode, type SourceEntry, type SourceNode } from './source-node.ts';
import type { Routine, RoutineParameter, Workflow } from './workflow.ts';

/**
 * Parses a source: a list of steps, or a map of `main` and subworkflows.
 *
 * @throws LoadError
 */
export function parseWorkflow(source: string): Workflow {
  const root = readSource(source);
  if (root.kind === 'list') {
    const main: Routine = {
      name: 'main',
      position: root.position,
      parameters: [],
      steps: parseBlock(root, undefined),
    };
    return { routines: new Map([['main', main]]) };
  }
  if (root.kind === 'scalar') {
    const detail = `expected a map of workflows or a sequence of steps; got ${describeScalar(root)}`;
    throw createParseError(detail, root.position, source);
  }
  const routines = new Map(root.entries.map((entry) => [entry.key, parseRoutine(entry)]));
  const main = routines.get('main');
  if (main === undefined) throw new LoadError("workflow has no 'main' block", root);
  if (main.parameters.length > 1) {
    throw new LoadError('main takes at most one parameter', { position: main.position });
  }
  return { routines };
}

// The service's words; the ones for other types are UNCONFIRMED.
function describeScalar({ value }: ScalarNode): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'integer';
  return typeof value === 'number' ? 'double' : typeof value;
}

function parseRoutine({ key, keyPosition, value }: SourceEntry): Routine {
  expectName(key, 'a subworkflow', { position: keyPosition });
  const block = expectMap(value, `subworkflow '${key}'`, undefined);
  checkKeys(block, ['params', 'steps'], undefined);
  const steps = findEntry(block, 'steps');
  if (steps === undefined) {
    throw new LoadError(`subworkflow '${key}' has no steps`, { position: keyPosition });
  }
  return {
    name: key,
    position: keyPosition,
    parameters: parseParameters(findEntry(block, 'params')),
    steps: parseBlock(steps, undefined),
  };
}

function parseParameters(node: SourceNode | undefined): readonly RoutineParameter[] {
  if (node === undefined) return [];
  const { items } = expectList(node, 'params', undefined);
  if (items.length > SOURCE_LIMITS.parametersPerSubworkflow) {
    throw new LoadError(
      `${items.length} params, more than the limit of ${SOURCE_LIMITS.parametersPerSubworkflow}`,
      node,
    );
  }
  const parameters = items.map(parseParameter);
  const names = parameters.map(({ name }) => name);
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) throw new LoadError(`duplicate parameter '${repeated}'`, node);
  return parameters;
}

function parseParameter(node: SourceNode): RoutineParameter {
  if (node.kind === 'scalar' && typeof node.value === 'string') {
    expectName(node.value, 'a parameter', node);
    return { name: node.value };
  }
  const entry = node.kind === 'map' && node.entries.length === 1 ? node.entries[0] : undefined;
  if (entry === undefined) throw new LoadError('a parameter must be a name or name: default', node);
  expectName(entry.key, 'a parameter', node);
  const value = parseTemplate(entry.value, undefined);
  if (value.kind !== 'literal') {
    throw new LoadError(`the default of parameter '${entry.key}' must be a literal`, node);
  }
  return { name: entry.key, default: value.value };
}
