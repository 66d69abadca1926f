import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Execution } from './execution.ts';

/** Keeps executions for the next process. */
export interface ExecutionArchive {
  /** The executions of earlier processes, oldest first. */
  readonly history: readonly Execution[];
  /** Call this when an execution is created and again when it has ended. */
  save(execution: Execution): void;
  /** Removes the executions whose names begin with the prefix. */
  forget(namePrefix: string): void;
}

/** Keeps nothing. */
export const NO_EXECUTION_ARCHIVE: ExecutionArchive = {
  history: [],
  save: () => undefined,
  forget: () => undefined,
};

/**
 * Keeps the latest executions in `executions.jsonl`, one line for each change; an execution's last
 * line counts. Writes are synchronous, so a killed process leaves its unfinished executions.
 */
export function openExecutionArchive(directory: string, keep: number): ExecutionArchive {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'executions.jsonl');
  const mostLines = 4 * keep;
  let lines = 0;

  // Also done on opening: a crash may have cut the last line short, and appending would corrupt it.
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
