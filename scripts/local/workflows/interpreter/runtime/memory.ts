import { createLimitError } from '../../errors/workflow-error.ts';
import { measureValue } from '../../values/measure-value.ts';
import { isList, isMap, type Value } from '../../values/value.ts';
import { RUN_LIMITS } from './run-limits.ts';

/** The memory that an execution's variables use. */
export interface Memory {
  /**
   * Replaces one value by another; undefined is no value.
   *
   * @throws WorkflowError tagged ResourceLimitError, uncatchable
   */
  replace(before: Value | undefined, after: Value | undefined): void;
  usedBytes(): number;
}

export function createMemory(limitBytes: number = RUN_LIMITS.memoryBytes): Memory {
  let used = 0;
  return {
    usedBytes: () => used,
    replace(before, after) {
      if (after !== undefined && holdsLongString(after)) {
        throw createLimitError(
          'ResourceLimitError',
          `String length exceeds the limit of ${RUN_LIMITS.stringBytes} bytes`,
        );
      }
      used -= before === undefined ? 0 : measureValue(before);
      used += after === undefined ? 0 : measureValue(after);
      if (after !== undefined && used > limitBytes) {
        throw createLimitError(
          'ResourceLimitError',
          'Memory usage limit exceeded',
          `: variables take ${used} of ${limitBytes} bytes`,
        );
      }
    },
  };
}

function holdsLongString(value: Value): boolean {
  // A value is larger than its parts, so most are too small to hold a long string.
  if (measureValue(value) <= RUN_LIMITS.stringBytes) return false;
  if (typeof value === 'string') return Buffer.byteLength(value) > RUN_LIMITS.stringBytes;
  if (isList(value)) return value.some(holdsLongString);
  return isMap(value) && [...value].some(([key, item]) => [key, item].some(holdsLongString));
}
