import { watch } from 'node:fs';
import {
  deployFile,
  describeRefusal,
  isWorkflowFile,
  type WorkflowsFolder,
} from './deploy-folder.ts';

interface WatchOptions {
  /** Receives a line for the operator at each deployment and each refusal. */
  readonly report: (message: string) => void;
  /** How long a file must be unchanged: editors write one in several steps. */
  readonly settleMilliseconds?: number;
}

/**
 * Deploys a workflow again when its file changes. If the service refuses it, the last good revision
 * stays; if the file is deleted, so does the workflow.
 *
 * @returns a function that stops watching
 */
export function watchWorkflows(
  folder: WorkflowsFolder,
  { report, settleMilliseconds = 100 }: WatchOptions,
): () => void {
  const pending = new Map<string, NodeJS.Timeout>();
  const last = new Map<string, string>();

  const say = (name: string, outcome: string): void => {
    if (last.get(name) === outcome) return;
    last.set(name, outcome);
    report(`${name} ${outcome}`);
  };

  const deployAgain = async (name: string): Promise<void> => {
    try {
      const { revisionId } = await deployFile(folder, name);
      say(name, `is deployed as revision ${revisionId}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      say(name, `is refused, its last good revision stays: ${describeRefusal(error)}`);
    }
  };

  const watcher = watch(folder.directory, (_event, name) => {
    if (name === null || !isWorkflowFile(name)) return;
    clearTimeout(pending.get(name));
    const timer = setTimeout(() => {
      pending.delete(name);
      void deployAgain(name);
    }, settleMilliseconds);
    pending.set(name, timer);
  });
  watcher.on('error', (error) => report(`workflows are no longer watched: ${error.message}`));
  return () => {
    watcher.close();
    for (const timer of pending.values()) clearTimeout(timer);
  };
}
