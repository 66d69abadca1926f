import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Execution } from './execution.ts';

/** Where executions are kept beyond the process. */
export interface ExecutionArchive {
  /** What an earlier process left, oldest first. */
  readonly history: readonly Execution[];
  /** To be called when an execution is created and when it has ended. */
  save(execution: Execution): void;
  /** Forgets the executions whose names begin so. */
  forget(namePrefix: string): void;
}

/** Keeps nothing. */
export const NO_EXECUTION_ARCHIVE: ExecutionArchive = {
  history: [],
  save: () => undefined,
  forget: () => undefined,
};

/**
 * Keeps the latest executions in `executions.jsonl`, a line for each change; the last line of an
 * execution counts. Written at once, so that a process that is killed leaves what it had begun.
 */
export function openExecutionArchive(directory: string, keep: number): ExecutionArchive {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'executions.jsonl');
  const mostLines = 4 * keep;
  let lines = 0;

  // Opening does so too: the last line may have been cut short, and nothing must be added to it.
  function rewrite(executions: readonly Execution[]): readonly Execution[] {
    const kept = executions.slice(-keep);
    const temporaryPath = `${path}.tmp`;
    writeFileSync(temporaryPath, kept.map((execution) => toLine(execution)).join(''));
    renameSync(temporaryPath, path);
    lines = kept.length;
    return kept;
  }

  return {
    history: rewrite(readExecutions(path)),
    save(execution) {
      appendFileSync(path, toLine(execution));
      lines += 1;
      if (lines > mostLines) rewrite(readExecutions(path));
    },
    forget(namePrefix) {
      rewrite(readExecutions(path).filter(({ name }) => !name.startsWith(namePrefix)));
    },
  };
}

function toLine(execution: Execution): string {
  return `${JSON.stringify(execution)}\n`;
}

function readExecutions(path: string): readonly Execution[] {
  const byName = new Map<string, Execution>();
  for (const line of readText(path).split('\n')) {
    const execution = parseLine(line);
    if (execution !== undefined) byName.set(execution.name, execution);
  }
  return [...byName.values()];
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parseLine(line: string): Execution | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
