import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { open, rm, truncate } from 'node:fs/promises';
import { encodeCrc32c, updateCrc32c } from '../crc32c.ts';

/** Content received completely, in a temporary file, with its checksums in base64. */
export interface ReceivedContent {
  readonly path: string;
  readonly sizeBytes: number;
  readonly crc32c: string;
  readonly md5Hash: string;
}

export interface ContentWriter {
  sizeBytes(): number;
  /** Appends until the source ends or fails; bytes from before a failure are kept. */
  append(source: AsyncIterable<Buffer>): Promise<void>;
  finish(): ReceivedContent;
  discard(): Promise<void>;
}

export interface ContentWriterOptions {
  readonly path: string;
  readonly onBytes: (sizeBytes: number) => void;
}

/**
 * Creates a writer that streams an upload to a file and hashes it, over as many requests as the
 * client needs. It holds one piece of the source in memory, whatever the size of the object.
 */
export function createContentWriter({ path, onBytes }: ContentWriterOptions): ContentWriter {
  const md5 = createHash('md5');
  let crc = 0;
  let sizeBytes = 0;

  async function append(source: AsyncIterable<Buffer>): Promise<void> {
    const file = await open(path, 'a');
    try {
      for await (const bytes of source) {
        await file.appendFile(bytes);
        crc = updateCrc32c(crc, bytes);
        md5.update(bytes);
        sizeBytes += bytes.length;
        onBytes(sizeBytes);
      }
    } finally {
      await file.close();
      // A write that failed half-way (a full disk) leaves bytes that are not in the checksums.
      await truncate(path, sizeBytes);
    }
  }

  return {
    sizeBytes: () => sizeBytes,
    append,
    finish: () => {
      // An empty object may have had no append.
      writeFileSync(path, '', { flag: 'a' });
      return {
        path,
        sizeBytes,
        crc32c: encodeCrc32c(crc),
        md5Hash: md5.copy().digest('base64'),
      };
    },
    discard: () => rm(path, { force: true }),
  };
}
