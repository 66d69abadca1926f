import { LoadError } from '../source/load-error.ts';
import type { Block, Routine } from '../source/workflow.ts';
import { listBlocks } from './list-blocks.ts';

const RESERVED: ReadonlySet<string> = new Set(['break', 'continue', 'end']);

/**
 * Refuses reserved step names and duplicates. Names must be unique in a routine, across all of its
 * blocks.
 *
 * @throws LoadError
 */
export function checkNames({ steps }: Routine): void {
  visitBlock(steps, new Set());
}

function visitBlock(block: Block, seen: Set<string>): void {
  for (const step of block.steps) {
    if (step.isNamed) {
      if (RESERVED.has(step.name)) {
        throw new LoadError(`'${step.name}' is reserved and cannot name a step`, {
          step: step.name,
          position: step.position,
        });
      }
      if (seen.has(step.name)) {
        throw new LoadError(`duplicate step name '${step.name}'`, {
          step: step.name,
          position: step.position,
        });
      }
      seen.add(step.name);
    }
    for (const { block: inner } of listBlocks(step.action)) visitBlock(inner, seen);
  }
}
