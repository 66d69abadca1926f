import { createRecordSplitter } from '../shared/record-splitter.ts';
import { type MappedRecord, mapRecord, type PermitKey, readKey } from './map-record.ts';

/** A record that will be merged; `position` is 1 for the first of the chunk. */
export interface IncomingRecord extends MappedRecord {
  readonly position: number;
}

/** A record that cannot be stored, with the reason. */
export interface Reject {
  readonly position: number;
  readonly reason: string;
}

/** A reject as it is written down for people to look at. */
export interface DescribedReject extends Reject, PermitKey {
  /** The record's text as the feed had it. */
  readonly record: string;
}

export interface Chunk {
  readonly incoming: readonly IncomingRecord[];
  readonly rejects: readonly Reject[];
}

/** Maps the records in a chunk's bytes, which are the elements of an array without its brackets. */
export const readChunk = (bytes: Buffer): Chunk => {
  const incoming: IncomingRecord[] = [];
  const rejects: Reject[] = [];
  for (const [index, parsed] of parseRecords(bytes).entries()) {
    const position = index + 1;
    if (parsed instanceof SyntaxError) {
      rejects.push({ position, reason: 'not valid JSON' });
      continue;
    }
    const mapped = mapRecord(parsed);
    if ('reason' in mapped) rejects.push({ position, reason: mapped.reason });
    else incoming.push({ position, row: mapped.row, hash: mapped.hash });
  }
  return { incoming, rejects };
};

const parseOrError = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
};

/** All records at once; one by one only if that fails, so that one bad record spoils no other. */
const parseRecords = (bytes: Buffer): readonly unknown[] => {
  const whole = parseOrError(`[${bytes}]`);
  return Array.isArray(whole) ? whole : splitRecords(bytes).map(parseOrError);
};

/** The text of each record. */
const splitRecords = (bytes: Buffer): readonly string[] => {
  const records: string[] = [];
  // The splitter wants the whole array, so its places are one byte further on.
  const splitter = createRecordSplitter((start, end) =>
    records.push(bytes.toString('utf8', start - 1, end - 1)),
  );
  splitter.write(Buffer.from('['));
  splitter.write(bytes);
  splitter.write(Buffer.from(']'));
  return records;
};

/** Adds the record's text and key to each reject. */
export const describeRejects = (
  bytes: Buffer,
  rejects: readonly Reject[],
): readonly DescribedReject[] => {
  if (rejects.length === 0) return [];
  const records = splitRecords(bytes);
  return rejects.map((reject) => {
    const record = records[reject.position - 1] ?? '';
    const key = readKey(parseOrError(record));
    return { ...reject, ...removeNul(key), record: record.replaceAll('\0', '\uFFFD') };
  });
};

/** PostgreSQL's text cannot hold NUL. */
const removeNul = (key: PermitKey): PermitKey => ({
  permit_num: key.permit_num?.replaceAll('\0', '\uFFFD') ?? null,
  revision_num: key.revision_num?.replaceAll('\0', '\uFFFD') ?? null,
  permit_type: key.permit_type?.replaceAll('\0', '\uFFFD') ?? null,
});
