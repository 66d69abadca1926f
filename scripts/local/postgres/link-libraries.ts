import { readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** Paths relative to the package's folder. */
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Makes the links to PostgreSQL's libraries that the package's install script makes: npm does not
 * run it with `--ignore-scripts`, nor pnpm before it is approved.
 *
 * @param root the package's folder `native`
 * @throws the error of the file system, such as EROFS
 */
export async function linkLibraries(root: string): Promise<void> {
  const text = await readFile(path.join(root, 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of linksSchema.parse(JSON.parse(text))) {
    const to = path.relative(path.dirname(target), source);
    await symlink(to, path.join(path.dirname(root), target)).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  }
}
