import { LoadError } from '../source/load-error.ts';
import type { Block, Jump, Routine, Step } from '../source/workflow.ts';
import { type BlockKind, listBlocks } from './list-blocks.ts';

interface Reach {
  /** Valid targets: the steps of this block and its parents, up to a loop or branch. */
  readonly names: ReadonlySet<string>;
  readonly loop: 'none' | 'for' | 'parallel-for';
  readonly isInBranch: boolean;
}

/**
 * Checks the targets of `next` and the uses of `return`. A jump stays in its loop body and its
 * parallel branch; it can leave a block but not enter one.
 *
 * @throws LoadError
 */
export function checkJumps({ steps }: Routine): void {
  visitBlock(steps, 'steps', { names: new Set(), loop: 'none', isInBranch: false });
}

function visitBlock(block: Block, kind: BlockKind, outer: Reach): void {
  const reach = enterBlock(block, kind, outer);
  for (const step of block.steps) {
    if (step.next !== undefined) checkJump(step.next, step, reach);
    // UNCONFIRMED: returning from a parallel branch. Refused here.
    if (step.action.kind === 'return' && reach.isInBranch) {
      throw new LoadError('return is not allowed in a parallel branch', {
        step: step.name,
        position: step.position,
      });
    }
    for (const inner of listBlocks(step.action)) visitBlock(inner.block, inner.kind, reach);
  }
}

function enterBlock(block: Block, kind: BlockKind, outer: Reach): Reach {
  const own = [...block.indexes.keys()];
  switch (kind) {
    case 'for':
      return { ...outer, names: new Set(own), loop: 'for' };
    case 'parallel-for':
      return { names: new Set(own), loop: 'parallel-for', isInBranch: true };
    case 'branch':
      return { names: new Set(own), loop: 'none', isInBranch: true };
    default:
      return { ...outer, names: new Set([...outer.names, ...own]) };
  }
}

function checkJump({ target, position }: Jump, step: Step, reach: Reach): void {
  const fail = (detail: string): never => {
    throw new LoadError(detail, { step: step.name, position });
  };
  if (target === 'end') {
    if (reach.isInBranch) fail('next: end is not allowed in a parallel branch');
  } else if (target === 'break') {
    if (reach.loop === 'none') fail('next: break is only allowed in a loop');
    if (reach.loop === 'parallel-for') fail('next: break is not allowed in a parallel loop');
  } else if (target === 'continue') {
    if (reach.loop === 'none') fail('next: continue is only allowed in a loop');
  } else if (!reach.names.has(target)) {
    fail(`next step '${target}' is not defined here`);
  }
}
