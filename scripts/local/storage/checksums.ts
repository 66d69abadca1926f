import type { UploadMetadata } from './object-record.ts';
import { invalidArgument } from './storage-error.ts';
import type { ReceivedContent } from './uploads/content-writer.ts';

/** The checksums that the client expects, in base64. */
export interface ExpectedChecksums {
  readonly crc32c?: string;
  readonly md5Hash?: string;
}

/** Reads checksums from the X-Goog-Hash header (`crc32c=…,md5=…`), then from the upload's JSON. */
export function readExpectedChecksums(
  metadata: UploadMetadata,
  hashHeader: string | undefined,
): ExpectedChecksums {
  const hashes = new Map(
    (hashHeader ?? '')
      .split(',')
      .map((pair) => pair.trim().split(/=(.*)/s))
      .map(([algorithm, value]) => [algorithm?.toLowerCase(), value]),
  );
  const crc32c = hashes.get('crc32c') ?? metadata.crc32c;
  const md5Hash = hashes.get('md5') ?? metadata.md5Hash;
  return { ...(crc32c && { crc32c }), ...(md5Hash && { md5Hash }) };
}

/** @throws StorageError 400 if the content does not have the checksums that the client expects */
export function verifyChecksums(content: ReceivedContent, expected: ExpectedChecksums): void {
  if (expected.crc32c !== undefined && expected.crc32c !== content.crc32c) {
    throw invalidArgument(
      `Provided CRC32C "${expected.crc32c}" doesn't match calculated CRC32C "${content.crc32c}".`,
    );
  }
  if (expected.md5Hash !== undefined && expected.md5Hash !== content.md5Hash) {
    throw invalidArgument(
      `Provided MD5 hash "${expected.md5Hash}" doesn't match calculated MD5 hash "${content.md5Hash}".`,
    );
  }
}
