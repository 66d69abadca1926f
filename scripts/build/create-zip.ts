import { type Zippable, zipSync } from 'fflate';

/**
 * The earliest time of a ZIP file, which has no time zone, so the bytes are the same everywhere.
 */
const MODIFIED_AT = new Date(1980, 0, 1);

/** Packs files by path into a ZIP file whose bytes depend only on theirs. */
export function createZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries: Zippable = {};
  for (const path of [...files.keys()].sort()) entries[path] = files.get(path) as Uint8Array;
  return zipSync(entries, { level: 9, mtime: MODIFIED_AT });
}
