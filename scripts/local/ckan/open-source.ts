import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/**
 * Where the day's feed comes from: a file with the City's bare array, plain or `.gz`, or a function
 * that starts reading such an array anew.
 */
export type FeedSource = string | (() => Readable);

/**
 * Starts reading the feed's plain JSON.
 * @throws the file's error when it cannot be opened
 */
export async function openSource(source: FeedSource): Promise<Readable> {
  if (typeof source !== 'string') return source();
  // Opened before the first byte is asked for, so that a missing file is an answer, not a cut.
  const file = (await open(source)).createReadStream();
  if (!source.endsWith('.gz')) return file;
  // A failure of either ends both, and reaches whoever reads.
  return pipeline(file, createGunzip(), () => undefined);
}
