import type { Action, Block, Step } from '../source/workflow.ts';

/** The construct that a block belongs to. It decides which jumps may leave the block. */
export type BlockKind = 'steps' | 'try' | 'except' | 'for' | 'parallel-for' | 'branch';
export interface InnerBlock {
  readonly kind: BlockKind;
  readonly block: Block;
}

/** Lists the blocks directly inside an action. A switch entry is a block of one unnamed step. */
export function listBlocks(action: Action): readonly InnerBlock[] {
  switch (action.kind) {
    case 'steps':
      return [{ kind: 'steps', block: action.steps }];
    case 'for':
      return [{ kind: 'for', block: action.steps }];
    case 'switch':
      return action.cases.map(({ step }) => ({ kind: 'steps', block: toBlock(step) }));
    case 'parallel':
      return action.work.kind === 'for'
        ? [{ kind: 'parallel-for', block: action.work.steps }]
        : action.work.branches.map(({ steps }) => ({ kind: 'branch', block: steps }));
    case 'try': {
      const body: InnerBlock = { kind: 'try', block: action.steps };
      if (action.except === undefined) return [body];
      return [body, { kind: 'except', block: action.except.steps }];
    }
    default:
      return [];
  }
}

function toBlock(step: Step): Block {
  return { steps: [step], indexes: new Map() };
}
