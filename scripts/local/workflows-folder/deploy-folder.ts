import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { WorkflowsService } from '../workflows/create-workflows-service.ts';
import { ApiError } from '../workflows/errors/api-error.ts';
import type { Revision } from '../workflows/service/revision.ts';
import { LoadError } from '../workflows/source/load-error.ts';

/** A folder of workflow sources; each is deployed under its file's name. */
export interface WorkflowsFolder {
  readonly directory: string;
  /** The user environment variables, which all of them get. */
  readonly envVars: Readonly<Record<string, string>>;
  readonly deploy: WorkflowsService['deploy'];
}

const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);

/** Whether a file of the folder is a workflow's source. */
export function isWorkflowFile(name: string): boolean {
  return EXTENSIONS.has(extname(name)) && !name.startsWith('.');
}

/** @throws LoadError or ApiError for what the service refuses. */
export async function deployFile(folder: WorkflowsFolder, name: string): Promise<Revision> {
  return folder.deploy({
    workflowId: basename(name, extname(name)),
    source: await readFile(join(folder.directory, name), 'utf8'),
    envVars: folder.envVars,
  });
}

/**
 * Deploys every workflow of the folder.
 *
 * @returns what was refused, by the name of the file; the rest is deployed all the same.
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

/** A refusal in the words of `gcloud workflows deploy`. */
export function describeRefusal(error: unknown): string {
  if (error instanceof LoadError) return `[INVALID_ARGUMENT] ${error.message}`;
  if (error instanceof ApiError) return `[${error.status}] ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
