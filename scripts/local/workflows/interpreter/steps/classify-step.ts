import { standardLibrary } from '../../library/standard-library.ts';
import type { Step } from '../../source/workflow.ts';
import type { Run } from '../runtime/run.ts';
import type { TraceKind } from '../runtime/trace.ts';

/**
 * The kind of a step's trace entry; undefined if it has none. A group of steps has no entry, and
 * neither has the bare jump of a condition: the condition's entry covers it.
 */
export function classifyStep({ action, isNamed, next }: Step, run: Run): TraceKind | undefined {
  switch (action.kind) {
    case 'assign':
      return 'ASSIGN';
    case 'call':
      if (run.workflow.routines.has(action.callee)) return 'SUBWORKFLOW_CALL';
      return standardLibrary.has(action.callee) ? 'STD_LIB_CALL' : 'CONNECTOR_CALL';
    case 'switch':
      return 'SWITCH';
    case 'for':
      return 'FOR';
    case 'parallel':
      return action.work.kind === 'for' ? 'PARALLEL_FOR' : 'PARALLEL_BRANCH';
    case 'try':
      return 'TRY_RETRY_EXCEPT';
    case 'raise':
      return 'RAISE';
    case 'return':
      return 'RETURN';
    case 'steps':
      return undefined;
    case 'none':
      return isNamed && next !== undefined ? 'GOTO' : undefined;
  }
}
