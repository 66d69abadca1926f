import { integerAt } from '../chunks/binary-array.ts';
import type { Cut } from '../chunks/cut-chunks.ts';

/** Reads the texts of a chunk's records, by their byte ranges. */
export function readPackedRecords(
  bytes: Buffer,
  { records, begins, ends }: Omit<Cut, 'end'>,
): readonly string[] {
  return Array.from({ length: records }, (_, index) =>
    bytes.toString('utf8', integerAt(begins, index), integerAt(ends, index)),
  );
}
