import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Revision } from './revision.ts';

/** Keeps revisions for the next process. */
export interface WorkflowArchive {
  /** Each workflow's revisions, newest first. */
  readonly workflows: readonly (readonly Revision[])[];
  save(workflowId: string, revisions: readonly Revision[]): void;
  remove(workflowId: string): void;
}

/** Keeps nothing. */
export const NO_WORKFLOW_ARCHIVE: WorkflowArchive = {
  workflows: [],
  save: () => undefined,
  remove: () => undefined,
};

/** Keeps each workflow's revisions in `deployed/<workflow>.json`, replaced atomically. */
export function openWorkflowArchive(directory: string): WorkflowArchive {
  const folder = join(directory, 'deployed');
  mkdirSync(folder, { recursive: true });
  const toPath = (workflowId: string) => join(folder, `${workflowId}.json`);
  return {
    workflows: readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))),
    save(workflowId, revisions) {
      const temporaryPath = `${toPath(workflowId)}.tmp`;
      writeFileSync(temporaryPath, JSON.stringify(revisions));
      renameSync(temporaryPath, toPath(workflowId));
    },
    remove: (workflowId) => rmSync(toPath(workflowId), { force: true }),
  };
}
