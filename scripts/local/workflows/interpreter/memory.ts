import { createLimitError } from '../errors/workflow-error.ts';
import { measureValue } from '../values/measure-value.ts';
import type { Value } from '../values/value.ts';
import { RUN_LIMITS } from './run-limits.ts';

/** Accounts for an execution's variables. */
export type Memory = {
  /** Exchanges one value for another; undefined is no value. Raises ResourceLimitError, uncatchable. */
  replace(before: Value | undefined, after: Value | undefined): void;
  usedBytes(): number;
};

export function createMemory(limitBytes: number = RUN_LIMITS.memoryBytes): Memory {
  let used = 0;
  return {
    usedBytes: () => used,
    replace(before, after) {
      if (typeof after === 'string' && Buffer.byteLength(after) > RUN_LIMITS.stringBytes) {
        throw createLimitError(
          'ResourceLimitError',
          `string length exceeds the limit of ${RUN_LIMITS.stringBytes} bytes`,
        );
      }
      used -= before === undefined ? 0 : measureValue(before);
      used += after === undefined ? 0 : measureValue(after);
      if (after !== undefined && used > limitBytes) {
        throw createLimitError(
          'ResourceLimitError',
          `memory usage limit exceeded: variables take ${used} of ${limitBytes} bytes`,
        );
      }
    },
  };
}
