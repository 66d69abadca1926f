import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type ProcessFacts, readProcess } from './read-process.ts';
import { isSameDirectory } from './secure-data-directory.ts';

/** What the running server says about itself in `postmaster.pid`. */
export interface PostmasterFacts {
  readonly pid: number;
  readonly isReady: boolean;
}

/**
 * Reads `postmaster.pid`: the pid is on line 1, the status on line 8 (miscadmin.h,
 * LOCK_FILE_LINE_…). Null when there is no such file, or it is still being written.
 */
export async function readPostmasterFile(clusterFolder: string): Promise<PostmasterFacts | null> {
  const text = await readFile(pidFile(clusterFolder), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, isReady: lines[7]?.trim() === 'ready' };
}

/**
 * Finds the pid of a server that still runs on this cluster; null if there is none. Removes a pid
 * file that PostgreSQL would refuse to replace, although it names a zombie or some other program.
 * One that names no process, or a process that is just ending, is left to PostgreSQL, which also
 * checks whether any of a dead server's children are still running.
 */
export async function findLeftoverServer(clusterFolder: string): Promise<number | null> {
  const facts = await readPostmasterFile(clusterFolder);
  if (facts === null) return null;
  const { pid } = facts;
  const running = await readProcess(pid);
  if (running === null) {
    if (hasPid(pid)) await removePostmasterFile(clusterFolder);
    return null;
  }
  // A process that is ending has no command line any more.
  if (running.command === '') return null;
  if (running.command.includes('postgres') && (await servesCluster(pid, running, clusterFolder)))
    return pid;
  await removePostmasterFile(clusterFolder);
  return null;
}

/** Frees a cluster whose pid file is certainly stale. */
export async function removePostmasterFile(clusterFolder: string): Promise<void> {
  await rm(pidFile(clusterFolder), { force: true });
}

/** A server works in its cluster's folder, which may have been renamed since it was started. */
async function servesCluster(
  pid: number,
  { command }: ProcessFacts,
  clusterFolder: string,
): Promise<boolean> {
  return (
    command.includes(clusterFolder) || (await isSameDirectory(`/proc/${pid}/cwd`, clusterFolder))
  );
}

/**
 * Whether a pid is taken, if only by a zombie: its parent (PID 1 in a container) may never reap it.
 */
function hasPid(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function pidFile(clusterFolder: string): string {
  return path.join(clusterFolder, 'postmaster.pid');
}
