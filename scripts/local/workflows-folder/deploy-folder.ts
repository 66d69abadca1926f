import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { WorkflowsService } from '../workflows/create-workflows-service.ts';
import { ApiError } from '../workflows/errors/api-error.ts';
import type { Revision } from '../workflows/service/revision.ts';
import { LoadError } from '../workflows/source/load-error.ts';

/** A folder of workflow sources, each deployed under the name of its file. */
export interface WorkflowsFolder {
  readonly directory: string;
  /** The user environment variables of every workflow. */
  readonly envVars: Readonly<Record<string, string>>;
  readonly deploy: WorkflowsService['deploy'];
}

const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);

/** Whether a file in the folder is a workflow's source. */
export function isWorkflowFile(name: string): boolean {
  return EXTENSIONS.has(extname(name)) && !name.startsWith('.');
}

/**
 * Deploys one workflow of the folder.
 *
 * @throws LoadError or ApiError if the service refuses it
 */
export async function deployFile(folder: WorkflowsFolder, name: string): Promise<Revision> {
  return folder.deploy({
    workflowId: basename(name, extname(name)),
    source: await readFile(join(folder.directory, name), 'utf8'),
    envVars: folder.envVars,
  });
}

/**
 * Deploys every workflow of the folder. A refused one does not hold up the others.
 *
 * @returns the refusals by file name
 */
export async function deployFolder(folder: WorkflowsFolder): Promise<ReadonlyMap<string, Error>> {
  const refusals = new Map<string, Error>();
  for (const name of (await readdir(folder.directory)).filter(isWorkflowFile).sort()) {
    try {
      await deployFile(folder, name);
    } catch (error) {
      refusals.set(name, error as Error);
    }
  }
  return refusals;
}

/** Words a refusal as `gcloud workflows deploy` does. */
export function describeRefusal(error: unknown): string {
  if (error instanceof LoadError) return `[INVALID_ARGUMENT] ${error.message}`;
  if (error instanceof ApiError) return `[${error.status}] ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
