import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readProcess } from './read-process.ts';

const claimSchema = z.object({ pid: z.number().int().positive(), startedAt: z.string() });
type Claim = z.infer<typeof claimSchema>;

/** What `link` says on file systems without hard links, such as exFAT. */
const LINKLESS: readonly unknown[] = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'];

/**
 * Claims a directory, which is created if absent, for a process until the returned function is
 * called. Takes over the claim of a process that has ended, even if another program now has its
 * pid.
 *
 * @throws Error naming the live process that holds the directory, or why nothing can be written
 * there
 */
export async function claimDirectory(directory: string, pid: number): Promise<() => Promise<void>> {
  const file = path.join(directory, 'owner.json');
  const startedAt = (await readProcess(pid))?.startedAt ?? '';
  // No two claims have the same text, so a text read twice is the same claim.
  const text = JSON.stringify({ pid, startedAt, id: randomUUID() });
  const holder = await mkdir(directory, { recursive: true })
    .then(() => claimFile(file, text))
    .catch((cause: unknown) => {
      if (codeOf(cause) === undefined) throw cause;
      throw new Error(
        `nothing can be written in ${directory} (${codeOf(cause)}): name another directory with --data-dir`,
        { cause },
      );
    });
  if (holder !== null) {
    throw new Error(
      `${directory} is in use by process ${holder.pid}: stop that one, or name another directory with --data-dir`,
    );
  }
  return async () => {
    if ((await readText(file)) === text) await rm(file, { force: true });
  };
}

/**
 * Writes a claim to a file, unless a live process holds the file. To replace a dead claim, a
 * process first claims that replacement, under a name made from the dead claim; so only one
 * replaces it, and one that dies while doing so is itself replaced.
 *
 * @returns the live holder, or null when the file is claimed
 */
async function claimFile(file: string, text: string): Promise<Claim | null> {
  for (;;) {
    if (await createFile(file, text)) return null;
    const held = await readText(file);
    if (held === null) continue;
    const holder = parseClaim(held);
    if (holder !== null && (await isAlive(holder))) return holder;

    const replacement = `${file}.${hash(held)}`;
    const replacer = await claimFile(replacement, text);
    if (replacer !== null) return replacer;
    try {
      // Another process may have replaced it, and ended its own claim on that, since it was read.
      if ((await readText(file)) !== held) continue;
      await writeFile(`${replacement}.new`, text, { mode: 0o600 });
      await rename(`${replacement}.new`, file);
      return null;
    } finally {
      await rm(replacement, { force: true });
    }
  }
}

/** Creates a file with its whole text at once; false if it exists. */
async function createFile(file: string, text: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await link(draft, file).catch(async (error: unknown) => {
      if (!LINKLESS.includes(codeOf(error))) throw error;
      await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Null if there is no such file. */
async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Null for a claim that a crash cut short: nobody holds it. */
function parseClaim(text: string): Claim | null {
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function isAlive({ pid, startedAt }: Claim): Promise<boolean> {
  return (await readProcess(pid))?.startedAt === startedAt;
}
