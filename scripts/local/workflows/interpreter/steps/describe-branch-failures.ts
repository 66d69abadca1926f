import { createError, type WorkflowError } from '../../errors/workflow-error.ts';
import { mapOf } from '../../values/value.ts';
import { describeStackFrame, listStackFrames } from '../runtime/describe-failure.ts';
import { RUN_LIMITS } from '../runtime/run-limits.ts';

export interface BranchFailure {
  readonly id: string;
  readonly error: WorkflowError;
}

/**
 * The error of a parallel step. Only `message` and `tags` are documented. In `branches`, only an
 * error's `context` and `payload` have been observed; the rest of its shape and `truncated` are
 * UNCONFIRMED, so a workflow should catch errors inside each branch.
 */
export function describeBranchFailures(failures: readonly BranchFailure[]): WorkflowError {
  const reported = failures.slice(0, RUN_LIMITS.reportedBranchErrors);
  return createError(
    ['UnhandledBranchError', 'RuntimeError'],
    'One or more branches or iterations encountered an unhandled runtime error',
    [
      [
        'branches',
        reported.map(({ id, error }) =>
          mapOf([
            [
              'error',
              mapOf([
                ['context', describeContext(error)],
                ['payload', error.value],
              ]),
            ],
            ['id', id],
          ]),
        ),
      ],
      ['truncated', reported.length < failures.length],
    ],
  );
}

// The service gives only this text and the stack here; the raised value is the payload.
function describeContext(error: WorkflowError): string {
  const stack = listStackFrames(error).map(describeStackFrame);
  return ['RuntimeError: "branch error"', ...stack].join('\n');
}
