import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/**
 * Starts reading the plain JSON of a feed's file, which may be a `.gz`.
 *
 * @throws the file's error when it cannot be opened
 */
export async function openFeedFile(path: string): Promise<Readable> {
  // Opened before the first byte is sent, so a missing file gives an answer, not a cut connection.
  const file = (await open(path)).createReadStream();
  if (!path.endsWith('.gz')) return file;
  // A failure of either stream ends both and reaches the reader.
  return pipeline(file, createGunzip(), () => undefined);
}
