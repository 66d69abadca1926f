import { ApiError } from '../../errors/api-error.ts';

const LEVELS = {
  callLogLevel: ['CALL_LOG_LEVEL_UNSPECIFIED', 'LOG_ALL_CALLS', 'LOG_ERRORS_ONLY', 'LOG_NONE'],
  executionHistoryLevel: [
    'EXECUTION_HISTORY_LEVEL_UNSPECIFIED',
    'EXECUTION_HISTORY_BASIC',
    'EXECUTION_HISTORY_DETAILED',
  ],
} as const;

/**
 * Checks a level; undefined if it is absent or the unspecified one.
 *
 * @throws ApiError
 */
export function checkLevel(
  field: keyof typeof LEVELS,
  level: string | undefined,
): string | undefined {
  const levels: readonly string[] = LEVELS[field];
  if (level === undefined || level === levels[0]) return undefined;
  if (levels.includes(level)) return level;
  throw new ApiError('INVALID_ARGUMENT', `unknown ${field} '${level}'`);
}
