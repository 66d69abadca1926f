import { isUtf8 } from 'node:buffer';
import { MAX_RECORD_BYTES } from '../shared/record-splitter.ts';
import type { PermitKey } from './map-record.ts';
import { type MappedRecord, mapRecord, readKey, type UnmappedRecord } from './map-record.ts';
import type { SourceRecord } from './read-records.ts';

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

export const mapRecords = (records: readonly SourceRecord[]): MappedRecords => {
  const incoming: IncomingRecord[] = [];
  const rejects: Reject[] = [];
  const lines = createLineWriter();
  for (const record of records) {
    const { position } = record;
    const mapped = mapSource(record);
    if ('reason' in mapped) rejects.push({ position, reason: mapped.reason });
    else {
      const { row, hash } = mapped;
      const line = `${position}\t${row}\t\\\\x${hash}\t${record.sourceHash ?? '\\N'}\n`;
      incoming.push({ position, line: lines.write(line) });
    }
  }
  return { incoming, rejects };
};

const mapSource = ({ bytes, isTooLarge }: SourceRecord): MappedRecord | UnmappedRecord => {
  if (isTooLarge) return { reason: `larger than ${MAX_RECORD_BYTES} bytes` };
  const parsed = parseRecord(bytes);
  return 'reason' in parsed ? parsed : mapRecord(parsed.value);
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

/** Adds the record's text and key to each reject, as the database can store them. */
export const describeRejects = (
  records: readonly SourceRecord[],
  rejects: readonly Reject[],
): readonly DescribedReject[] => {
  const byPosition = new Map(records.map((record) => [record.position, record]));
  return rejects.map(({ position, reason }) => {
    const record = byPosition.get(position);
    const text = record?.bytes.toString() ?? '';
    const parsed = parse(text);
    const key = readKey('value' in parsed ? parsed.value : null);
    return {
      position,
      reason: toStorable(reason),
      record: toStorable(record?.isTooLarge ? `${text}…` : text),
      permit_num: key.permit_num === null ? null : toStorable(key.permit_num),
      revision_num: key.revision_num === null ? null : toStorable(key.revision_num),
      permit_type: key.permit_type === null ? null : toStorable(key.permit_type),
    };
  });
};

/** PostgreSQL's text cannot hold NUL, nor its JSON half of a surrogate pair. */
const toStorable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();
