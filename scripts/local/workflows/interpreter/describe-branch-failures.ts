import { createError, type WorkflowError } from '../errors/workflow-error.ts';
import { mapOf } from '../values/value.ts';
import { describeFailure } from './describe-failure.ts';
import { RUN_LIMITS } from './run-limits.ts';

export type BranchFailure = { readonly id: string; readonly error: WorkflowError };

/**
 * The error of a parallel step. Only `message` and `tags` are documented; the shape of `branches`
 * and `truncated` is UNCONFIRMED, so a workflow should catch inside each branch instead.
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
                ['context', describeFailure(error).context],
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
