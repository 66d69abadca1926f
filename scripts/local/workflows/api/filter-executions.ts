import { ApiError } from '../service/api-error.ts';
import { type Execution, readExecutionId } from '../service/execution.ts';

const FIELDS: Readonly<Record<string, (execution: Execution) => string>> = {
  state: ({ state }) => state,
  executionId: readExecutionId,
  workflowRevisionId: ({ workflowRevisionId }) => workflowRevisionId,
  createTime: ({ createTime }) => createTime,
  startTime: ({ startTime }) => startTime,
  endTime: ({ endTime }) => endTime ?? '',
};
const TERM = /^\s*(\w+)\s*(!=|>=|<=|=|:|>|<)\s*(?:"([^"]*)"|(\S+))\s*$/;

/**
 * Executions that match an AIP-160 filter: comparisons joined by AND, of state, executionId,
 * workflowRevisionId and the times. Throws ApiError for anything else.
 */
export function filterExecutions(
  executions: readonly Execution[],
  filter: string | undefined,
): readonly Execution[] {
  if (filter === undefined) return executions;
  const tests = filter.split(/\s+AND\s+/).map(parseTerm);
  return executions.filter((execution) => tests.every((test) => test(execution)));
}

function parseTerm(term: string): (execution: Execution) => boolean {
  const [, field = '', operator, quoted, bare] = TERM.exec(term) ?? [];
  const read = FIELDS[field];
  if (read === undefined) throw new ApiError('INVALID_ARGUMENT', `invalid filter: ${term}`);
  const wanted = quoted ?? bare ?? '';
  return (execution) => {
    const value = read(execution);
    switch (operator) {
      case '!=':
        return value !== wanted;
      case '>':
        return value > wanted;
      case '>=':
        return value >= wanted;
      case '<':
        return value !== '' && value < wanted;
      case '<=':
        return value !== '' && value <= wanted;
      default:
        return value === wanted;
    }
  };
}

/**
 * Executions in the order of `orderBy`, a comma-separated list of fields, each with `desc` or not;
 * newest first without one. Throws ApiError.
 */
export function orderExecutions(
  executions: readonly Execution[],
  orderBy: string | undefined,
): readonly Execution[] {
  if (orderBy === undefined) return executions;
  const keys = orderBy.split(',').map((part) => {
    const [field = '', direction = 'asc', ...rest] = part.trim().split(/\s+/);
    const read = FIELDS[field];
    if (read === undefined || rest.length > 0 || !['asc', 'desc'].includes(direction)) {
      throw new ApiError('INVALID_ARGUMENT', `invalid orderBy: ${part}`);
    }
    return { read, sign: direction === 'desc' ? -1 : 1 };
  });
  return executions.toSorted((left, right) => {
    for (const { read, sign } of keys) {
      const [a, b] = [read(left), read(right)];
      if (a !== b) return a < b ? -sign : sign;
    }
    return 0;
  });
}
