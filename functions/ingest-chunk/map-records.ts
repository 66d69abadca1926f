import { isUtf8 } from 'node:buffer';
import type { SourceRecord } from '../shared/chunks/read-chunk.ts';
import { MAX_RECORD_BYTES } from '../shared/chunks/split-records.ts';
import {
  learnLayout,
  locateValues,
  type RecordLayout,
} from '../shared/mapping/fast/record-layout.ts';
import { MAX_ADDED_BYTES, writeLocated } from '../shared/mapping/fast/write-located.ts';
import {
  hashRow,
  type MappedRecord,
  mapRecord,
  type PermitKey,
  readKey,
  type UnmappedRecord,
} from '../shared/mapping/map-record.ts';
import type { RowBuffer } from './row-buffers.ts';

/** Records that will be merged. */
export interface IncomingRecords {
  readonly records: number;
  /** Their rows of the table `incoming`, in COPY's text format. */
  readonly rows: Buffer;
}

/** What the rows of a chunk say of it. */
export interface WrittenBy {
  readonly run_id: number;
  readonly chunk_number: number;
  /** Of the run, in PostgreSQL's text format. */
  readonly started_at: string;
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

/** What the bytes of a record hold, or the reason why they hold nothing. */
type Parsed = { readonly value: unknown } | { readonly reason: string };

/**
 * Of a row, what its record has nothing of: the position, two hashes, who writes it, what stands between the
 * columns.
 */
const ROW_EXTRA_BYTES = 320 + MAX_ADDED_BYTES;
/** Of a character in UTF-8, for each unit of UTF-16. */
const MAX_UNIT_BYTES = 3;

interface MappedRecords {
  readonly incoming: IncomingRecords;
  readonly rejects: readonly DescribedReject[];
}

export interface RecordMapper {
  write(record: SourceRecord): void;
  end(): MappedRecords;
}

/** Maps records one after the other; their rows are in the buffer, also those that it gives in the end. */
export function createRecordMapper(
  { run_id, chunk_number, started_at }: WrittenBy,
  buffer: RowBuffer,
): RecordMapper {
  const rejects: DescribedReject[] = [];
  const writtenBy = Buffer.from(`${started_at}\t${started_at}\t${run_id}\t${chunk_number}\n`);
  let layout: RecordLayout | null | undefined;
  let rows = buffer.bytes;
  let used = 0;
  let records = 0;

  const reserve = (bytes: number): void => {
    const most = used + bytes + ROW_EXTRA_BYTES;
    if (most <= rows.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * most);
    // Also what has been written of the row in hand.
    rows.copy(larger);
    rows = larger;
    buffer.bytes = larger;
  };

  /** @returns where the row's columns end, or the reason why there can be none. */
  const writeColumns = (bytes: Buffer, start: number): number | string => {
    if (layout && locateValues(layout, bytes)) {
      const end = writeLocated(layout, bytes, rows, start);
      if (end >= 0) return end;
    }
    const mapped = mapSource(bytes);
    if ('reason' in mapped) return mapped.reason;
    reserve(mapped.row.length * MAX_UNIT_BYTES);
    return start + rows.write(mapped.row, start);
  };

  /** @returns the reason why there can be no row. */
  const writeRow = ({ position, fingerprint, isTooLarge, bytes }: SourceRecord): string | null => {
    if (isTooLarge) return `larger than ${MAX_RECORD_BYTES} bytes`;
    if (layout === undefined) layout = learnLayout(bytes);
    reserve(bytes.length);
    const start = used + rows.write(`${position}\t`, used, 'latin1');
    const end = writeColumns(bytes, start);
    if (typeof end === 'string') return end;
    const hashes = `\t\\\\x${hashRow(rows.subarray(start, end))}\t${fingerprint ?? '\\N'}\t`;
    used = end + rows.write(hashes, end, 'latin1');
    used += writtenBy.copy(rows, used);
    records += 1;
    return null;
  };

  return {
    write(record) {
      const reason = writeRow(record);
      if (reason !== null) rejects.push(describeReject(record, reason));
    },
    end: () => ({ incoming: { records, rows: rows.subarray(0, used) }, rejects }),
  };
}

function mapSource(bytes: Buffer): MappedRecord | UnmappedRecord {
  const parsed = parseRecord(bytes);
  return 'reason' in parsed ? parsed : mapRecord(parsed.value);
}

function parse(text: string): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { reason: 'not valid JSON' };
  }
}

/** Decoding what is not UTF-8 would put U+FFFD in its place, that is, store something else. */
function parseRecord(bytes: Buffer): Parsed {
  return isUtf8(bytes) ? parse(bytes.toString()) : { reason: 'not valid UTF-8' };
}

/** The reject with the record's text and key, as the database can store them. */
export function describeReject(
  { position, bytes, isTooLarge }: SourceRecord,
  reason: string,
): DescribedReject {
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
}

/** PostgreSQL's text cannot hold NUL, nor its JSON half of a surrogate pair. */
function toStorable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
