import { createError, type WorkflowError } from '../../errors/workflow-error.ts';
import { mapOf } from '../../values/value.ts';
import { describePlace, listPlaces } from '../runtime/describe-failure.ts';
import { RUN_LIMITS } from '../runtime/run-limits.ts';

export interface BranchFailure {
  readonly id: string;
  readonly error: WorkflowError;
}

/**
 * The error of a parallel step. Only `message` and `tags` are documented; of `branches` only the
 * `context` and `payload` of an error have been seen, the rest of its shape and `truncated` are
 * UNCONFIRMED, so a workflow should catch inside each branch instead.
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

// The service says only this and the place here; what was raised is the payload.
function describeContext(error: WorkflowError): string {
  const places = listPlaces(error).map(describePlace);
  return ['RuntimeError: "branch error"', ...places].join('\n');
}
