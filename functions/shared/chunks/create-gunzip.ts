import { createGunzip as createZlibGunzip, type Gunzip } from 'node:zlib';

/** With zlib's default of 16 KiB, the many pieces make reading a feed take half as long again. */
const PIECE_BYTES = 1 << 18;

/** Creates a gunzip stream that outputs large pieces. */
export function createGunzip(): Gunzip {
  return createZlibGunzip({ chunkSize: PIECE_BYTES });
}
