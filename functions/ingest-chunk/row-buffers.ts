/** The rows of 5,000 of the City's records have 2.4 MB; memory that is not written to is none. */
const BUFFER_BYTES = 4 << 20;

/** Memory outside the heap; whoever has it may put a larger buffer in its place. */
export interface RowBuffer {
  bytes: Buffer;
}

const idle: RowBuffer[] = [];

/**
 * Lends memory for the rows of a chunk, which chunks hand on to each other: with new memory for each of
 * them V8 would collect the whole heap five times as often.
 *
 * @param work has to be done with the memory when it ends.
 */
export async function withRowBuffer<T>(work: (buffer: RowBuffer) => Promise<T>): Promise<T> {
  const buffer = idle.pop() ?? { bytes: Buffer.allocUnsafeSlow(BUFFER_BYTES) };
  try {
    return await work(buffer);
  } finally {
    // A larger one was for a chunk unlike the others.
    if (buffer.bytes.length === BUFFER_BYTES) idle.push(buffer);
  }
}
