import { LoadError } from './load-error.ts';
import { parseFor } from './parse-for.ts';
import { parseBlock } from './parse-step.ts';
import { parseTemplate } from './parse-template.ts';
import { checkCount, checkKeys, expectList, expectMap, expectName, expectString } from './shape.ts';
import { SOURCE_LIMITS } from './source-limits.ts';
import { findEntry, type MapNode, type SourceNode } from './source-node.ts';
import type { Branch, ParallelAction, Template } from './workflow.ts';

/**
 * Parses `parallel: {shared?, concurrency_limit?, exception_policy?, branches | for}`.
 *
 * @throws LoadError
 */
export function parseParallel(node: SourceNode, step: string): ParallelAction {
  const block = expectMap(node, 'parallel', step);
  checkKeys(block, ['shared', 'concurrency_limit', 'exception_policy', 'branches', 'for'], step);
  checkPolicy(findEntry(block, 'exception_policy'), step);
  const limit = findEntry(block, 'concurrency_limit');
  return {
    kind: 'parallel',
    shared: parseShared(findEntry(block, 'shared'), step),
    concurrencyLimit: limit === undefined ? undefined : parseLimit(limit, step),
    work: parseWork(block, step),
  };
}

function parseWork(block: MapNode, step: string): ParallelAction['work'] {
  const branches = findEntry(block, 'branches');
  const loop = findEntry(block, 'for');
  if (loop !== undefined && branches === undefined) return parseFor(loop, step);
  if (branches === undefined || loop !== undefined) {
    throw new LoadError('parallel needs one of branches and for', {
      step,
      position: block.position,
    });
  }
  const list = expectList(branches, 'branches', step);
  checkCount(
    list,
    'branches',
    { minimum: SOURCE_LIMITS.branchesPerStepMinimum, maximum: SOURCE_LIMITS.branchesPerStep },
    step,
  );
  return { kind: 'branches', branches: list.items.map((item) => parseBranch(item, step)) };
}

function parseBranch(node: SourceNode, step: string): Branch {
  const entry = node.kind === 'map' && node.entries.length === 1 ? node.entries[0] : undefined;
  if (entry === undefined) {
    throw new LoadError('a branch must be a map of one name to its steps', {
      step,
      position: node.position,
    });
  }
  const body = expectMap(entry.value, `branch ${entry.key}`, step);
  checkKeys(body, ['steps'], step);
  return { name: entry.key, steps: parseBlock(findEntry(body, 'steps') ?? body, step) };
}

function parseShared(node: SourceNode | undefined, step: string): readonly string[] {
  if (node === undefined) return [];
  return expectList(node, 'shared', step).items.map((item) =>
    expectName(expectString(item, 'a shared variable', step), 'a variable', {
      step,
      position: item.position,
    }),
  );
}

function parseLimit(node: SourceNode, step: string): Template {
  const limit = parseTemplate(node, step);
  const isFine =
    limit.kind === 'expression' ||
    (limit.kind === 'literal' && typeof limit.value === 'bigint' && limit.value > 0n);
  if (isFine) return limit;
  throw new LoadError('concurrency_limit must be a positive integer or an expression', {
    step,
    position: node.position,
  });
}

function checkPolicy(node: SourceNode | undefined, step: string): void {
  if (node === undefined) return;
  const policy = expectString(node, 'exception_policy', step);
  if (policy === 'continueAll') return;
  throw new LoadError(`unknown exception_policy '${policy}'; the only one is continueAll`, {
    step,
    position: node.position,
  });
}
