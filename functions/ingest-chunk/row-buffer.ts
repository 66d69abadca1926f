/** The rows of 5,000 of the City's records take 2.4 MB; memory that is not written to costs none. */
const BUFFER_BYTES = 4 << 20;

/** Memory outside V8's heap; whoever borrows it may replace it by a larger buffer. */
export interface RowBuffer {
  bytes: Buffer;
}

const idle: RowBuffer[] = [];

/**
 * Lends memory for the rows of one chunk until `work` has ended. Chunks reuse it: with new memory for
 * each of them V8 would collect the whole heap five times as often.
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
