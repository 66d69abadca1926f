import { createRecordSplitter } from '../../shared/chunks/split-records.ts';

/** How much of the feed's beginning is looked at: about 280 of the City's records. */
const SAMPLE_BYTES = 262_144;

export interface ColumnSampler {
  /** Takes the next bytes of the feed's array; ignores all but the first 256 KiB. */
  write(bytes: Buffer): void;
  /** @returns the names in any of the first records; none if no record is an object. */
  columns(): ReadonlySet<string>;
}

/** Finds the columns of a feed from the records at its beginning. */
export function createColumnSampler(): ColumnSampler {
  const pieces: Buffer[] = [];
  let left = SAMPLE_BYTES;
  return {
    write(bytes) {
      if (left === 0) return;
      // A copy, because a piece may be a view of a much larger buffer.
      const piece = Buffer.from(bytes.subarray(0, left));
      pieces.push(piece);
      left -= piece.length;
    },
    columns() {
      const sample = Buffer.concat(pieces);
      const names = new Set<string>();
      const splitter = createRecordSplitter((start, end) => {
        for (const name of namesOf(sample.toString('utf8', start, end))) names.add(name);
      });
      splitter.write(sample);
      return names;
    },
  };
}

function namesOf(text: string): readonly string[] {
  try {
    const record: unknown = JSON.parse(text);
    const isObject = typeof record === 'object' && record !== null && !Array.isArray(record);
    return isObject ? Object.keys(record) : [];
  } catch {
    return [];
  }
}
