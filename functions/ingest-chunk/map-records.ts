import { isUtf8 } from 'node:buffer';
import { MAX_RECORD_BYTES } from '../shared/record-splitter.ts';
import {
  type MappedRecord,
  mapRecord,
  type PermitKey,
  readKey,
  type UnmappedRecord,
} from './map-record.ts';
import type { SourceRecord } from './read-records.ts';

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
    const { position } = record;
    const mapped = mapSource(record);
    if ('reason' in mapped) rejects.push(describeReject(record, mapped.reason));
    else {
      const { row, hash } = mapped;
      writer.write(position, `${position}\t${row}\t\\\\x${hash}\t${record.sourceHash ?? '\\N'}\n`);
    }
  }
  return { incoming: writer.end(), rejects };
};

const mapSource = ({ bytes, isTooLarge }: SourceRecord): MappedRecord | UnmappedRecord => {
  if (isTooLarge) return { reason: `larger than ${MAX_RECORD_BYTES} bytes` };
  const parsed = parseRecord(bytes);
  return 'reason' in parsed ? parsed : mapRecord(parsed.value);
};

/** Of a row, what its record has nothing of: the position and two hashes. */
const ROW_EXTRA_BYTES = 128;
/** Of a character in UTF-8, for each unit of UTF-16. */
const MAX_UNIT_BYTES = 3;

/** Keeps rows outside the heap, where each would be a string or a Buffer until the chunk is done. */
const createRowWriter = (records: readonly SourceRecord[]) => {
  const positions: number[] = [];
  const ends: number[] = [];
  const expected = records.reduce((sum, { bytes }) => sum + bytes.length + ROW_EXTRA_BYTES, 0);
  // Memory that is not written to is none.
  let rows = Buffer.allocUnsafeSlow(expected);
  let used = 0;
  return {
    write(position: number, row: string): void {
      const most = used + row.length * MAX_UNIT_BYTES;
      if (most > rows.length) {
        const larger = Buffer.allocUnsafeSlow(2 * most);
        rows.copy(larger, 0, 0, used);
        rows = larger;
      }
      used += rows.write(row, used);
      positions.push(position);
      ends.push(used);
    },
    end: (): IncomingRecords => ({ positions, ends, rows }),
  };
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
