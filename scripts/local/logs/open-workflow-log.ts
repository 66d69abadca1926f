import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { LogEntry } from '../workflows/service/log-entry.ts';

export interface WorkflowLog {
  write(entry: LogEntry): void;
  /** Resolves once everything is in the file. */
  close(): Promise<void>;
}

/**
 * Opens `workflows.log` in a folder, which gets one JSON line per entry; each start replaces it.
 */
export async function openWorkflowLog(directory: string): Promise<WorkflowLog> {
  await mkdir(directory, { recursive: true });
  const stream = createWriteStream(join(directory, 'workflows.log'));
  return {
    write: (entry) => stream.write(`${JSON.stringify(entry)}\n`),
    async close() {
      stream.end();
      await finished(stream);
    },
  };
}
