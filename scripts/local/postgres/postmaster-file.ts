import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { readProcess } from './read-process.ts';

/** What the running server says of itself in `postmaster.pid`. */
export type PostmasterFacts = Readonly<{ pid: number; isReady: boolean }>;

/**
 * Reads `postmaster.pid`: pid on its first line, status on its eighth (miscadmin.h, LOCK_FILE_LINE_…).
 * Null when there is none, or when it is being written.
 */
export async function readPostmasterFile(dataFolder: string): Promise<PostmasterFacts | null> {
  const text = await readFile(pidFile(dataFolder), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, isReady: lines[7]?.trim() === 'ready' };
}

/**
 * Whether a server of this data folder is running. A file that names a process which is something
 * else is removed, for PostgreSQL would take it for a server; one that names no process is left to
 * PostgreSQL, which then looks whether any of the dead server's children are still at work.
 */
export async function findLeftoverServer(dataFolder: string): Promise<number | null> {
  const facts = await readPostmasterFile(dataFolder);
  if (facts === null) return null;
  const running = await readProcess(facts.pid);
  if (running === null) return null;
  if (running.command.includes('postgres') && running.command.includes(dataFolder))
    return facts.pid;
  await rm(pidFile(dataFolder), { force: true });
  return null;
}

function pidFile(dataFolder: string): string {
  return path.join(dataFolder, 'postmaster.pid');
}
