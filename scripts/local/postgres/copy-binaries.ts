import { chmod, cp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Binaries, moveBinaries } from './find-binaries.ts';
import { runProgram } from './run-program.ts';

/**
 * Copies PostgreSQL's programs (60 MB) into a folder, world-readable, unless it has that version.
 */
export async function copyBinaries(binaries: Binaries, folder: string): Promise<Binaries> {
  const version = await findVersion(binaries);
  const target = path.join(folder, `programs-${version}`);
  if ((await stat(target).catch(() => null)) === null) {
    const partial = `${target}.partial`;
    await rm(partial, { recursive: true, force: true });
    await cp(binaries.root, partial, { recursive: true, verbatimSymlinks: true });
    await openToAll(partial);
    // Only a complete copy gets this name, so a start that was cut short leaves nothing usable.
    await rename(partial, target);
  }
  return moveBinaries(binaries, target);
}

/** From the package if there is one: the programs may not be executable where they are. */
async function findVersion({ root, postgres }: Binaries): Promise<string> {
  const manifest = path.join(path.dirname(root), 'package.json');
  const text = await readFile(manifest, 'utf8').catch(async () => {
    const { output } = await runProgram(postgres, ['--version']).catch(() => ({ output: '' }));
    return `"version": "${output.trim()}"`;
  });
  return /"version": "[^"]*?([\d.]+)/.exec(text)?.[1] ?? 'unknown';
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (entry.isSymbolicLink()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const { mode } = await stat(file);
    await chmod(file, entry.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
}
