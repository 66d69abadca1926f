import { CRC32C } from '@google-cloud/storage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCrc32c, updateCrc32c } from './crc32c.ts';

test('the check value of the CRC catalogue is computed', () => {
  expect(updateCrc32c(0, Buffer.from('123456789')) >>> 0).toBe(0xe3069283);
});

test('no bytes have the checksum AAAAAA==', () => {
  expect(encodeCrc32c(updateCrc32c(0, Buffer.alloc(0)))).toBe('AAAAAA==');
});

test("any bytes, cut anywhere, have the checksum that Google's client computes", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (pieces) => {
      const buffers = pieces.map((piece) => Buffer.from(piece));
      const theirs = new CRC32C();
      theirs.update(Buffer.concat(buffers));
      const ours = buffers.reduce((crc, buffer) => updateCrc32c(crc, buffer), 0);
      expect(encodeCrc32c(ours)).toBe(theirs.toString());
    }),
  );
});
