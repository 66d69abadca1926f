import { type Zippable, zipSync } from 'fflate';

/** A ZIP file keeps local time without a zone, and begins in 1980: the same bytes everywhere. */
const MODIFIED_AT = new Date(1980, 0, 1);

/** Packs files, by their path, into a ZIP file whose bytes follow from theirs alone. */
export function createZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries: Zippable = {};
  for (const path of [...files.keys()].sort()) entries[path] = files.get(path) as Uint8Array;
  return zipSync(entries, { level: 9, mtime: MODIFIED_AT });
}
