import { renameSync, writeFileSync } from 'node:fs';

/** Replaces a JSON file in one step: readers see either the old state or the new one. */
export function writeJsonAtomically(path: string, value: unknown): void {
  const temporaryPath = `${path}.tmp`;
  writeFileSync(temporaryPath, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(temporaryPath, path);
}
