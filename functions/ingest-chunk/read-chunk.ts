import { isUtf8 } from 'node:buffer';
import { createRecordSplitter } from '../shared/record-splitter.ts';
import { mapRecord, type PermitKey, readKey } from './map-record.ts';

/** A record that will be merged; `position` is 1 for the first of the chunk. */
export interface IncomingRecord {
  readonly position: number;
  /** Its row of the table `incoming`, in COPY's text format. */
  readonly line: Buffer;
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
  readonly incoming: readonly IncomingRecord[];
  readonly rejects: readonly Reject[];
}

/** What the bytes of a record hold, or the reason why they hold nothing. */
type Parsed = { readonly value: unknown } | { readonly reason: string };

/** The bytes of each record in a chunk's bytes, which are an array's elements without its brackets. */
export const splitRecords = (bytes: Buffer): readonly Buffer[] => {
  const records: Buffer[] = [];
  // The splitter wants the whole array, so its places are one byte further on.
  const splitter = createRecordSplitter((start, end) =>
    records.push(bytes.subarray(start - 1, end - 1)),
  );
  splitter.write(Buffer.from('['));
  splitter.write(bytes);
  splitter.write(Buffer.from(']'));
  return records;
};

/** Maps those of a chunk's records that are at `positions`, from 1. */
export const mapRecords = (
  records: readonly Buffer[],
  sourceHashes: readonly string[],
  positions: readonly number[],
): MappedRecords => {
  const incoming: IncomingRecord[] = [];
  const rejects: Reject[] = [];
  const lines = createLineWriter();
  for (const position of positions) {
    const parsed = parseRecord(records[position - 1] as Buffer);
    const mapped = 'reason' in parsed ? parsed : mapRecord(parsed.value);
    if ('reason' in mapped) rejects.push({ position, reason: mapped.reason });
    else {
      const { row, hash } = mapped;
      const line = `${position}\t${row}\t\\\\x${hash}\t${sourceHashes[position - 1]}\n`;
      incoming.push({ position, line: lines.write(line) });
    }
  }
  return { incoming, rejects };
};

const BLOCK_BYTES = 262_144;
/** Of a character in UTF-8, for each unit of UTF-16. */
const MAX_UNIT_BYTES = 3;

/** Keeps lines outside the heap, many in one block: as strings they would outlive their records. */
const createLineWriter = () => {
  let block = Buffer.alloc(0);
  let used = 0;
  return {
    write(line: string): Buffer {
      const most = line.length * MAX_UNIT_BYTES;
      if (used + most > block.length) {
        block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, most));
        used = 0;
      }
      const start = used;
      used += block.write(line, start);
      return block.subarray(start, used);
    },
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

/** Adds the record's text and key to each reject. */
export const describeRejects = (
  records: readonly Buffer[],
  rejects: readonly Reject[],
): readonly DescribedReject[] =>
  rejects.map(({ position, reason }) => {
    const record = records[position - 1]?.toString() ?? '';
    const parsed = parse(record);
    return describeReject(position, reason, record, 'value' in parsed ? parsed.value : null);
  });

/** @returns a reject as the database can store it. */
export const describeReject = (
  position: number,
  reason: string,
  text: string,
  value: unknown,
): DescribedReject => {
  const key = readKey(value);
  return {
    position,
    reason: toStorable(reason),
    record: toStorable(text),
    permit_num: key.permit_num === null ? null : toStorable(key.permit_num),
    revision_num: key.revision_num === null ? null : toStorable(key.revision_num),
    permit_type: key.permit_type === null ? null : toStorable(key.permit_type),
  };
};

/** PostgreSQL's text cannot hold NUL, nor its JSON half of a surrogate pair. */
const toStorable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();
