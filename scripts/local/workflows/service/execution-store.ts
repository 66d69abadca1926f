import { ApiError } from '../errors/api-error.ts';
import { type Execution, readExecutionId } from './execution.ts';

/** The executions by id. Beyond a limit, the oldest finished ones are dropped. */
export interface ExecutionStore {
  save(execution: Execution): void;
  /** @throws ApiError */
  find(executionId: string): Execution;
  /** Newest first. */
  list(namePrefix: string): readonly Execution[];
  remove(executionId: string): void;
}

export function createExecutionStore(
  keep: number,
  onDrop: (executionId: string) => void,
): ExecutionStore {
  const byId = new Map<string, Execution>();

  function dropOldest(): void {
    for (const [id, execution] of byId) {
      if (byId.size <= keep) return;
      if (execution.state === 'ACTIVE') continue;
      byId.delete(id);
      onDrop(id);
    }
  }

  return {
    remove: (executionId) => byId.delete(executionId),
    save(execution) {
      byId.set(readExecutionId(execution), execution);
      if (byId.size > keep) dropOldest();
    },
    find(executionId) {
      const execution = byId.get(executionId);
      if (execution !== undefined) return execution;
      throw new ApiError('NOT_FOUND', `execution '${executionId}' does not exist`);
    },
    list: (namePrefix) =>
      [...byId.values()].filter(({ name }) => name.startsWith(namePrefix)).reverse(),
  };
}
