import { renameSync, writeFileSync } from 'node:fs';

/** Replaces the file in one step: a reader, or the next start, sees the old or the new state whole. */
export function writeJsonAtomically(path: string, value: unknown): void {
  const temporaryPath = `${path}.tmp`;
  writeFileSync(temporaryPath, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(temporaryPath, path);
}
