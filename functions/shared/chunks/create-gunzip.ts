import { createGunzip as createZlibGunzip, type Gunzip } from 'node:zlib';

/** Of zlib's own 16 KiB there would be so many pieces that to read a feed takes half as long again. */
const PIECE_BYTES = 1 << 18;

export function createGunzip(): Gunzip {
  return createZlibGunzip({ chunkSize: PIECE_BYTES });
}
