import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { permanent } from '../../shared/errors.ts';

const READ_BYTES = 1 << 18;

/** A FIFO that takes the file's place after the check must not block the thread that opens it. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Checks that a path names a regular file that can be read.
 *
 * @returns the file's bytes; it is opened again when they are read.
 * @throws SyncError `feed_not_found` (404); `source_not_allowed` (400) for a directory, device,
 * FIFO or socket, and for a file that the kernel makes up, such as those of /proc.
 */
export async function readLocalFile(path: string): Promise<AsyncIterable<Buffer>> {
  try {
    // First, because opening a device may already have an effect.
    const stats = await stat(path);
    if (stats.isDirectory()) throw notAFile(path, 'a directory');
    if (!stats.isFile()) throw notAFile(path, 'a device, FIFO or socket');
    await using file = await open(path, FLAGS);
    if (stats.size === 0 && (await hasBytes(file))) throw notAFile(path, 'made up by the kernel');
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw permanent('feed_not_found', `${path} cannot be opened: ${code}`, { status: 404, cause });
  }
  return readBytes(path);
}

async function* readBytes(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, FLAGS);
  yield* file.createReadStream({ highWaterMark: READ_BYTES });
}

async function hasBytes(file: FileHandle): Promise<boolean> {
  return (await file.read(Buffer.alloc(1), 0, 1, 0)).bytesRead > 0;
}

function notAFile(path: string, what: string) {
  return permanent('source_not_allowed', `${path} is ${what}, not a regular file`, {
    status: 400,
    hint: 'Save the feed as a file and use its path',
  });
}
