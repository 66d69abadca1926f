import type { CreateWriteStreamOptions, File } from '@google-cloud/storage';

/** A multiple of 256 KiB; the client holds this much to send it again. */
const CHUNK_BYTES = 8_388_608;

/**
 * Options with which the client goes on after an upload of the feed breaks off: it sends chunks
 * that it still holds, and repeats a request only if the object's generation is a precondition.
 */
export async function uploadOptions(file: File): Promise<CreateWriteStreamOptions> {
  return {
    contentType: 'application/gzip',
    // MD5 is computed natively by Node; the client's CRC32C is ten times as slow.
    validation: 'md5',
    chunkSize: CHUNK_BYTES,
    preconditionOpts: { ifGenerationMatch: await readGeneration(file) },
  };
}

/** @returns 0 if the object does not exist. */
async function readGeneration(file: File): Promise<number | string> {
  try {
    const [{ generation }] = await file.getMetadata();
    return generation ?? 0;
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return 0;
    throw error;
  }
}
