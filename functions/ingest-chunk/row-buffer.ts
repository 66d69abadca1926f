/** The rows of 5,000 of the City's records take 2.4 MB; pages never written take no memory. */
const BUFFER_BYTES = 4 << 20;

/** Memory outside V8's heap; its borrower may replace it with a larger buffer. */
export interface RowBuffer {
  bytes: Buffer;
}

const idle: RowBuffer[] = [];

/**
 * Lends memory for the rows of one chunk until `work` has ended. Chunks reuse it: with new memory
 * for each chunk, V8 would collect the whole heap five times as often.
 */
export async function withRowBuffer<T>(work: (buffer: RowBuffer) => Promise<T>): Promise<T> {
  const buffer = idle.pop() ?? { bytes: Buffer.allocUnsafeSlow(BUFFER_BYTES) };
  try {
    return await work(buffer);
  } finally {
    // A larger one was needed for an unusual chunk, and is dropped.
    if (buffer.bytes.length === BUFFER_BYTES) idle.push(buffer);
  }
}
