import type { SourceRecord } from '../shared/chunks/read-chunk.ts';
import { MAX_RECORD_BYTES } from '../shared/chunks/split-records.ts';
import { createRecordMapper } from '../shared/mapping/create-record-mapper.ts';
import { hashRow } from '../shared/mapping/map-record.ts';
import { type DescribedReject, describeReject } from './describe-reject.ts';
import type { IncomingRecords } from './incoming-records.ts';
import type { RowBuffer } from './row-buffer.ts';

/** The run and chunk that wrote a row; stored in each row. */
export interface Writer {
  readonly run_id: number;
  readonly chunk_number: number;
  /** The run's start, in PostgreSQL's text format. */
  readonly started_at: string;
}

interface ChunkRows {
  readonly incoming: IncomingRecords;
  readonly rejects: readonly DescribedReject[];
}

export interface ChunkRowsWriter {
  write(record: SourceRecord): void;
  /** @returns everything written so far; its rows are views of the buffer. */
  end(): ChunkRows;
}

/** The position, the data hash, the record fingerprint and their separators. */
const ROW_EXTRA_BYTES = 160;

/**
 * Creates a writer that maps records one by one into `buffer`, which grows if necessary.
 *
 * @param ignored names unmapped columns to drop.
 */
export function createChunkRows(
  writer: Writer,
  buffer: RowBuffer,
  ignored?: ReadonlySet<string>,
): ChunkRowsWriter {
  const { started_at, run_id, chunk_number } = writer;
  const mapper = createRecordMapper(ignored);
  const seenAt = `\t${started_at}\t${started_at}`;
  const writtenBy = Buffer.from(`${seenAt}\t${run_id}\t${run_id}\t${chunk_number}\n`);
  const rejects: DescribedReject[] = [];
  let used = 0;
  let records = 0;

  const reserve = (bytes: number): void => {
    const most = used + bytes;
    if (most <= buffer.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * most);
    buffer.bytes.copy(larger, 0, 0, used);
    buffer.bytes = larger;
  };

  /** @returns the reason if the record has no row, else null. */
  const writeRow = ({ position, fingerprint, isTooLarge, bytes }: SourceRecord): string | null => {
    if (isTooLarge) return `larger than ${MAX_RECORD_BYTES} bytes`;
    const row = mapper.map(bytes);
    if ('reason' in row) return row.reason;
    reserve(ROW_EXTRA_BYTES + row.length + writtenBy.length);
    used += buffer.bytes.write(`${position}\t`, used, 'latin1');
    used += row.copy(buffer.bytes, used);
    const hashes = `\t\\\\x${hashRow(row)}\t${fingerprint ?? '\\N'}`;
    used += buffer.bytes.write(hashes, used, 'latin1');
    used += writtenBy.copy(buffer.bytes, used);
    records += 1;
    return null;
  };

  return {
    write(record) {
      const reason = writeRow(record);
      if (reason !== null) rejects.push(describeReject(record, reason));
    },
    end: () => ({ incoming: { records, rows: buffer.bytes.subarray(0, used) }, rejects }),
  };
}
