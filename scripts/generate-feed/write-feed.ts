import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { FeedOptions } from './generate-records.ts';
import { generateFeed } from './generate-text.ts';

/** Codes of a pipe that its reader has closed, which is not a failure. */
const CLOSED_PIPE = new Set(['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/**
 * Writes a feed to a file, compressed if its name ends in .gz, or to standard output for `-`.
 *
 * @returns false when the reader closed the pipe early.
 */
export async function writeFeed(feed: FeedOptions, file: string): Promise<boolean> {
  try {
    if (file.endsWith('.gz')) await pipeline(generateFeed(feed), createGzip(), openTarget(file));
    else await pipeline(generateFeed(feed), openTarget(file));
    return true;
  } catch (error) {
    if (!CLOSED_PIPE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  }
}

function openTarget(file: string): Writable {
  return file === '-' ? process.stdout : createWriteStream(file);
}
