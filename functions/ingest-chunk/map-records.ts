import { isUtf8 } from 'node:buffer';
import { MAX_RECORD_BYTES } from '../shared/record-splitter.ts';
import {
  hashRow,
  type MappedRecord,
  mapRecord,
  type PermitKey,
  readKey,
  type UnmappedRecord,
} from './map-record.ts';
import type { SourceRecord } from './read-records.ts';
import { learnLayout, locateValues } from './record-layout.ts';
import { MAX_ADDED_BYTES, writeLocated } from './write-located.ts';

/** Records that will be merged. */
export interface IncomingRecords {
  /** 1 for the first record of the chunk. */
  readonly positions: readonly number[];
  /** Their rows of the table `incoming`, in COPY's text format. */
  readonly rows: Buffer;
  /** Where each row ends in `rows`. */
  readonly ends: readonly number[];
}

/** A record that cannot be stored, with the reason. */
export interface Reject {
  readonly position: number;
  readonly reason: string;
}

/** A reject as it is written down for people to look at. */
export interface DescribedReject extends Reject, PermitKey {
  /** The record's text as the feed had it; U+FFFD in place of what PostgreSQL's text cannot hold. */
  readonly record: string;
}

interface MappedRecords {
  readonly incoming: IncomingRecords;
  readonly rejects: readonly DescribedReject[];
}

/** What the bytes of a record hold, or the reason why they hold nothing. */
type Parsed = { readonly value: unknown } | { readonly reason: string };

export const mapRecords = (records: readonly SourceRecord[]): MappedRecords => {
  const rejects: DescribedReject[] = [];
  const writer = createRowWriter(records);
  for (const record of records) {
    const reason = writer.write(record);
    if (reason !== undefined) rejects.push(describeReject(record, reason));
  }
  return { incoming: writer.end(), rejects };
};

/** Of a row, what its record has nothing of: the position, two hashes, what stands between the columns. */
const ROW_EXTRA_BYTES = 192 + MAX_ADDED_BYTES;
/** Of a character in UTF-8, for each unit of UTF-16. */
const MAX_UNIT_BYTES = 3;

/** Keeps rows outside the heap, where each would be a string or a Buffer until the chunk is done. */
const createRowWriter = (records: readonly SourceRecord[]) => {
  const layout = records[0] && learnLayout(records[0].bytes);
  const positions: number[] = [];
  const ends: number[] = [];
  const expected = records.reduce((sum, { bytes }) => sum + bytes.length + ROW_EXTRA_BYTES, 0);
  // Memory that is not written to is none.
  let rows = Buffer.allocUnsafeSlow(expected);
  let used = 0;

  const reserve = (bytes: number): void => {
    const most = used + bytes + ROW_EXTRA_BYTES;
    if (most <= rows.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * most);
    rows.copy(larger, 0, 0, used);
    rows = larger;
  };

  return {
    /** @returns the reason why there can be no row. */
    write(record: SourceRecord): string | undefined {
      const { bytes, position, sourceHash, isTooLarge } = record;
      if (isTooLarge) return `larger than ${MAX_RECORD_BYTES} bytes`;
      reserve(bytes.length);
      const start = used + rows.write(`${position}\t`, used, 'latin1');
      let end =
        layout && locateValues(layout, bytes) ? writeLocated(layout, bytes, rows, start) : -1;
      if (end < 0) {
        const mapped = mapSource(bytes);
        if ('reason' in mapped) return mapped.reason;
        reserve(mapped.row.length * MAX_UNIT_BYTES);
        end = start + rows.write(mapped.row, start);
      }
      const dataHash = hashRow(rows.subarray(start, end));
      end += rows.write(`\t\\\\x${dataHash}\t${sourceHash ?? '\\N'}\n`, end, 'latin1');
      used = end;
      positions.push(position);
      ends.push(end);
      return undefined;
    },
    end: (): IncomingRecords => ({ positions, ends, rows }),
  };
};

const mapSource = (bytes: Buffer): MappedRecord | UnmappedRecord => {
  const parsed = parseRecord(bytes);
  return 'reason' in parsed ? parsed : mapRecord(parsed.value);
};

const parse = (text: string): Parsed => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { reason: 'not valid JSON' };
  }
};

/** Decoding what is not UTF-8 would put U+FFFD in its place, that is, store something else. */
const parseRecord = (bytes: Buffer): Parsed =>
  isUtf8(bytes) ? parse(bytes.toString()) : { reason: 'not valid UTF-8' };

/** The reject with the record's text and key, as the database can store them. */
export const describeReject = (
  { position, bytes, isTooLarge }: SourceRecord,
  reason: string,
): DescribedReject => {
  const text = bytes.toString();
  const parsed = parse(text);
  const key = readKey('value' in parsed ? parsed.value : null);
  return {
    position,
    reason: toStorable(reason),
    record: toStorable(isTooLarge ? `${text}…` : text),
    permit_num: key.permit_num === null ? null : toStorable(key.permit_num),
    revision_num: key.revision_num === null ? null : toStorable(key.revision_num),
    permit_type: key.permit_type === null ? null : toStorable(key.permit_type),
  };
};

/** PostgreSQL's text cannot hold NUL, nor its JSON half of a surrogate pair. */
const toStorable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();
