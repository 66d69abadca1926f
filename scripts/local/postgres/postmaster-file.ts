import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { readProcess } from './read-process.ts';

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
 * Finds the pid of a server that still runs on this cluster; null if there is none. A pid file that
 * names some other program is removed because PostgreSQL would take that program for a server. One
 * that names no live process is left to PostgreSQL, which checks whether any of the dead server's
 * children are still running.
 */
export async function findLeftoverServer(clusterFolder: string): Promise<number | null> {
  const facts = await readPostmasterFile(clusterFolder);
  if (facts === null) return null;
  const running = await readProcess(facts.pid);
  if (running === null) return null;
  if (running.command.includes('postgres') && running.command.includes(clusterFolder))
    return facts.pid;
  await rm(pidFile(clusterFolder), { force: true });
  return null;
}

function pidFile(clusterFolder: string): string {
  return path.join(clusterFolder, 'postmaster.pid');
}
