import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readProcess } from './read-process.ts';

const claimSchema = z.object({ pid: z.number().int().positive(), startedAt: z.string() });
type Claim = z.infer<typeof claimSchema>;

/**
 * Claims a directory for a process until the returned function is called. Takes over the claim of a
 * process that has ended, even if another program now has its pid.
 *
 * @throws Error naming the live process that holds the directory
 */
export async function claimDirectory(directory: string, pid: number): Promise<() => Promise<void>> {
  const file = path.join(directory, 'owner.json');
  const claim: Claim = { pid, startedAt: (await readProcess(pid))?.startedAt ?? '' };

  for (;;) {
    try {
      await writeFile(file, JSON.stringify(claim), { flag: 'wx', mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = await readClaim(file);
    if (holder !== null && (await isAlive(holder))) {
      throw new Error(
        `${directory} is in use by process ${holder.pid}: stop that one, or name another directory with --data-dir`,
      );
    }
    await rm(file, { force: true });
  }
}

/** Null for a claim that a crash cut short: nobody holds it. */
async function readClaim(file: string): Promise<Claim | null> {
  try {
    return claimSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

async function isAlive({ pid, startedAt }: Claim): Promise<boolean> {
  return (await readProcess(pid))?.startedAt === startedAt;
}
