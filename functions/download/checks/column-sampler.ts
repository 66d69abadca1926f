import { createRecordSplitter } from '../../shared/chunks/split-records.ts';

/** Of the feed's beginning, some 280 records of the City's. */
const SAMPLE_BYTES = 262_144;

export interface ColumnSampler {
  /** Takes the next bytes of the feed's array; all but the first 256 KiB are ignored. */
  write(bytes: Buffer): void;
  /** @returns the names that stand in any of the first records; none when these are no objects. */
  columns(): ReadonlySet<string>;
}

/** Looks at the beginning of a feed for the columns that its records have. */
export function createColumnSampler(): ColumnSampler {
  const pieces: Buffer[] = [];
  let left = SAMPLE_BYTES;
  return {
    write(bytes) {
      if (left === 0) return;
      // A copy, since a piece may be a part of much more memory.
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
