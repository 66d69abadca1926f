import { createRecordSplitter } from '../../../functions/shared/chunks/split-records.ts';

/**
 * Reads a bare JSON array, yielding for each piece of the source the records that it completes,
 * each as its own bytes. Memory holds one piece and one record.
 *
 * @throws SyncError when the source is not a JSON array
 */
export async function* readRecords(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  const ranges: [start: number, end: number][] = [];
  const splitter = createRecordSplitter((start, end) => ranges.push([start, end]));
  let held: Buffer = Buffer.alloc(0);
  let heldFrom = 0;
  for await (const piece of source) {
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    splitter.write(piece);
    const found = ranges.splice(0);
    yield found.map(([start, end]) => held.subarray(start - heldFrom, end - heldFrom));
    const readTo = found.at(-1)?.[1] ?? heldFrom;
    held = held.subarray(readTo - heldFrom);
    heldFrom = readTo;
  }
  splitter.end();
}
